/* SPDX-License-Identifier: EUPL-1.2 */

/* The subscription of a worker in a Redis Cluster. */

#ifndef GGI_NGX_CLUSTER_CHANNEL_H
#define GGI_NGX_CLUSTER_CHANNEL_H

#include "ggi_ngx_cluster_peer.h"


/*
 * Has the client subscribe to a channel at one of the masters, whichever; at another one when
 * that is lost, or is cut off from the Cluster. The events are about the subscription, with data:
 * ready also when a master was replaced, since changes may have been lost then. channel and
 * events live longer than the client.
 */
void ggi_cluster_subscribe(ggi_cluster_t *cluster, const char *channel,
    const ggi_redis_events_t *events, void *data);

/* Has the subscription stand at a master that serves: it moves when it has to. Not in an event. */
void ggi_cluster_channel_settle(ggi_cluster_t *cluster);

/* Tells the owner of the subscription, if it is live, that changes may have been lost. */
void ggi_cluster_channel_doubt(ggi_cluster_t *cluster);

/* Ends the subscription. */
void ggi_cluster_channel_stop(ggi_cluster_t *cluster);


#endif
