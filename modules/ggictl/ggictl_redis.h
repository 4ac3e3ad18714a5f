/* SPDX-License-Identifier: EUPL-1.2 */

/* A blocking connection of ggictl to Redis, over TCP, TLS or a UNIX socket. */

#ifndef GGICTL_REDIS_H
#define GGICTL_REDIS_H

#include <hiredis/hiredis.h>
#include <openssl/ssl.h>

#include "ggi_redis_url.h"


typedef struct {
    redisContext    *context;
    SSL             *ssl;               /* TLS over the socket of context; NULL: no TLS */
    ggi_redis_url_t  url;
    char             server[104];       /* host and port, or path of the socket, for errors */
    char             error[576];        /* why the last call failed; never holds the password */
    int              refused;           /* 1: since Redis answered with an error */
} ggictl_redis_t;


/*
 * Connects to the Redis of a URL, checks the server's certificate when that begins with
 * rediss://, logs in and selects the database. Each step may take GGICTL_REDIS_TIMEOUT
 * seconds. ca is a file of CAs in PEM, or NULL for those of the system. Returns 1, or 0
 * with redis->error. In both cases the caller calls ggictl_redis_close().
 */
int ggictl_redis_open(ggictl_redis_t *redis, const char *text, const char *ca);

/* Closes the connection and frees what ggictl_redis_open() allocated, also when that failed. */
void ggictl_redis_close(ggictl_redis_t *redis);

/*
 * Sends a command of argc words, each terminated by NUL, and waits for its reply, which
 * the caller frees with freeReplyObject(). Returns NULL with redis->error when Redis
 * answers with an error, and redis->refused is 1 then, or when the connection fails, which
 * can only be closed after that.
 */
redisReply *ggictl_redis_ask(ggictl_redis_t *redis, int argc, const char **argv);

/*
 * Sends a command of argc words, of lens bytes each, which may have NULs in them, and waits
 * for its reply, which the caller frees with freeReplyObject(). Returns NULL with redis->error
 * as ggictl_redis_ask() does.
 */
redisReply *ggictl_redis_ask_bytes(ggictl_redis_t *redis, int argc, const char **argv,
    const size_t *lens);

/*
 * Writes the URL of the server and its database, without user and password, to target, of
 * size bytes, where it is cut off. Returns target.
 */
const char *ggictl_redis_target(const ggictl_redis_t *redis, char *target, size_t size);


#endif
