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

#define GGI_JOURNAL_MAX  (16 * 1024 * 1024)     /* bytes that are kept at the most */


typedef struct {
    char      *data;                    /* begins with a line */
    size_t     len;
    size_t     size;
    size_t     written;                 /* bytes of data that stand in the file */
    uint64_t   start;                   /* the position of data */
    int        unended;                 /* the file ends within a line that is not one of data */
} ggi_journal_t;


/*
 * Room for size more bytes behind data + len. Returns where, or NULL when that
 * would be more than GGI_JOURNAL_MAX, or there is no memory. The caller adds to
 * len what it wrote there: whole lines.
 */
char *ggi_journal_room(ggi_journal_t *journal, size_t size);
void ggi_journal_free(ggi_journal_t *journal);

/* Returns the number of bytes that are not written yet. */
size_t ggi_journal_waiting(const ggi_journal_t *journal);

/* Returns the position behind all that was added. */
uint64_t ggi_journal_end(const ggi_journal_t *journal);

/* Returns the position behind all that is in the file, be it within a line. */
uint64_t ggi_journal_written(const ggi_journal_t *journal);

/* Returns the position behind the last line that is in the file as a whole. */
uint64_t ggi_journal_reached(const ggi_journal_t *journal);

/* Returns how many lines there are in data between two positions. */
size_t ggi_journal_lines(const ggi_journal_t *journal, uint64_t from, uint64_t to);

/*
 * Begins with another file, open for reading and appending. All from position
 * on, which is where a line begins, is written to it.
 */
void ggi_journal_begin(ggi_journal_t *journal, int fd, uint64_t position);

/*
 * Appends all that waits to the file; keeps it. Returns 0, or the errno: the
 * rest waits still. A line of somebody who was killed is ended first.
 */
int ggi_journal_write(ggi_journal_t *journal, int fd);

/* Forgets the lines before position, which are in the file. */
void ggi_journal_forget(ggi_journal_t *journal, uint64_t position);


#endif
