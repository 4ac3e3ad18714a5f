/* SPDX-License-Identifier: EUPL-1.2 */

/* Records on their way to the file. */

#ifndef GGI_JOURNAL_H
#define GGI_JOURNAL_H

#include <stddef.h>

#define GGI_JOURNAL_MAX  (16 * 1024 * 1024)     /* bytes that wait at the most */


typedef struct {
    char    *data;
    size_t   len;
    size_t   size;
    int      torn;                      /* the file ends within a line */
} ggi_journal_t;


/*
 * Room for size more bytes behind data + len. Returns where, or NULL when that
 * would be more than GGI_JOURNAL_MAX, or there is no memory. The caller adds to
 * len what it wrote there.
 */
char *ggi_journal_room(ggi_journal_t *journal, size_t size);
void ggi_journal_free(ggi_journal_t *journal);

/*
 * Appends all that waits to a file that was opened with O_APPEND, and forgets
 * it. All or nothing: what was written of a line before an error is taken back,
 * unless somebody else has written behind it; the next write then ends the torn
 * line first. Returns 0, or the errno; all then waits still.
 */
int ggi_journal_write(ggi_journal_t *journal, int fd);


#endif
