/* SPDX-License-Identifier: EUPL-1.2 */

/* What a Redis server says of itself, in its replies to HELLO and ROLE, and if it may serve. */

#ifndef GGI_REDIS_ROLE_H
#define GGI_REDIS_ROLE_H

#include "ggi_redis_reply.h"
#include "ggi_redis_url.h"

#define GGI_REDIS_ROLE_TEXT_LEN  768    /* bytes of the text of a fault, with its NUL */


typedef enum {
    GGI_REDIS_ROLE_UNKNOWN,             /* it has not told */
    GGI_REDIS_ROLE_MASTER,
    GGI_REDIS_ROLE_REPLICA,
    GGI_REDIS_ROLE_SENTINEL
} ggi_redis_role_e;

typedef struct {
    ggi_redis_role_e  role;
    int               cluster;          /* 1: it is a node of a Cluster */
    char              master[272];      /* of a replica: HOST:PORT that it follows; "": not told */
    char              link[16];         /* of a replica: how it is with that; "": not told */
} ggi_redis_role_t;


/*
 * Reads the reply to HELLO without arguments, or that to ROLE, and adds what it tells to *role,
 * which is all zero before the first of them. An error, as of a Redis that has no such command
 * or of a user who may not use it, and any other reply tell nothing.
 */
void ggi_redis_role_read(ggi_redis_role_t *role, const ggi_reply_t *reply);

/*
 * Judges whether a server with the data of url may serve, after the replies to HELLO and ROLE.
 * One that tells no role may, unless it was found by a Sentinel. Returns NULL when it may.
 * Otherwise writes the end of the sentence "redis NAME ..." to text, of
 * GGI_REDIS_ROLE_TEXT_LEN bytes, which names the right URL, and returns text. The name of a host
 * in it is as the server gave it.
 */
const char *ggi_redis_role_fault(const ggi_redis_role_t *role, const ggi_redis_url_t *url,
    char *text);


#endif
