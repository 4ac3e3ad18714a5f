/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ggictl_out.h"
#include "ggictl_pack.h"

#define GGICTL_PACK_OUT  (64 * 1024)    /* bytes that zstd gives at once */


int
ggictl_pack_open(ggictl_pack_t *pack, const char *name, int fd, int like)
{
    int            own;
    const char    *mode;
    unsigned char  start[4] = { 0 };

    static const unsigned char  zstd[4] = { 0x28, 0xb5, 0x2f, 0xfd };

    memset(pack, 0, sizeof(ggictl_pack_t));
    pack->name = name;
    pack->fd = fd;

    if (pread(like, start, sizeof(start), 0) == (ssize_t) sizeof(start)
        && memcmp(start, zstd, sizeof(zstd)) == 0)
    {
        pack->zstd = ZSTD_createCStream();
        return pack->zstd != NULL || (ggictl_fail("no memory"), 0);
    }

    /* "T" writes what is given as it is; gzclose() closes a descriptor of its own */
    mode = (start[0] == 0x1f && start[1] == 0x8b) ? "wb6" : "wbT";
    own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    pack->gzip = (own == -1) ? NULL : gzdopen(own, mode);

    if (pack->gzip == NULL && own != -1) {
        (void) close(own);
    }

    return pack->gzip != NULL || (ggictl_fail("no memory"), 0);
}


static int
ggictl_pack_failed(const ggictl_pack_t *pack, const char *why)
{
    (void) ggictl_fail("%s: cannot be written: %s", pack->name, why);

    return 0;
}


/* Gives bytes to zstd, and ends the file when end is 1. Returns 1, or 0 after a message. */
static int
ggictl_pack_zstd(ggictl_pack_t *pack, const char *data, size_t len, int end)
{
    char            room[GGICTL_PACK_OUT];
    size_t          left;
    ZSTD_inBuffer   in = { data, len, 0 };
    ZSTD_outBuffer  out;

    do {
        out.dst = room;
        out.size = sizeof(room);
        out.pos = 0;
        left = ZSTD_compressStream2(pack->zstd, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);

        if (ZSTD_isError(left)) {
            return ggictl_pack_failed(pack, ZSTD_getErrorName(left));
        }

        if (!ggictl_write(pack->fd, room, out.pos)) {
            return ggictl_pack_failed(pack, strerror(errno));
        }
    } while (in.pos < in.size || (end && left));

    return 1;
}


int
ggictl_pack_write(ggictl_pack_t *pack, const char *data, size_t len)
{
    if (pack->zstd) {
        return ggictl_pack_zstd(pack, data, len, 0);
    }

    return len == 0 || gzwrite(pack->gzip, data, (unsigned) len) == (int) len
           || ggictl_pack_failed(pack, strerror(errno));
}


int
ggictl_pack_close(ggictl_pack_t *pack, int good)
{
    if (pack->zstd) {
        good = good && ggictl_pack_zstd(pack, "", 0, 1);
        ZSTD_freeCStream(pack->zstd);
    }

    if (pack->gzip && gzclose(pack->gzip) != Z_OK && good) {
        good = ggictl_pack_failed(pack, strerror(errno));
    }

    if (good && fsync(pack->fd) != 0) {
        good = ggictl_pack_failed(pack, strerror(errno));
    }

    if (pack->fd != -1) {
        (void) close(pack->fd);
    }

    memset(pack, 0, sizeof(ggictl_pack_t));
    pack->fd = -1;

    return good;
}
