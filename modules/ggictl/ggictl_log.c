/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "ggictl_log.h"
#include "ggictl_out.h"

#define GGICTL_LOG_IN   (256 * 1024)    /* bytes that are read at once */
#define GGICTL_LOG_OUT  (GGI_VERIFY_LINE_MAX + 1 + GGICTL_LOG_IN)


/*
 * Unpacks at most size bytes into data and sets *len to how many, which is 0 when all that
 * was read of the file is used up. Returns 1, or 0 after a message.
 */
typedef int (*ggictl_log_unpack_pt)(ggictl_log_t *log, char *data, size_t size, size_t *len);

struct ggictl_log_s {
    const char            *name;
    int                    fd;
    ggictl_log_unpack_pt   unpack;
    z_stream               gzip;
    ZSTD_DStream          *zstd;
    uint64_t               taken;       /* bytes that were read of the file */
    uint64_t               unpacked;    /* offset, in what it holds, of what is behind out */
    size_t                 in_pos;      /* first byte of in that is not used yet */
    size_t                 in_end;
    int                    eof;         /* 1: there is no more to read */
    int                    follow;      /* 1: its end is not reached, since it grows */
    int                    within;      /* 1: a packed part was begun and is not at its end */
    int                    skip;        /* 1: the rest of a line is to be passed over */
    size_t                 start;       /* first byte of the next line in out */
    size_t                 end;
    char                   in[GGICTL_LOG_IN];
    char                   out[GGICTL_LOG_OUT];
};


/* Reads at most size bytes into data; sets *len, 0 at the end. Returns 1, or 0 with a message. */
static int
ggictl_log_read(ggictl_log_t *log, char *data, size_t size, size_t *len)
{
    ssize_t  n;

    do {
        n = read(log->fd, data, size);
    } while (n == -1 && errno == EINTR);

    if (n == -1) {
        (void) ggictl_fail("%s: cannot be read: %s", log->name, strerror(errno));
        return 0;
    }

    log->eof = (n == 0);
    log->taken += (uint64_t) n;
    *len = (size_t) n;

    return 1;
}


/* Reads more of the file into in, nothing at its end. Returns 1, or 0 after a message. */
static int
ggictl_log_more(ggictl_log_t *log)
{
    size_t  n;

    if (log->in_pos == log->in_end) {
        log->in_pos = 0;
        log->in_end = 0;
    }

    if (!ggictl_log_read(log, log->in + log->in_end, sizeof(log->in) - log->in_end, &n)) {
        return 0;
    }

    log->in_end += n;

    return 1;
}


/* Takes what was read to look how the file is packed, and then reads into data itself. */
static int
ggictl_log_plain(ggictl_log_t *log, char *data, size_t size, size_t *len)
{
    *len = log->in_end - log->in_pos;

    if (*len == 0) {
        return ggictl_log_read(log, data, size, len);
    }

    if (*len > size) {
        *len = size;
    }

    memcpy(data, log->in + log->in_pos, *len);
    log->in_pos += *len;

    return 1;
}


static int
ggictl_log_damaged(const ggictl_log_t *log, const char *why)
{
    (void) ggictl_fail("%s: cannot be unpacked: %s", log->name, why);
    return 0;
}


static int
ggictl_log_gunzip(ggictl_log_t *log, char *data, size_t size, size_t *len)
{
    int        rc;
    z_stream  *gzip;

    gzip = &log->gzip;
    gzip->next_in = (unsigned char *) log->in + log->in_pos;
    gzip->avail_in = (unsigned) (log->in_end - log->in_pos);
    gzip->next_out = (unsigned char *) data;
    gzip->avail_out = (unsigned) size;
    rc = Z_OK;

    while (gzip->avail_out && (gzip->avail_in || log->within)) {
        log->within = 1;
        rc = inflate(gzip, Z_NO_FLUSH);

        if (rc != Z_STREAM_END) {
            break;
        }

        /* gzip puts several parts one behind the other */
        log->within = 0;
        rc = inflateReset(gzip);
    }

    log->in_pos = log->in_end - gzip->avail_in;
    *len = size - gzip->avail_out;

    /* Z_BUF_ERROR: it needs more of the file */
    return (rc == Z_OK || rc == Z_BUF_ERROR)
           || ggictl_log_damaged(log, gzip->msg ? gzip->msg : "its data is damaged");
}


static int
ggictl_log_unzstd(ggictl_log_t *log, char *data, size_t size, size_t *len)
{
    size_t          rc;
    ZSTD_inBuffer   in = { log->in, log->in_end, log->in_pos };
    ZSTD_outBuffer  out;

    out.dst = data;
    out.size = size;
    out.pos = 0;

    /* what is left in the decoder comes out without further bytes of the file */

    while (out.pos < out.size && (in.pos < in.size || log->within)) {
        rc = ZSTD_decompressStream(log->zstd, &out, &in);

        if (ZSTD_isError(rc)) {
            return ggictl_log_damaged(log, ZSTD_getErrorName(rc));
        }

        log->within = (rc != 0);

        if (in.pos == in.size && out.pos < out.size) {
            break;
        }
    }

    log->in_pos = in.pos;
    *len = out.pos;

    return 1;
}


/* Chooses how to unpack a file by its first bytes. Returns 1, or 0 after a message. */
static int
ggictl_log_begin(ggictl_log_t *log)
{
    size_t  i;

    static const struct {
        const char            *bytes;
        size_t                 len;
        ggictl_log_unpack_pt   unpack;
    } kinds[] = {
        { "\x1f\x8b", 2, ggictl_log_gunzip },
        { "\x28\xb5\x2f\xfd", 4, ggictl_log_unzstd },
        { "\xfd" "7zXZ", 5, NULL },
        { "BZh", 3, NULL },
        { "PK\x03\x04", 4, NULL },
        { "\x04\x22\x4d\x18", 4, NULL }
    };

    while (log->in_end < 5 && !log->eof) {
        if (!ggictl_log_more(log)) {
            return 0;
        }
    }

    log->unpack = ggictl_log_plain;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (log->in_end >= kinds[i].len && memcmp(log->in, kinds[i].bytes, kinds[i].len) == 0) {
            log->unpack = kinds[i].unpack;
        }
    }

    if (log->unpack == NULL) {
        (void) ggictl_fail("%s is packed, but not by gzip or zstd: give it unpacked", log->name);
        return 0;
    }

    if (log->unpack == ggictl_log_gunzip) {
        /* 16 asks for the format of gzip */
        return inflateInit2(&log->gzip, 15 + 16) == Z_OK || ggictl_log_damaged(log, "no memory");
    }

    if (log->unpack == ggictl_log_unzstd) {
        log->zstd = ZSTD_createDStream();
        return log->zstd != NULL || ggictl_log_damaged(log, "no memory");
    }

    return 1;
}


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

    log->name = name;
    log->fd = fd;
    (void) posix_fadvise(log->fd, 0, 0, POSIX_FADV_SEQUENTIAL);

    if (!ggictl_log_begin(log)) {
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
    return (log->unpack == ggictl_log_plain) ? GGICTL_LOG_PLAIN
           : log->within ? GGICTL_LOG_PART : GGICTL_LOG_WHOLE;
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
        if (!log->unpack(log, log->out + log->end, sizeof(log->out) - log->end, &n)) {
            return -1;
        }

        if (n) {
            log->end += n;
            log->unpacked += n;
            return 1;
        }

        if (log->eof) {
            return (log->within && !log->follow && !ggictl_log_damaged(log, "its end is missing"))
                   ? -1 : 0;
        }

        if (!ggictl_log_more(log)) {
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
    if (log->unpack != ggictl_log_plain || lseek(log->fd, (off_t) offset, SEEK_SET) == -1) {
        return 0;
    }

    log->in_pos = log->in_end;
    log->start = log->end;
    log->eof = 0;
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

    (void) fstat(log->fd, &st);

    return st;
}


uint64_t
ggictl_log_taken(const ggictl_log_t *log)
{
    return log->taken;
}


void
ggictl_log_close(ggictl_log_t *log)
{
    if (log == NULL) {
        return;
    }

    if (log->unpack == ggictl_log_gunzip) {
        (void) inflateEnd(&log->gzip);
    }

    ZSTD_freeDStream(log->zstd);

    if (log->fd != STDIN_FILENO) {
        (void) close(log->fd);
    }

    free(log);
}
