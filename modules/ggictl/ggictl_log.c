/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_log.h"
#include "ggictl_out.h"
#include "ggictl_unpack.h"

#define GGICTL_LOG_OUT  (GGI_VERIFY_LINE_MAX + 1 + GGICTL_UNPACK_IN)


struct ggictl_log_s {
    ggictl_unpack_t  file;
    uint64_t         unpacked;          /* offset, in what it holds, of what is behind out */
    int              follow;            /* 1: its end is not reached, since it grows */
    int              skip;              /* 1: the rest of a line is to be passed over */
    size_t           start;             /* first byte of the next line in out */
    size_t           end;
    char             out[GGICTL_LOG_OUT];
};


/* Begins to read a file, whose descriptor it takes over. Returns NULL after a message. */
static ggictl_log_t *
ggictl_log_new(const char *name, int fd)
{
    ggictl_log_t  *log;

    if (fd == -1) {
        (void) ggictl_fail("%s: %s", name, strerror(errno));
        return NULL;
    }

    log = calloc(1, sizeof(ggictl_log_t));

    if (log == NULL) {
        (void) ggictl_fail("no memory");

        if (fd != STDIN_FILENO) {
            (void) close(fd);
        }

        return NULL;
    }

    log->file.name = name;
    log->file.fd = fd;
    (void) posix_fadvise(log->file.fd, 0, 0, POSIX_FADV_SEQUENTIAL);

    if (!ggictl_unpack_begin(&log->file)) {
        ggictl_log_close(log);
        return NULL;
    }

    return log;
}


ggictl_log_t *
ggictl_log_open(const char *name)
{
    return ggictl_log_new(name, strcmp(name, "-") ? open(name, O_RDONLY | O_CLOEXEC)
                          : STDIN_FILENO);
}


ggictl_log_t *
ggictl_log_open_fd(const char *name, int fd)
{
    (void) lseek(fd, 0, SEEK_SET);

    return ggictl_log_new(name, fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}


ggictl_log_packed_e
ggictl_log_packed(const ggictl_log_t *log)
{
    if (!ggictl_unpack_packed(&log->file)) {
        return GGICTL_LOG_PLAIN;
    }

    return log->file.within ? GGICTL_LOG_PART : GGICTL_LOG_WHOLE;
}


/*
 * Unpacks more behind what is left in out, which is moved to its beginning. Returns 1;
 * 0 when there is no more; or -1 after a message.
 */
static int
ggictl_log_fill(ggictl_log_t *log)
{
    size_t  n;

    memmove(log->out, log->out + log->start, log->end - log->start);
    log->end -= log->start;
    log->start = 0;

    for ( ;; ) {
        if (!log->file.unpack(&log->file, log->out + log->end, sizeof(log->out) - log->end, &n)) {
            return -1;
        }

        if (n) {
            log->end += n;
            log->unpacked += n;
            return 1;
        }

        if (log->file.eof) {
            return (log->file.within && !log->follow
                    && !ggictl_unpack_damaged(&log->file, "its end is missing")) ? -1 : 0;
        }

        if (!ggictl_unpack_more(&log->file)) {
            return -1;
        }
    }
}


int
ggictl_log_bytes(ggictl_log_t *log, const char **data, size_t *len)
{
    int  rc;

    log->start = log->end;
    rc = ggictl_log_fill(log);
    *data = log->out;
    *len = log->end;

    return rc;
}


int
ggictl_log_line(ggictl_log_t *log, const char **line, size_t *len)
{
    int     rc;
    char   *newline;
    size_t  seen;

    for (seen = 0, rc = 1; ; ) {
        newline = memchr(log->out + log->start + seen, '\n', log->end - log->start - seen);
        seen = log->end - log->start;

        if (newline) {
            seen = (size_t) (newline - log->out) + 1 - log->start;

        } else if (rc == 1 && seen <= GGI_VERIFY_LINE_MAX) {
            rc = ggictl_log_fill(log);
            if (rc == -1) {
                return -1;
            }

            continue;

        } else if (log->follow && ggictl_log_packed(log) != GGICTL_LOG_WHOLE
                   && seen <= GGI_VERIFY_LINE_MAX)
        {
            return 0;
        }

        *line = log->out + log->start;
        *len = (seen > GGI_VERIFY_LINE_MAX) ? GGI_VERIFY_LINE_MAX + 1 : seen;
        log->start += seen;

        if (!log->skip) {
            log->skip = (newline == NULL);
            return *len != 0;
        }

        /* the rest of a line that was given already */
        log->skip = (newline == NULL);

        if (rc == 0 && log->start == log->end) {
            return 0;
        }

        seen = 0;
    }
}


void
ggictl_log_follow(ggictl_log_t *log)
{
    log->follow = 1;
}


/* Goes on reading at an offset. Returns 1, or 0 when the file is packed or has no offsets. */
static int
ggictl_log_place(ggictl_log_t *log, uint64_t offset)
{
    if (!ggictl_unpack_seek(&log->file, offset)) {
        return 0;
    }

    log->start = log->end;
    log->skip = 0;
    log->unpacked = offset;

    return 1;
}


int
ggictl_log_seek(ggictl_log_t *log, uint64_t offset)
{
    /* the byte before tells whether a line begins there */
    if (!ggictl_log_place(log, offset ? offset - 1 : 0)) {
        return 0;
    }

    log->skip = (offset != 0);

    return 1;
}


int
ggictl_log_go(ggictl_log_t *log, uint64_t offset)
{
    size_t       len;
    const char  *line;

    while (ggictl_log_offset(log) < offset && !ggictl_log_place(log, offset)) {
        if (ggictl_log_line(log, &line, &len) != 1) {
            return 0;
        }
    }

    return ggictl_log_offset(log) == offset;
}


uint64_t
ggictl_log_offset(const ggictl_log_t *log)
{
    return log->unpacked - (log->end - log->start);
}


struct stat
ggictl_log_stat(const ggictl_log_t *log)
{
    struct stat  st = { .st_size = 0 };

    (void) fstat(log->file.fd, &st);

    return st;
}


uint64_t
ggictl_log_taken(const ggictl_log_t *log)
{
    return log->file.taken;
}


void
ggictl_log_close(ggictl_log_t *log)
{
    if (log == NULL) {
        return;
    }

    ggictl_unpack_end(&log->file);

    if (log->file.fd != STDIN_FILENO) {
        (void) close(log->file.fd);
    }

    free(log);
}
