/* SPDX-License-Identifier: EUPL-1.2 */

/* Writes a file of an audit log, packed as another one is: not at all, or by gzip or zstd. */

#ifndef GGICTL_PACK_H
#define GGICTL_PACK_H

#include <stddef.h>

#include <zlib.h>
#include <zstd.h>


typedef struct {
    const char    *name;                /* for messages */
    int            fd;
    gzFile         gzip;                /* gzip, or not packed; NULL: zstd */
    ZSTD_CStream  *zstd;
} ggictl_pack_t;


/*
 * Begins to write a file to the descriptor fd, packed in the way in which the file that is open
 * as like is packed: not at all, or by gzip or zstd. name names the new file in messages.
 * Returns 1, or 0 after a message. In either case fd belongs to pack, and the caller ends with
 * ggictl_pack_close(), which closes it; like stays the caller's.
 */
int ggictl_pack_open(ggictl_pack_t *pack, const char *name, int fd, int like);

/*
 * Adds len bytes of data to the file, packed as ggictl_pack_open() has found out. Returns 1, or
 * 0 after a message when they cannot be packed or written.
 */
int ggictl_pack_write(ggictl_pack_t *pack, const char *data, size_t len);

/*
 * Ends the file and syncs it to the disk, unless good is 0, and closes it. Returns good, or 0
 * after a message.
 */
int ggictl_pack_close(ggictl_pack_t *pack, int good);


#endif
