/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggi_append.h"


int
ggi_append_bytes(int fd, const char *data, size_t len, size_t *written)
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
ggi_append(ggi_append_t *append, int fd)
{
    int     error;
    size_t  written;

    if (append->unended) {
        error = ggi_append_bytes(fd, "\n", 1, &written);
        if (error) {
            return error;
        }

        append->unended = 0;
    }

    error = ggi_append_bytes(fd, append->data + append->written,
                             append->len - append->written, &written);
    append->written += written;

    return error;
}


int
ggi_append_copy(ggi_append_t *copy, const ggi_append_t *append)
{
    char    *buffer;
    size_t   len;

    len = append->len - append->written;

    if (len > copy->size) {
        buffer = realloc(copy->buffer, len);
        if (buffer == NULL) {
            return 0;
        }

        copy->buffer = buffer;
        copy->size = len;
    }

    if (len) {
        memcpy(copy->buffer, append->data + append->written, len);
    }

    copy->data = copy->buffer;
    copy->len = len;
    copy->unended = append->unended;
    copy->written = 0;

    return 1;
}


void
ggi_append_free(ggi_append_t *copy)
{
    free(copy->buffer);
    copy->buffer = NULL;
    copy->data = NULL;
    copy->size = 0;
}
