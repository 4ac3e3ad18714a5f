/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The client of a Redis Cluster in a worker: it knows which master serves which slot, has a
 * connection to each of them, and is told of changes by one. Only masters are asked for
 * documents. Whatever is unknown, or was lost, is asked for again by itself.
 */

#ifndef GGI_NGX_CLUSTER_H
#define GGI_NGX_CLUSTER_H

#include "ggi_ngx_cluster_channel.h"
#include "ggi_ngx_cluster_get.h"


/*
 * Makes a client of the Cluster of conf, in a worker, which begins to connect in the next turn of
 * the event loop. The events are about the whole Cluster: ready when every slot has a master that
 * answers, and lost when that is over; GETs of the slots that are served are answered meanwhile.
 * Nothing is published to them. conf, events and log live longer than the client. Returns NULL
 * without memory; the caller ends the client with ggi_cluster_stop().
 */
ggi_cluster_t *ggi_cluster_start(ggi_redis_conf_t *conf, const ggi_redis_events_t *events,
    void *data, ngx_log_t *log);

/*
 * Returns 1 when a GET of a key is answered, or is about to be. Returns 0 when it is known that
 * no master serves its slot now, or that the last attempt to connect to it failed.
 */
ngx_uint_t ggi_cluster_usable(ggi_cluster_t *cluster, ggi_str_t key);

/* Brings forward the next attempts to connect, as ggi_redis_retry_soon() does, to all masters. */
void ggi_cluster_retry_soon(ggi_cluster_t *cluster);

/*
 * Ends all connections and frees the client. The handlers of GETs are called with NULL before.
 */
void ggi_cluster_stop(ggi_cluster_t *cluster);


#endif
