/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The files that seals name, found by the hash of their first line. Several files can begin
 * with the same line, since a worker that cannot rely on its file writes the records that it
 * keeps to another one. In seals the first of them has the hash of that line, and each
 * further one the SHA-256 of the name before, in hexadecimal digits with a newline.
 */

#ifndef GGI_SEAL_KNOWN_H
#define GGI_SEAL_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_seal_note.h"


/* What seals say of a file. */
typedef struct {
    unsigned char  hash[GGI_SEAL_HASH]; /* its name: of its first line, or of the name before */
    unsigned char  next[GGI_SEAL_HASH]; /* the name of a further file with that first line */
    int64_t        to;                  /* byte behind the last that is sealed */
    int64_t        first;               /* where the first seal that names it begins */
    int64_t        last;                /* where the last one does */
    int64_t        seal;                /* number of the last one */
    int            expired;             /* 1: a seal says that it was removed by retention */
    int64_t        seen;                /* for the caller; 0 at first */
} ggi_seal_known_file_t;

/* Tombstones that a seal says are in a file. */
typedef struct {
    size_t         file;                /* place in files */
    int64_t        n;                   /* how many */
    unsigned char  digest[GGI_SEAL_HASH];       /* over the hashes of their records */
} ggi_seal_tombstones_t;

/* All of them. Set it to zeros before the first use. */
typedef struct {
    ggi_seal_known_file_t  *files;      /* in the order in which they came */
    size_t                  n;
    size_t                  size;       /* of files */
    size_t                 *slots;      /* place in files, and 1; 0: none */
    size_t                  mask;       /* slots are one more, a power of two */
    int64_t                 expired;    /* how many files seals let expire */
    ggi_seal_tombstones_t  *tombstones; /* in the order in which they came */
    size_t                  tombstones_n;
} ggi_seal_known_t;


/*
 * Returns what seals say of the file that they know by a hash, or NULL when no seal has named
 * it. What is returned belongs to known, and is valid until another file is added.
 */
ggi_seal_known_file_t *ggi_seal_known_find(const ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Computes by what name seals know a file whose first line is also that of an earlier file:
 * name is the name of that earlier file, and further is set to the name of this one. Returns 1,
 * or 0 when OpenSSL cannot hash.
 */
int ggi_seal_name_further(const unsigned char name[GGI_SEAL_HASH],
    unsigned char further[GGI_SEAL_HASH]);

/*
 * Returns what seals say of the file with the name hash. A file that is not known is added
 * first. Returns NULL when there is no memory or OpenSSL cannot hash. What is returned belongs
 * to known, and is valid until the next call of this function.
 */
ggi_seal_known_file_t *ggi_seal_known_add(ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Returns the next of the files that begin with the same line as file does, or NULL when file
 * is the last of them. It belongs to known, and is valid until another file is added.
 */
ggi_seal_known_file_t *ggi_seal_known_next(const ggi_seal_known_t *known,
    const ggi_seal_known_file_t *file);

/*
 * Takes over what one line of a note says of a file: how far it is sealed, that it expired, or
 * which tombstones it has. Lines that say none of these are passed over. offset is where the
 * note begins among the seals, in bytes. Returns NULL when the line was good. Otherwise returns
 * a literal that says what is wrong: the line does not go on where the file was sealed to
 * before, is about a file that is not known, or there is no memory.
 */
const char *ggi_seal_known_line(ggi_seal_known_t *known, const ggi_seal_line_t *line,
    const ggi_seal_note_t *note, int64_t offset);

/*
 * Takes over what each line of a note says of files, as ggi_seal_known_line() does for one
 * line. offset is where the note begins among the seals, in bytes. Returns NULL when all lines
 * were good. Otherwise returns a literal that says what is wrong with the first line that was
 * not; what the lines before it said has been taken over.
 */
const char *ggi_seal_known_note(ggi_seal_known_t *known, const ggi_seal_note_t *note,
    int64_t offset);

/*
 * Returns 1 when a seal says that the file with the name hash has n tombstones, and digest is
 * the hash over the hashes of the records that they stand for; 0 when no seal says so.
 */
int ggi_seal_known_tombstones(const ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH], int64_t n,
    const unsigned char digest[GGI_SEAL_HASH]);

/* Frees all that is known of files, and leaves known zeroed, as it is before the first file. */
void ggi_seal_known_free(ggi_seal_known_t *known);


#endif
