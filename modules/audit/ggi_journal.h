/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Records on their way to a file that nobody else writes. The file is only ever
 * appended to: what was written of a line before an error stays, and the rest of
 * the line follows when writing works again. Lines are kept until they are
 * forgotten, so that they can be written again to another file.
 *
 * A position counts all bytes that were ever added before it.
 */

#ifndef GGI_JOURNAL_H
#define GGI_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_append.h"
#include "ggi_str.h"

#define GGI_JOURNAL_MAX  (16 * 1024 * 1024)     /* bytes that are kept at the most */


/* The records of a worker that are kept. All zeroes: none. */
typedef struct {
    char      *data;                    /* begins with a line */
    size_t     len;
    size_t     size;
    size_t     written;                 /* bytes of data that stand in the file */
    uint64_t   start;                   /* the position of data */
    int        unended;                 /* the file ends within a line that is not one of data */
    int        nomem;                   /* there was no memory when room was asked for last */
} ggi_journal_t;


/*
 * Makes room for size more bytes. Returns where they go, behind data + len; or NULL
 * when that would be more than GGI_JOURNAL_MAX bytes, or without memory, which nomem
 * tells apart. The caller writes whole lines there, and adds their bytes to len.
 */
char *ggi_journal_room(ggi_journal_t *journal, size_t size);

/*
 * Frees all lines that the journal holds, also those that are not written yet, and leaves it
 * empty.
 */
void ggi_journal_free(ggi_journal_t *journal);

/* Returns the number of bytes that are not written yet. */
size_t ggi_journal_waiting(const ggi_journal_t *journal);

/* Returns the position behind the last byte that was added to the journal. */
uint64_t ggi_journal_end(const ggi_journal_t *journal);

/* Returns the position behind all bytes that are in the file, which can be within a line. */
uint64_t ggi_journal_written(const ggi_journal_t *journal);

/*
 * Returns the position behind the last line that is in the file as a whole. It is at
 * least that of data.
 */
uint64_t ggi_journal_reached(const ggi_journal_t *journal);

/*
 * Returns how many lines end between the positions from and to. Both have to be positions of
 * bytes that are still kept.
 */
size_t ggi_journal_lines(const ggi_journal_t *journal, uint64_t from, uint64_t to);

/*
 * Returns the line that begins at *position, with its newline, and sets *position to the
 * beginning of the next line. Returns an empty string when there is no line any more.
 * *position may not be before the first line that is kept. The line is valid until
 * lines are added or forgotten.
 */
ggi_str_t ggi_journal_line(const ggi_journal_t *journal, uint64_t *position);

/*
 * Notes that records go to another file from now on, which is open for reading and appending as
 * fd: all bytes from position on, at which a line begins, are to be written to it. Also notes
 * whether that file ends within a line, which somebody could not finish.
 */
void ggi_journal_begin(ggi_journal_t *journal, int fd, uint64_t position);

/*
 * Sets append to what is in the journal and how much of it was written, so that somebody
 * else can write the rest. That is valid until lines are added or forgotten.
 */
void ggi_journal_append(const ggi_journal_t *journal, ggi_append_t *append);

/*
 * Notes that written bytes, the first of those that waited, were written to the present file by
 * means of append, which ggi_journal_append() had set.
 */
void ggi_journal_appended(ggi_journal_t *journal, const ggi_append_t *append,
    size_t written);

/*
 * Appends all bytes that wait to the file, and keeps them. Ends a line first that
 * somebody who was killed has left in the file without its end. Returns 0; or the
 * errno when not all could be written, and the rest waits still.
 */
int ggi_journal_write(ggi_journal_t *journal, int fd);

/*
 * Forgets the lines before a position, all of which are in the file. When no line is kept
 * then, a buffer of more than 1 MB is freed. A smaller one stays, so that memory is not
 * taken and given back with each write.
 */
void ggi_journal_forget(ggi_journal_t *journal, uint64_t position);


#endif
