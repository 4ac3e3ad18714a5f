/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_input.h"
#include "ggictl_out.h"
#include "ggictl_unpack.h"


/*
 * Reads at most size bytes of the file into data and sets *len to how many, which is 0 at
 * its end. Returns 1, or 0 after a message.
 */
static int
ggictl_unpack_read(ggictl_unpack_t *file, char *data, size_t size, size_t *len)
{
    ssize_t  n;

    do {
        n = read(file->fd, data, size);
    } while (n == -1 && errno == EINTR);

    if (n == -1) {
        (void) ggictl_fail("%s: cannot be read: %s", ggictl_input_name(file->name),
                           strerror(errno));
        return 0;
    }

    file->eof = (n == 0);
    file->taken += (uint64_t) n;
    *len = (size_t) n;

    return 1;
}


int
ggictl_unpack_more(ggictl_unpack_t *file)
{
    size_t  n;

    if (file->in_pos == file->in_end) {
        file->in_pos = 0;
        file->in_end = 0;
    }

    if (!ggictl_unpack_read(file, file->in + file->in_end, sizeof(file->in) - file->in_end, &n)) {
        return 0;
    }

    file->in_end += n;

    return 1;
}


/* Takes what was read to look how the file is packed, and then reads into data itself. */
static int
ggictl_unpack_plain(ggictl_unpack_t *file, char *data, size_t size, size_t *len)
{
    *len = file->in_end - file->in_pos;

    if (*len == 0) {
        return ggictl_unpack_read(file, data, size, len);
    }

    if (*len > size) {
        *len = size;
    }

    memcpy(data, file->in + file->in_pos, *len);
    file->in_pos += *len;

    return 1;
}


int
ggictl_unpack_damaged(const ggictl_unpack_t *file, const char *why)
{
    (void) ggictl_fail("%s: cannot be unpacked: %s", file->name, why);
    return 0;
}


static int
ggictl_unpack_gunzip(ggictl_unpack_t *file, char *data, size_t size, size_t *len)
{
    int        rc;
    z_stream  *gzip;

    gzip = &file->gzip;
    gzip->next_in = (unsigned char *) file->in + file->in_pos;
    gzip->avail_in = (unsigned) (file->in_end - file->in_pos);
    gzip->next_out = (unsigned char *) data;
    gzip->avail_out = (unsigned) size;
    rc = Z_OK;

    while (gzip->avail_out && (gzip->avail_in || file->within)) {
        file->within = 1;
        rc = inflate(gzip, Z_NO_FLUSH);

        if (rc != Z_STREAM_END) {
            break;
        }

        /* gzip puts several parts one behind the other */
        file->within = 0;
        rc = inflateReset(gzip);
    }

    file->in_pos = file->in_end - gzip->avail_in;
    *len = size - gzip->avail_out;

    /* Z_BUF_ERROR: it needs more of the file */
    return (rc == Z_OK || rc == Z_BUF_ERROR)
           || ggictl_unpack_damaged(file, gzip->msg ? gzip->msg : "its data is damaged");
}


static int
ggictl_unpack_unzstd(ggictl_unpack_t *file, char *data, size_t size, size_t *len)
{
    size_t          rc;
    ZSTD_inBuffer   in = { file->in, file->in_end, file->in_pos };
    ZSTD_outBuffer  out;

    out.dst = data;
    out.size = size;
    out.pos = 0;

    /* what is left in the decoder comes out without further bytes of the file */

    while (out.pos < out.size && (in.pos < in.size || file->within)) {
        rc = ZSTD_decompressStream(file->zstd, &out, &in);

        if (ZSTD_isError(rc)) {
            return ggictl_unpack_damaged(file, ZSTD_getErrorName(rc));
        }

        file->within = (rc != 0);

        if (in.pos == in.size && out.pos < out.size) {
            break;
        }
    }

    file->in_pos = in.pos;
    *len = out.pos;

    return 1;
}


int
ggictl_unpack_begin(ggictl_unpack_t *file)
{
    size_t  i;

    static const struct {
        const char            *bytes;
        size_t                 len;
        ggictl_unpack_pt   unpack;
    } kinds[] = {
        { "\x1f\x8b", 2, ggictl_unpack_gunzip },
        { "\x28\xb5\x2f\xfd", 4, ggictl_unpack_unzstd },
        { "\xfd" "7zXZ", 5, NULL },
        { "BZh", 3, NULL },
        { "PK\x03\x04", 4, NULL },
        { "\x04\x22\x4d\x18", 4, NULL }
    };

    while (file->in_end < 5 && !file->eof) {
        if (!ggictl_unpack_more(file)) {
            return 0;
        }
    }

    file->unpack = ggictl_unpack_plain;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (file->in_end >= kinds[i].len && memcmp(file->in, kinds[i].bytes, kinds[i].len) == 0) {
            file->unpack = kinds[i].unpack;
        }
    }

    if (file->unpack == NULL) {
        (void) ggictl_fail("%s is packed, but not by gzip or zstd: give it unpacked", file->name);
        return 0;
    }

    if (file->unpack == ggictl_unpack_gunzip) {
        /* 16 asks for the format of gzip */
        return inflateInit2(&file->gzip, 15 + 16) == Z_OK
               || ggictl_unpack_damaged(file, "no memory");
    }

    if (file->unpack == ggictl_unpack_unzstd) {
        file->zstd = ZSTD_createDStream();
        return file->zstd != NULL || ggictl_unpack_damaged(file, "no memory");
    }

    return 1;
}


int
ggictl_unpack_packed(const ggictl_unpack_t *file)
{
    return file->unpack != ggictl_unpack_plain;
}


int
ggictl_unpack_seek(ggictl_unpack_t *file, uint64_t offset)
{
    if (ggictl_unpack_packed(file) || lseek(file->fd, (off_t) offset, SEEK_SET) == -1) {
        return 0;
    }

    file->in_pos = file->in_end;
    file->eof = 0;

    return 1;
}


void
ggictl_unpack_end(ggictl_unpack_t *file)
{
    if (file->unpack == ggictl_unpack_gunzip) {
        (void) inflateEnd(&file->gzip);
    }

    ZSTD_freeDStream(file->zstd);
}
