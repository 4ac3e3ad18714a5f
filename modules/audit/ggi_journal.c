/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memrchr() */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "ggi_journal.h"

#define GGI_JOURNAL_START  (64 * 1024)
#define GGI_JOURNAL_LARGE  (1024 * 1024)        /* bytes: more is given back when no line is kept */


char *
ggi_journal_room(ggi_journal_t *journal, size_t size)
{
    char    *data;
    size_t   need;

    journal->nomem = 0;

    if (size > GGI_JOURNAL_MAX || journal->len + size > GGI_JOURNAL_MAX) {
        return NULL;
    }

    if (journal->len + size > journal->size) {
        need = 2 * (journal->len + size);

        if (need < GGI_JOURNAL_START) {
            need = GGI_JOURNAL_START;
        }

        if (need > GGI_JOURNAL_MAX) {
            need = GGI_JOURNAL_MAX;
        }

        data = realloc(journal->data, need);
        if (data == NULL) {
            journal->nomem = 1;
            return NULL;
        }

        journal->data = data;
        journal->size = need;
    }

    return journal->data + journal->len;
}


void
ggi_journal_free(ggi_journal_t *journal)
{
    free(journal->data);
    journal->data = NULL;
    journal->len = 0;
    journal->size = 0;
    journal->written = 0;
}


size_t
ggi_journal_waiting(const ggi_journal_t *journal)
{
    return journal->len - journal->written;
}


uint64_t
ggi_journal_end(const ggi_journal_t *journal)
{
    return journal->start + journal->len;
}


uint64_t
ggi_journal_written(const ggi_journal_t *journal)
{
    return journal->start + journal->written;
}


uint64_t
ggi_journal_reached(const ggi_journal_t *journal)
{
    const char  *newline;

    if (journal->written == 0) {
        return journal->start;
    }

    newline = memrchr(journal->data, '\n', journal->written);

    return journal->start
           + (newline ? (size_t) (newline + 1 - journal->data) : 0);
}


size_t
ggi_journal_lines(const ggi_journal_t *journal, uint64_t from, uint64_t to)
{
    size_t       n;
    const char  *p, *end;

    if (from >= to) {
        return 0;
    }

    p = journal->data + (from - journal->start);
    end = journal->data + (to - journal->start);
    n = 0;

    while ((p = memchr(p, '\n', (size_t) (end - p))) != NULL) {
        p++;
        n++;
    }

    return n;
}


ggi_str_t
ggi_journal_line(const ggi_journal_t *journal, uint64_t *position)
{
    size_t       left;
    ggi_str_t    line;
    const char  *newline;

    line.data = journal->data + (*position - journal->start);
    left = (size_t) (ggi_journal_end(journal) - *position);
    newline = left ? memchr(line.data, '\n', left) : NULL;
    line.len = newline ? (size_t) (newline + 1 - line.data) : left;
    *position += line.len;

    return line;
}


void
ggi_journal_begin(ggi_journal_t *journal, int fd, uint64_t position)
{
    char         last;
    struct stat  st;

    journal->written = (size_t) (position - journal->start);

    /* in doubt the line is ended: an empty line does less harm than a record within a torn one */

    if (fstat(fd, &st) == -1) {
        journal->unended = 1;
        return;
    }

    journal->unended = st.st_size > 0
                       && (pread(fd, &last, 1, st.st_size - 1) != 1 || last != '\n');
}


void
ggi_journal_append(const ggi_journal_t *journal, ggi_append_t *append)
{
    append->data = journal->data;
    append->len = journal->len;
    append->written = journal->written;
    append->unended = journal->unended;
}


void
ggi_journal_appended(ggi_journal_t *journal, const ggi_append_t *append,
    size_t written)
{
    journal->written += written;
    journal->unended = append->unended;
}


int
ggi_journal_write(ggi_journal_t *journal, int fd)
{
    int           error;
    ggi_append_t  append = { 0 };

    if (ggi_journal_waiting(journal) == 0) {
        return 0;
    }

    ggi_journal_append(journal, &append);
    error = ggi_append(&append, fd);
    ggi_journal_appended(journal, &append, append.written - journal->written);

    return error;
}


void
ggi_journal_forget(ggi_journal_t *journal, uint64_t position)
{
    size_t  n;

    n = (size_t) (position - journal->start);
    journal->len -= n;
    journal->written -= n;
    journal->start = position;

    if (journal->len) {
        memmove(journal->data, journal->data + n, journal->len);

    } else if (journal->size > GGI_JOURNAL_LARGE) {
        ggi_journal_free(journal);
    }
}
