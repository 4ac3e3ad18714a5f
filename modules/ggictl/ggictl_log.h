/* SPDX-License-Identifier: EUPL-1.2 */

/* The lines of one file of an audit log, also of one that is packed by gzip or zstd. */

#ifndef GGICTL_LOG_H
#define GGICTL_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "ggi_verify_line.h"


typedef struct ggictl_log_s  ggictl_log_t;

typedef enum {
    GGICTL_LOG_PLAIN,                   /* not packed */
    GGICTL_LOG_WHOLE,                   /* packed: nothing is missing behind what was read */
    GGICTL_LOG_PART                     /* packed: more has to come */
} ggictl_log_packed_e;


/*
 * Opens a file to read its lines; "-" is standard input. How it is packed is told by its
 * first bytes, and not by its name. Returns NULL after a message on standard error when
 * it cannot be opened, or is packed in a way that is not known. The caller closes it by
 * ggictl_log_close().
 */
ggictl_log_t *ggictl_log_open(const char *name);

/*
 * Opens the file of a descriptor, which stays the caller's, to read its lines from its
 * beginning; name is for messages. While it is read nobody else may use the descriptor.
 * Returns NULL after a message on standard error when it cannot be read, or is packed in a
 * way that is not known. The caller closes it by ggictl_log_close().
 */
ggictl_log_t *ggictl_log_open_fd(const char *name, int fd);

/* Returns whether the file is packed, and of a packed one whether more of it has to come. */
ggictl_log_packed_e ggictl_log_packed(const ggictl_log_t *log);

/*
 * Sets *data and *len to the next bytes of the unpacked file, at least one, whatever lines
 * they are of. They are valid until the next call. Cannot be mixed with ggictl_log_line().
 * Returns 1; 0 after the last bytes; or -1 after a message on standard error when the file
 * cannot be read or unpacked whole.
 */
int ggictl_log_bytes(ggictl_log_t *log, const char **data, size_t *len);

/*
 * Sets *line and *len to the next line, with its newline, if it has one: the last line
 * may have none. The line is valid until the next call. A line of more than
 * GGI_VERIFY_LINE_MAX bytes is cut off after one byte more than that. Returns 1; 0 after
 * the last line; or -1 after a message on standard error when the file cannot be read or
 * unpacked whole.
 */
int ggictl_log_line(ggictl_log_t *log, const char **line, size_t *len);

/*
 * Has a file that is written meanwhile be read again at its end: ggictl_log_line() then
 * gives no line that has no newline yet, and when it has returned 0 it can be called again.
 * Of a packed file the end may be missing then.
 */
void ggictl_log_follow(ggictl_log_t *log);

/*
 * Goes on at the first line that begins at an offset of the file or behind it. Returns 1;
 * or 0, and nothing has changed, when the file is packed or has no offsets.
 */
int ggictl_log_seek(ggictl_log_t *log, uint64_t offset);

/*
 * Goes on with the line that begins at an offset of the file; of a packed file, at an offset in
 * what it holds, up to which it is unpacked. Returns 1, or 0 when there is no such offset or
 * the file cannot be read up to there.
 */
int ggictl_log_go(ggictl_log_t *log, uint64_t offset);

/* Returns the offset of the next line in the file, or in what a packed file holds. */
uint64_t ggictl_log_offset(const ggictl_log_t *log);

/* Returns what the system says of the file: its size, and what it is known by. */
struct stat ggictl_log_stat(const ggictl_log_t *log);

/* Returns how many bytes of the file, as it is on the disk, have been read. */
uint64_t ggictl_log_taken(const ggictl_log_t *log);

/* Closes the file, but for standard input, and frees the log, which may be NULL. */
void ggictl_log_close(ggictl_log_t *log);


#endif
