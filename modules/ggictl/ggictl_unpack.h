/* SPDX-License-Identifier: EUPL-1.2 */

/* The bytes of a file, as they are or unpacked by gzip or zstd. */

#ifndef GGICTL_UNPACK_H
#define GGICTL_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include <zlib.h>
#include <zstd.h>

#define GGICTL_UNPACK_IN  (256 * 1024)  /* bytes that are read at once */


typedef struct ggictl_unpack_s  ggictl_unpack_t;

/*
 * Unpacks at most size bytes into data and sets *len to how many, which is 0 when all that
 * was read of the file is used up. Returns 1, or 0 after a message.
 */
typedef int (*ggictl_unpack_pt)(ggictl_unpack_t *file, char *data, size_t size, size_t *len);

/* A file that is read; zeros, but for name and fd, at first. */
struct ggictl_unpack_s {
    const char        *name;            /* for messages */
    int                fd;              /* the caller's */
    ggictl_unpack_pt   unpack;
    z_stream           gzip;
    ZSTD_DStream      *zstd;
    uint64_t           taken;           /* bytes that were read of the file */
    size_t             in_pos;          /* first byte of in that is not used yet */
    size_t             in_end;
    int                eof;             /* 1: there is no more to read */
    int                within;          /* 1: a packed part was begun and is not at its end */
    char               in[GGICTL_UNPACK_IN];
};


/*
 * Chooses how to unpack a file by its first bytes, which it reads, so that file->unpack() can
 * be called. Returns 1; or 0 after a message on standard error. The caller ends it by
 * ggictl_unpack_end() in either case.
 */
int ggictl_unpack_begin(ggictl_unpack_t *file);

/*
 * Reads more of the file, when file->unpack() has used up what was read. Returns 1, also at
 * the end of the file, or 0 after a message.
 */
int ggictl_unpack_more(ggictl_unpack_t *file);

/* Returns 1 when the file is packed, 0 otherwise. */
int ggictl_unpack_packed(const ggictl_unpack_t *file);

/*
 * Goes on at an offset. Returns 1; or 0, and nothing has changed, when the file is packed or
 * has no offsets.
 */
int ggictl_unpack_seek(ggictl_unpack_t *file, uint64_t offset);

/* Tells why a file cannot be unpacked, on standard error. Returns 0. */
int ggictl_unpack_damaged(const ggictl_unpack_t *file, const char *why);

/* Frees what unpacking took. The descriptor stays open. */
void ggictl_unpack_end(ggictl_unpack_t *file);


#endif
