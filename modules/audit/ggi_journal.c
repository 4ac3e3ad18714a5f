/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "ggi_journal.h"

#define GGI_JOURNAL_START  (64 * 1024)


char *
ggi_journal_room(ggi_journal_t *journal, size_t size)
{
    char    *data;
    size_t   need;

    if (size > GGI_JOURNAL_MAX || journal->len + size > GGI_JOURNAL_MAX) {
        return NULL;
    }

    if (journal->len + size > journal->size) {
        need = 2 * (journal->len + size);

        if (need < GGI_JOURNAL_START) {
            need = GGI_JOURNAL_START;
        }

        data = realloc(journal->data, need);
        if (data == NULL) {
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
}


/* Takes back the last n bytes of the file, if they are ours. Returns 1 when it did. */
static int
ggi_journal_take_back(int fd, size_t n)
{
    off_t        end;
    struct stat  st;

    end = lseek(fd, 0, SEEK_CUR);

    return end >= (off_t) n && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
           && st.st_size == end && ftruncate(fd, end - (off_t) n) == 0;
}


/* Writes len bytes. Returns 0 or the errno, with how many were written. */
static int
ggi_journal_append(int fd, const char *data, size_t len, size_t *written)
{
    ssize_t  n;

    *written = 0;

    while (*written < len) {
        n = write(fd, data + *written, len - *written);

        if (n > 0) {
            *written += (size_t) n;

        } else if (n == 0 || errno != EINTR) {
            return n == 0 ? EIO : errno;
        }
    }

    return 0;
}


int
ggi_journal_write(ggi_journal_t *journal, int fd)
{
    int     error;
    size_t  written;

    if (journal->len == 0) {
        return 0;
    }

    if (journal->torn) {
        error = ggi_journal_append(fd, "\n", 1, &written);
        if (error) {
            return error;
        }

        journal->torn = 0;
    }

    error = ggi_journal_append(fd, journal->data, journal->len, &written);

    if (error == 0) {
        journal->len = 0;

    } else if (written && !ggi_journal_take_back(fd, written)) {
        journal->torn = 1;
    }

    return error;
}
