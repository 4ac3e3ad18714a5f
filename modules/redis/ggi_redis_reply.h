/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The replies of Redis: bytes in, whole replies out. hiredis reads RESP; the
 * limits are set here, since its reader in version 0.14 has none.
 */

#ifndef GGI_REDIS_REPLY_H
#define GGI_REDIS_REPLY_H

#include <stddef.h>

#include <hiredis/hiredis.h>

#define GGI_REDIS_REPLY_MAX     (320 * 1024)    /* bytes: the largest document fits */
#define GGI_REDIS_ELEMENTS_MAX  16384           /* of an array: a range for each slot */
#define GGI_REDIS_DEPTH_MAX     4  /* arrays in each other, as CLUSTER SLOTS has them */


typedef enum {
    GGI_REPLY_NIL,
    GGI_REPLY_STRING,
    GGI_REPLY_STATUS,
    GGI_REPLY_INTEGER,
    GGI_REPLY_ARRAY,
    GGI_REPLY_ERROR,
    GGI_REPLY_TOO_LARGE,                /* stands for a reply that exceeded a limit */
    GGI_REPLY_BROKEN                    /* stands for a reply that did not end, or was no RESP */
} ggi_reply_e;


typedef struct ggi_reply_s  ggi_reply_t;

struct ggi_reply_s {
    ggi_reply_e    type;
    char          *data;                /* of a string, status or error, and a NUL; else NULL */
    size_t         len;                 /* bytes of data */
    long long      integer;
    size_t         n;                   /* elements of an array; 0 for other types */
    ggi_reply_t  **elements;            /* of an array; else, and if empty, NULL */
    size_t         announced;           /* elements that an array is to have; n at the end of it */
    size_t         room;                /* elements that there is memory for */
};


/* What was read from one connection. */
typedef struct {
    redisReader  *reader;
    size_t        pending;              /* bytes fed since the last whole reply */
} ggi_redis_reader_t;


/*
 * Creates a reader of the replies that come over a connection. Returns 1, and the caller frees
 * it by ggi_redis_reader_free(); or 0 without memory.
 */
int ggi_redis_reader_create(ggi_redis_reader_t *reader);

/*
 * Frees a reader, with what it has not given out. Does nothing for one that is
 * freed, or all zero.
 */
void ggi_redis_reader_free(ggi_redis_reader_t *reader);

/*
 * Feeds len bytes that the server sent. Returns 1; or 0, when the next reply
 * exceeds GGI_REDIS_REPLY_MAX bytes or there is no memory. The connection is of no
 * use after that.
 */
int ggi_redis_reader_feed(ggi_redis_reader_t *reader, const char *data,
    size_t len);

/*
 * Takes the next whole reply. Returns 1, and sets *reply to the reply, which the
 * caller frees with ggi_reply_free(), or to NULL when more bytes are needed.
 * Returns 0 when the bytes are no RESP, or exceed a limit. The connection is of no
 * use after that.
 */
int ggi_redis_reader_next(ggi_redis_reader_t *reader, ggi_reply_t **reply);

/* Frees a reply and its elements. Does nothing for NULL. */
void ggi_reply_free(ggi_reply_t *reply);

/*
 * Returns 1 when a reply is a message on a channel that the connection has
 * subscribed to, 0 otherwise. Its third element is the text of the message then.
 */
int ggi_reply_is_message(const ggi_reply_t *reply);


#endif
