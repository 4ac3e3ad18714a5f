/* SPDX-License-Identifier: EUPL-1.2 */

/* Lines on their way into a file, for whoever writes them: the event loop, or a thread. */

#ifndef GGI_APPEND_H
#define GGI_APPEND_H

#include <stddef.h>


/* Bytes to be appended to a file, and what became of them. All zeroes: nothing. */
typedef struct {
    const char  *data;
    size_t       len;
    int          unended;               /* 1: the file ends within a line, which is ended first */
    size_t       written;               /* bytes of data that stand in the file now */
    char        *buffer;                /* of ggi_append_copy() */
    size_t       size;                  /* of buffer */
} ggi_append_t;


/*
 * Appends the bytes to a file, from append->written on. Ends the line first that somebody
 * else has left without its end, and clears unended then. Returns 0; or the errno when not
 * all could be written. Touches nothing but append and the file, so that a thread may call
 * it.
 */
int ggi_append(ggi_append_t *append, int fd);

/*
 * Sets copy to append, but with bytes of its own: copies of those that are not written yet.
 * They are valid until copy is filled again or freed by ggi_append_free(). Returns 1, or 0
 * without memory.
 */
int ggi_append_copy(ggi_append_t *copy, const ggi_append_t *append);

/*
 * Writes len bytes to a file, in as many steps as that takes. Returns 0 or the errno, which
 * is EIO where the system writes nothing and does not say why; in both cases sets how many
 * were written.
 */
int ggi_append_bytes(int fd, const char *data, size_t len, size_t *written);

/*
 * Frees the bytes of a copy that is to be appended. The members that tell how the writing of it
 * went stay as they are.
 */
void ggi_append_free(ggi_append_t *copy);


#endif
