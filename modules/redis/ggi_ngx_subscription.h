/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The subscription of a worker to the changes of documents: Redis publishes the key
 * of a document that has changed, and the cache counts it no more.
 */

#ifndef GGI_NGX_SUBSCRIPTION_H
#define GGI_NGX_SUBSCRIPTION_H

#include "ggi_ngx_cache.h"
#include "ggi_ngx_marker.h"
#include "ggi_ngx_slots.h"


typedef struct {
    ggi_redis_conf_t  *conf;
    ggi_cache_t       *cache;
    ggi_marker_t      *marker;
    ggi_slots_t       *slots;           /* NULL: there is no Cluster */
    ngx_log_t         *log;
    ggi_redis_t       *redis;           /* NULL: it could not begin, or a Cluster has it */
    ngx_uint_t         live;            /* 1: it is subscribed, so that no change goes unnoticed */
    ggi_limit_t        limit;           /* of messages that something else is published */
} ggi_subscription_t;


/*
 * Begins the subscription of a worker, in memory of the caller: connects to the server
 * of conf, subscribes to the channel of changed documents, and does both again whenever
 * the connection was lost. Each key that is published loses its entry in cache, and
 * has the marker of the data set read anew. conf, cache, marker and log have to live longer than
 * the subscription. slots are those of the Cluster of conf, whose client has the connection then
 * and ends it, or NULL for a server. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_subscription_start(ggi_subscription_t *subscription,
    ggi_redis_conf_t *conf, ggi_slots_t *slots, ggi_cache_t *cache, ggi_marker_t *marker,
    ngx_log_t *log);

/*
 * Ends the subscription to changes and closes its connection. Does nothing when the
 * subscription could not begin.
 */
void ggi_subscription_stop(ggi_subscription_t *subscription);


#endif
