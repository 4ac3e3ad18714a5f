/* SPDX-License-Identifier: EUPL-1.2 */

/* The GETs of a worker in a Redis Cluster. */

#ifndef GGI_NGX_CLUSTER_GET_H
#define GGI_NGX_CLUSTER_GET_H

#include "ggi_ngx_cluster_peer.h"


/* Sends a question about a key to a server, as ggi_redis_get() does. */
typedef ngx_int_t (*ggi_cluster_send_pt)(ggi_redis_t *redis, ggi_str_t key,
    ggi_redis_reply_pt handler, void *data);


/*
 * Asks the master of a key, of at most GGI_KIND_PREFIX_MAX + GGI_KEY_MAX bytes, by send, such as
 * ggi_redis_get() for its value. Redirections of the Cluster are followed. Returns NGX_OK; handler
 * is then called with data once, as that of ggi_redis_get(): it gets NULL when no master has
 * answered within the time-out of the configuration. Returns NGX_ERROR without memory: handler is
 * not called then.
 */
ngx_int_t ggi_cluster_get(ggi_cluster_t *cluster, ggi_str_t key, ggi_cluster_send_pt send,
    ggi_redis_reply_pt handler, void *data);

/* Sends the GETs that wait, as far as they can be sent by now. */
void ggi_cluster_get_waiting(ggi_cluster_t *cluster);

/* Ends all GETs that wait: their handlers are called with NULL. */
void ggi_cluster_get_end(ggi_cluster_t *cluster);


#endif
