/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A small file beside an audit log, in which workers leave word to those after them.
 * The master opens it when nginx starts, and all workers share that description.
 */

#ifndef GGI_BESIDE_H
#define GGI_BESIDE_H

#include <stddef.h>
#include <sys/types.h>


/*
 * Opens the file at path, or makes it for this user alone, and sets *size to its bytes.
 * Returns a file descriptor, which the caller closes; or -1 with the errno, also when
 * something other than a regular file of one name stands there, or, unless exact is 0, one
 * that is neither empty nor of exactly that many bytes.
 */
int ggi_beside_open(const char *path, off_t exact, off_t *size);

/*
 * Locks len bytes from offset on for this process, and waits for half a second at the
 * most. Returns 0, or the errno.
 */
int ggi_beside_lock(int fd, off_t offset, size_t len);

/* Locks the same without waiting. Returns 1, or 0 when that cannot be done now. */
int ggi_beside_try_lock(int fd, off_t offset, size_t len);

/* Gives up the lock on these bytes. */
void ggi_beside_unlock(int fd, off_t offset, size_t len);


#endif
