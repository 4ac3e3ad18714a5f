/* SPDX-License-Identifier: EUPL-1.2 */

/* A blocking connection of ggictl to Redis, over TCP, TLS or a UNIX socket. */

#ifndef GGICTL_REDIS_H
#define GGICTL_REDIS_H

#include <hiredis/hiredis.h>
#include <openssl/ssl.h>

#include "ggi_redis_url.h"
#include "ggictl_redis_access.h"


typedef struct ggictl_redis_s  ggictl_redis_t;
typedef struct ggictl_cluster_s  ggictl_cluster_t;

struct ggictl_redis_s {
    redisContext    *context;
    SSL             *ssl;               /* TLS over the socket of context; NULL: no TLS */
    ggi_redis_url_t  url;
    char             server[104];       /* host and port, or path of the socket, for errors */
    char             error[576];        /* why the last call failed; never holds the password */
    const char      *address;           /* of the server, where its host is a name that need not be
                                           resolved; NULL: it has to be, or is an address */
    int              refused;           /* 1: since Redis answered with an error */
    int              asked;             /* 1: the server asks for a client certificate, and has
                                           sent no reply yet */

    ggictl_cluster_t *cluster;          /* the nodes of a Cluster; NULL: there is one server */

    /* Sends a command to the node of a Cluster that has its key, and frees the nodes. */
    redisReply     *(*route)(ggictl_redis_t *redis, int argc, const char **argv,
                             const size_t *lens);
    void            (*end)(ggictl_cluster_t *cluster);
};


/*
 * Connects to the server of host, or with host NULL to the UNIX socket of redis->url, and checks
 * the certificate of the server when that URL asks for TLS. redis is all zero but for its URL,
 * which was parsed, and its address. Each step may take so many seconds. Of access the files for
 * TLS are used. Returns 1, or 0 with redis->error. In both cases the caller calls
 * ggictl_redis_close().
 */
int ggictl_redis_connect(ggictl_redis_t *redis, const ggi_redis_host_t *host,
    const ggictl_redis_access_t *access, int seconds);

/*
 * Logs in with what redis->url has for that, and selects its database; with sentinel 1 logs in to a
 * Sentinel. Returns 1, or 0 with redis->error.
 */
int ggictl_redis_login(ggictl_redis_t *redis, int sentinel);

/* Closes the connection and frees what ggictl_redis_connect() allocated, also when that failed. */
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
 * Sends a command to one server, of which redis is the connection, as ggictl_redis_ask_bytes()
 * does, but does not wait for its reply: ggictl_redis_take() waits for those of all commands that
 * were sent, one at each call, in their order. Both return as that does: 1 or a reply, which the
 * caller frees; or 0 or NULL with redis->error.
 */
int ggictl_redis_put(ggictl_redis_t *redis, int argc, const char **argv, const size_t *lens);
redisReply *ggictl_redis_take(ggictl_redis_t *redis);

/*
 * Writes the URL of the server and its database, without user and password, to target, of
 * size bytes, where it is cut off. Returns target.
 */
const char *ggictl_redis_target(const ggictl_redis_t *redis, char *target, size_t size);


#endif
