/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A small file beside an audit log, in which workers leave word to those after them.
 * The master opens it when nginx starts, and all workers share that description.
 */

#ifndef GGI_BESIDE_H
#define GGI_BESIDE_H

#include <stddef.h>
#include <stdint.h>
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

/*
 * Locks len bytes from offset on for this process, without waiting. Returns 1, or 0 when that
 * cannot be done now.
 */
int ggi_beside_try_lock(int fd, off_t offset, size_t len);

/* Gives up the lock of this process on len bytes from offset on. */
void ggi_beside_unlock(int fd, off_t offset, size_t len);

/*
 * Overwrites size bytes from offset on by a text, which is shorter, blanks and a newline;
 * also beyond RLIMIT_FSIZE, where the file is as long already. Returns 0 or the errno.
 */
int ggi_beside_write(int fd, off_t offset, size_t size, const char *text);

/*
 * Reads the text that ggi_beside_write() has written at offset to line, which has room for
 * size + 1 bytes: without the blanks and the newline, and with a NUL at its end. What was
 * never written is empty. Returns 1; or 0 when it cannot be read, and line is empty then. fd
 * may be -1, which cannot be read.
 */
int ggi_beside_read(int fd, off_t offset, size_t size, char *line);

/*
 * Reads a number of at most INT64_MAX that a blank or the end of the text ends, and moves
 * *pos behind that blank. Returns 1, or 0 when there is no such number.
 */
int ggi_beside_number(const char **pos, uint64_t *number);


#endif
