/* SPDX-License-Identifier: EUPL-1.2 */

/* A connection of ggictl to Redis: one that waits, over TCP, TLS or a UNIX socket. */

#ifndef GGICTL_REDIS_H
#define GGICTL_REDIS_H

#include <hiredis/hiredis.h>
#include <openssl/ssl.h>

#include "ggi_redis_url.h"


typedef struct {
    redisContext    *context;
    SSL             *ssl;               /* over the context's socket; NULL: no TLS */
    ggi_redis_url_t  url;
    char             server[104];       /* host and port, or path of its socket, for the error */
    char             error[576];        /* why the last call failed; never has a password */
} ggictl_redis_t;


/*
 * Connects, checks the server's certificate in case of rediss://, says who we
 * are and chooses the database of the URL. ca is a file of CAs in PEM; NULL:
 * those of the system. Returns 1, or 0 with the error; in both cases
 * ggictl_redis_close() frees what there is.
 */
int ggictl_redis_open(ggictl_redis_t *redis, const char *text, const char *ca);

void ggictl_redis_close(ggictl_redis_t *redis);

/*
 * The reply to a command of argc terminated words, which the caller frees with
 * freeReplyObject(). Returns NULL with the error, that of Redis included; the
 * connection is of no use after one of its own.
 */
redisReply *ggictl_redis_ask(ggictl_redis_t *redis, int argc, const char **argv);


#endif
