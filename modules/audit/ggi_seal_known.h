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


/* Returns the file of a hash, valid until another one is added; or NULL. */
ggi_seal_known_file_t *ggi_seal_known_find(const ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Sets further to the name of a further file that begins with the same line as the file of a name:
 * the first file has the hash of that line as its name. Returns 1, or 0 when OpenSSL cannot.
 */
int ggi_seal_name_further(const unsigned char name[GGI_SEAL_HASH],
    unsigned char further[GGI_SEAL_HASH]);

/*
 * Returns the file of a hash, which is added when it is not there; or NULL without
 * memory, or when OpenSSL cannot hash. It is valid until the next call.
 */
ggi_seal_known_file_t *ggi_seal_known_add(ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH]);

/*
 * Returns the further file that begins with the same line as a file does, valid until another
 * one is added; or NULL when that is the last one.
 */
ggi_seal_known_file_t *ggi_seal_known_next(const ggi_seal_known_t *known,
    const ggi_seal_known_file_t *file);

/*
 * Takes over what a line of a note says of a file; other lines are passed over. offset is
 * where the note begins among the seals. Returns NULL; or what is wrong: the line does not
 * go on where the file was sealed to before, tells of a file that is not known, or there
 * is no memory.
 */
const char *ggi_seal_known_line(ggi_seal_known_t *known, const ggi_seal_line_t *line,
    const ggi_seal_note_t *note, int64_t offset);

/*
 * Takes over what all lines of a note say of files. Returns NULL, or what is wrong with the
 * first line that ggi_seal_known_line() does not take.
 */
const char *ggi_seal_known_note(ggi_seal_known_t *known, const ggi_seal_note_t *note,
    int64_t offset);

/*
 * Returns 1 when a seal says of the file of a hash that it has n tombstones whose records have
 * hashes with this digest over them; 0 otherwise.
 */
int ggi_seal_known_tombstones(const ggi_seal_known_t *known,
    const unsigned char hash[GGI_SEAL_HASH], int64_t n,
    const unsigned char digest[GGI_SEAL_HASH]);

/* Frees all that is known of files, and leaves known zeroed, as it is before the first file. */
void ggi_seal_known_free(ggi_seal_known_t *known);


#endif
