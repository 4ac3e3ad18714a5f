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
 * Reads the first bytes of a file and chooses by them how it is unpacked, so that
 * file->unpack() can be called. The caller has set file to zeros, and then file->name and
 * file->fd. Returns 1; or 0 after a message when the file cannot be read, is packed in another
 * way than by gzip or zstd, or there is no memory. The caller ends with ggictl_unpack_end() in
 * either case.
 */
int ggictl_unpack_begin(ggictl_unpack_t *file);

/*
 * Reads more of the file from file->fd into file->in. Call it when file->unpack() has set *len
 * to 0, and file->eof does not yet say that the file is at its end. Returns 1, also when the
 * end was found, which sets file->eof; or 0 after a message when the file cannot be read.
 */
int ggictl_unpack_more(ggictl_unpack_t *file);

/*
 * Returns 1 when the first bytes of the file have shown that it is packed by gzip or zstd, 0
 * when it is read as it is. Call it after ggictl_unpack_begin().
 */
int ggictl_unpack_packed(const ggictl_unpack_t *file);

/*
 * Goes on with the byte at an offset, from 0, of a file that is not packed: what was read
 * before and not used is dropped. Returns 1. Returns 0 when the file is packed, or is one such
 * as a pipe in which nothing can be skipped; the next bytes are then those that would have come
 * anyway.
 */
int ggictl_unpack_seek(ggictl_unpack_t *file, uint64_t offset);

/*
 * Writes the message that a file cannot be unpacked to standard error. why is the reason, and
 * ends the message. Always returns 0, so that the caller can return that itself.
 */
int ggictl_unpack_damaged(const ggictl_unpack_t *file, const char *why);

/*
 * Frees the memory of the decoder that ggictl_unpack_begin() allocated. Neither the descriptor
 * nor file itself is touched: both are the caller's.
 */
void ggictl_unpack_end(ggictl_unpack_t *file);


#endif
