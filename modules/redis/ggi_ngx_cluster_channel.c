/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The subscription of a worker in a Redis Cluster. What is published at any node reaches all of
 * them, so that it can stand at one master, as long as that is a part of the Cluster.
 */

#include "ggi_ngx_cluster_channel.h"
#include "ggi_ngx_queue.h"


#define GGI_CLUSTER_MOVE_PAUSE      100         /* ms, and twice as long each time */
#define GGI_CLUSTER_MOVE_PAUSE_MAX  10000


static void
ggi_cluster_channel_ready(void *data)
{
    ggi_cluster_channel_t *channel = &((ggi_cluster_t *) data)->channel;

    channel->live = 1;
    channel->move = 0;
    channel->pause = 0;
    channel->events->ready(channel->data);
}


static void
ggi_cluster_channel_lost(void *data)
{
    ggi_cluster_t          *cluster = data;
    ggi_cluster_channel_t  *channel = &cluster->channel;

    channel->live = 0;
    channel->move = 1;
    ngx_post_event(&cluster->sweep, &ngx_posted_events);
    channel->events->lost(channel->data);
}


static void
ggi_cluster_channel_message(void *data, const ggi_reply_t *text)
{
    ggi_cluster_channel_t *channel = &((ggi_cluster_t *) data)->channel;

    channel->events->message(channel->data, text);
}


static const ggi_redis_events_t  ggi_cluster_channel_events = {
    ggi_cluster_channel_ready, ggi_cluster_channel_lost, ggi_cluster_channel_message
};


/* Returns a master that serves, other than the one of the subscription if there is one, or NULL. */
static ggi_cluster_peer_t *
ggi_cluster_channel_choose(ggi_cluster_t *cluster)
{
    ngx_uint_t           n;
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer, *chosen;

    n = 0;
    chosen = NULL;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (peer->master && ggi_cluster_peer_serves(peer) && peer != cluster->channel.peer) {
            n++;

            /* each with the same chance, so that workers spread */
            if ((ngx_uint_t) ngx_random() % n == 0) {
                chosen = peer;
            }
        }
    }

    return chosen;
}


void
ggi_cluster_channel_stop(ggi_cluster_t *cluster)
{
    ggi_cluster_channel_t  *channel = &cluster->channel;

    if (channel->redis) {
        ggi_redis_stop(channel->redis);
    }

    channel->redis = NULL;
    channel->peer = NULL;

    if (channel->live) {
        channel->live = 0;
        channel->events->lost(channel->data);
    }
}


/*
 * Returns 1 when the subscription may stay where it is: its node serves, and it was not lost; or
 * it was, but it came there just now. When no node lets it in, each has a longer pause, in which
 * its client tries again by itself.
 */
static ngx_uint_t
ggi_cluster_channel_stays(const ggi_cluster_channel_t *channel)
{
    return channel->peer && channel->peer->master && ggi_cluster_peer_serves(channel->peer)
           && (!channel->move || ngx_current_msec - channel->moved < channel->pause);
}


void
ggi_cluster_channel_settle(ggi_cluster_t *cluster)
{
    ggi_cluster_peer_t     *to;
    ggi_cluster_channel_t  *channel = &cluster->channel;

    if (channel->channel == NULL || ggi_cluster_channel_stays(channel)) {
        return;
    }

    to = ggi_cluster_channel_choose(cluster);

    if (to == NULL && channel->peer && !channel->peer->gone) {
        return;                         /* its client tries again by itself */
    }

    ggi_cluster_channel_stop(cluster);
    channel->move = 0;
    channel->moved = ngx_current_msec;
    channel->pause = ngx_min(ngx_max(2 * channel->pause, GGI_CLUSTER_MOVE_PAUSE),
                             GGI_CLUSTER_MOVE_PAUSE_MAX);

    if (to) {
        channel->redis = ggi_redis_start(&to->conf, channel->channel,
                                         &ggi_cluster_channel_events, cluster, cluster->log);
        channel->peer = channel->redis ? to : NULL;
    }
}


void
ggi_cluster_channel_doubt(ggi_cluster_t *cluster)
{
    if (cluster->channel.live) {
        cluster->channel.events->ready(cluster->channel.data);
    }
}


void
ggi_cluster_subscribe(ggi_cluster_t *cluster, const char *channel,
    const ggi_redis_events_t *events, void *data)
{
    cluster->channel.channel = channel;
    cluster->channel.events = events;
    cluster->channel.data = data;
}
