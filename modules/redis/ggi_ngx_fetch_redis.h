/* SPDX-License-Identifier: EUPL-1.2 */

/* The Redis that fetches ask, be that one server or a Cluster, and what tells them of changes. */

#ifndef GGI_NGX_FETCH_REDIS_H
#define GGI_NGX_FETCH_REDIS_H

#include "ggi_ngx_subscription.h"
#include "ggi_ngx_vouch.h"


typedef struct {
    ggi_redis_conf_t    *conf;
    ggi_redis_t         *server;        /* NULL: it could not begin, or there is a Cluster */
    ggi_cluster_t       *cluster;       /* NULL: it could not begin, or there is a server */
    ggi_slots_t          slots;         /* of the Cluster */
    ggi_subscription_t   subscription;
} ggi_fetch_redis_t;


/*
 * Returns 1 when Redis can be asked for the document of a key, now or as soon as an attempt to
 * connect has ended. Returns 0 when the last attempt failed.
 */
ngx_uint_t ggi_fetch_redis_usable(ggi_fetch_redis_t *redis, ggi_str_t key);

/*
 * Brings forward the next attempts to connect to Redis, if any are waited for,
 * because a call needs a document: see ggi_redis_retry_soon().
 */
void ggi_fetch_redis_retry_soon(ggi_fetch_redis_t *redis);

/*
 * Sends the GET of the document of a key, which has to be valid for the kind. Returns NGX_OK, and
 * handler is called with data once, as that of ggi_redis_get(), or of a Cluster as that of
 * ggi_vouch_get(). Returns NGX_ERROR when the connection is not ready, or without memory.
 */
ngx_int_t ggi_fetch_redis_get(ggi_fetch_redis_t *redis, ggi_str_t key,
    ggi_redis_reply_pt handler, void *data);


#endif
