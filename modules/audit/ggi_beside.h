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
 * Locks len bytes of the file fd, from offset on, for this process. Waits for half a second at
 * the most while another process has the lock. Returns 0, or the errno when it could not be
 * had.
 */
int ggi_beside_lock(int fd, off_t offset, size_t len);

/*
 * Locks len bytes of the file fd, from offset on, for this process, without waiting. Returns 1,
 * or 0 when another process has them locked or the system fails.
 */
int ggi_beside_try_lock(int fd, off_t offset, size_t len);

/* Gives up the lock that ggi_beside_lock() took on len bytes of the file fd from offset on. */
void ggi_beside_unlock(int fd, off_t offset, size_t len);

/*
 * Overwrites size bytes of the file fd, from offset on, by a text, which has to be shorter,
 * blanks behind it, and a newline. A limit on the size of files (RLIMIT_FSIZE) does not prevent
 * that where the file is as long already. Returns 0, or the errno.
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
 * Reads a number from the decimal digits at *pos, up to a blank or the NUL at the end of the
 * text, and moves *pos behind that blank. Returns 1; or 0 when no such number stands there, or
 * it is more than INT64_MAX.
 */
int ggi_beside_number(const char **pos, uint64_t *number);


#endif
