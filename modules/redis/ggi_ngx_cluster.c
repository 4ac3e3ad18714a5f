/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a worker knows of a Redis Cluster, and how it keeps knowing it. Each node is asked once a
 * second how the Cluster is, by its view, and the map of slots is read again when that shows a
 * failover, when a node redirects or is lost, until every slot is served, and every 10 s.
 */

#include "ggi_ngx_cluster.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_queue.h"


#define GGI_CLUSTER_TICK      1000      /* ms between two questions, while all is well */
#define GGI_CLUSTER_PAUSE_MAX  500      /* ms between two while something lasts to be wrong */
#define GGI_CLUSTER_AGE       10000     /* ms after which the map is read again in any case */
#define GGI_CLUSTER_FORGET    5000      /* ms after which an older epoch is believed */


/* Returns 1 when each slot has a master that serves it, 0 otherwise. */
static ngx_uint_t
ggi_cluster_whole(ggi_cluster_t *cluster)
{
    size_t  i;

    for (i = 0; i < cluster->map.n; i++) {
        if (cluster->peer[i] == NULL || !ggi_cluster_peer_serves(cluster->peer[i])) {
            return 0;
        }
    }

    return cluster->known && cluster->map.assigned == GGI_CLUSTER_SLOTS;
}


/* Tells the owner when the Cluster has become whole, or is so no more. */
static void
ggi_cluster_tell(ggi_cluster_t *cluster)
{
    ngx_uint_t  whole;

    whole = ggi_cluster_whole(cluster);

    if (cluster->complete != whole) {
        cluster->complete = whole;

        if (whole) {
            cluster->events->ready(cluster->data);
        } else {
            cluster->events->lost(cluster->data);
        }
    }
}


/* Does what an event of a client has brought about, and could not be done within it. */
static void
ggi_cluster_sweep_handler(ngx_event_t *ev)
{
    ggi_cluster_t *cluster = ev->data;

    ggi_cluster_channel_settle(cluster);
    ggi_cluster_peer_sweep(cluster);
    ggi_cluster_get_waiting(cluster);
    ggi_cluster_tell(cluster);
}


static void
ggi_cluster_peer_lost(void *data)
{
    ggi_cluster_peer_t *peer = data;

    peer->ready = 0;
    ggi_cluster_wanted(peer->cluster);
    ngx_post_event(&peer->cluster->sweep, &ngx_posted_events);
}


/*
 * Returns 1 when a peer has not missed a failover, as a master that was replaced while it hung.
 * When nobody was heard for some time who knows the last failover that is known here, as after
 * the Cluster was set up anew, every peer counts.
 */
static ngx_uint_t
ggi_cluster_up_to_date(ggi_cluster_t *cluster, const ggi_cluster_peer_t *peer)
{
    return peer->info.epoch >= cluster->epoch
           || ngx_current_msec - cluster->heard > GGI_CLUSTER_FORGET;
}


/* A node says how the Cluster is. */
static void
ggi_cluster_info_handler(void *data, const ggi_reply_t *reply)
{
    ggi_str_t            text;
    ngx_uint_t           down;
    ggi_cluster_t       *cluster;
    ggi_cluster_peer_t  *peer = data;

    peer->asked = 0;

    if (reply == NULL || reply->data == NULL) {
        return;
    }

    cluster = peer->cluster;
    text.data = reply->data;
    text.len = reply->len;
    down = reply->type != GGI_REPLY_STRING || !ggi_cluster_info(text, &peer->info)
           || !peer->info.ok;

    if (!down && peer->info.epoch >= cluster->epoch) {
        cluster->heard = ngx_current_msec;
    }

    down = down || !ggi_cluster_up_to_date(cluster, peer);

    if (peer->down != down || (!down && peer->info.epoch > cluster->epoch)) {
        ggi_cluster_wanted(cluster);
    }

    if (peer->down != down || !peer->checked) {
        peer->down = down;
        peer->checked = 1;
        ngx_post_event(&cluster->sweep, &ngx_posted_events);
    }
}


/* Takes over the map that was read: which peers are masters, and which are not needed. */
static void
ggi_cluster_take_map(ggi_cluster_t *cluster)
{
    size_t               i;
    ngx_uint_t           replaced;
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    replaced = 0;
    cluster->map = cluster->read;

    for (i = 0; i < cluster->map.n; i++) {
        cluster->peer[i] = ggi_cluster_peer(cluster, &cluster->map.masters[i]);

        if (cluster->peer[i]) {
            cluster->peer[i]->needed = ngx_current_msec;

        } else {
            ggi_cluster_peer_unknown(cluster, &cluster->map.masters[i]);
        }
    }

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        for (i = 0; i < cluster->map.n && cluster->peer[i] != peer; i++) {
            /* up to this peer */
        }

        replaced |= peer->master && i == cluster->map.n;
        peer->master = i < cluster->map.n;

        if (!peer->master && (ngx_msec_int_t) (peer->needed - ngx_current_msec) <= 0) {
            peer->gone = 1;
            peer->ready = 0;
        }
    }

    if (replaced) {
        ggi_cluster_channel_doubt(cluster);
    }
}


/* Logs that a node gives no map that can be used. */
static void
ggi_cluster_no_map(ggi_cluster_t *cluster, const ggi_cluster_peer_t *peer,
    const ggi_reply_t *reply)
{
    char      words[GGI_REDIS_WORDS_LEN];
    uint64_t  left_out;

    if (!ggi_limit_pass(&cluster->limit, ngx_current_msec, &left_out)) {
        return;
    }

    ggi_redis_printable(words, sizeof(words), reply->data ? reply->data : "", reply->len,
                        &cluster->conf->url);
    ngx_log_error(NGX_LOG_ERR, cluster->log, 0,
                  "redis %V (%V) does not tell which nodes have which slots%s%s "
                  "(at most %d masters are supported)", &cluster->conf->name,
                  &peer->node.addr.name,
                  reply->type == GGI_REPLY_ERROR ? ": " : "",
                  reply->type == GGI_REPLY_ERROR ? words : "", GGI_CLUSTER_MASTERS_MAX);
}


static void
ggi_cluster_slots_handler(void *data, const ggi_reply_t *reply)
{
    ggi_cluster_t       *cluster;
    ggi_cluster_peer_t  *peer = data;

    if (reply == NULL) {
        return;
    }

    cluster = peer->cluster;

    if (!ggi_cluster_map_read(&cluster->read, reply, &peer->at)) {
        ggi_cluster_no_map(cluster, peer, reply);
        return;
    }

    if (cluster->known && (peer->down || cluster->read.n == 0)) {
        return;                         /* it is cut off, or has missed a failover */
    }

    cluster->known = 1;
    cluster->epoch = peer->info.epoch;
    cluster->mapped = ngx_current_msec;
    ggi_metric_set(cluster->conf->kind->metrics.topology, ngx_current_msec / 1000);
    cluster->heard = ngx_current_msec;
    cluster->wanted = 0;
    ggi_cluster_take_map(cluster);
    ngx_post_event(&cluster->sweep, &ngx_posted_events);
}


/* Asks a peer how the Cluster is, and for its map if that is its turn. */
static void
ggi_cluster_ask(ggi_cluster_peer_t *peer, ngx_uint_t map)
{
    size_t       lens[2] = { 7, 4 };
    const char  *argv[2] = { "CLUSTER", "INFO" };

    if (peer->asked
        || ggi_redis_send(peer->redis, 2, argv, lens, ggi_cluster_info_handler, peer) != NGX_OK)
    {
        return;
    }

    peer->asked = 1;

    if (map) {
        argv[1] = "SLOTS";
        lens[1] = 5;
        (void) ggi_redis_send(peer->redis, 2, argv, lens, ggi_cluster_slots_handler, peer);
    }
}


static void
ggi_cluster_peer_ready(void *data)
{
    ggi_cluster_peer_t *peer = data;

    peer->ready = 1;
    peer->checked = 0;
    peer->down = 0;
    ggi_cluster_ask(peer, !peer->cluster->known);
}


/* Asks all nodes how the Cluster is, and one of them, each in turn, for its map if needed. */
static void
ggi_cluster_ask_all(ggi_cluster_t *cluster)
{
    ngx_uint_t           i, n, wanted;
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    n = 0;
    wanted = cluster->wanted || !ggi_cluster_whole(cluster)
             || ngx_current_msec - cluster->mapped >= GGI_CLUSTER_AGE;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);
        n += peer->ready && !peer->asked;
    }

    if (n == 0) {
        return;
    }

    i = 0;
    cluster->turn = (cluster->turn + 1) % n;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (peer->ready && !peer->asked) {
            ggi_cluster_ask(peer, wanted && i++ == cluster->turn);
        }
    }
}


/* Returns 1 when any node can be asked, 0 when none answers. */
static ngx_uint_t
ggi_cluster_any_ready(ggi_cluster_t *cluster)
{
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (peer->ready) {
            return 1;
        }
    }

    return 0;
}


static void
ggi_cluster_tick_handler(ngx_event_t *ev)
{
    ggi_cluster_t *cluster = ev->data;

    cluster->ticked = ngx_current_msec;

    if (!ggi_cluster_any_ready(cluster)) {
        ggi_cluster_peer_seeds(cluster);
    }

    ggi_cluster_ask_all(cluster);
    ngx_post_event(&cluster->sweep, &ngx_posted_events);

    if (cluster->wanted || !ggi_cluster_whole(cluster)) {
        ngx_add_timer(ev, cluster->pause);
        cluster->pause = ngx_min(2 * cluster->pause, GGI_CLUSTER_PAUSE_MAX);

    } else {
        ngx_add_timer(ev, GGI_CLUSTER_TICK);
        cluster->pause = GGI_CLUSTER_PAUSE;
    }
}


static void
ggi_cluster_peer_message(void *data, const ggi_reply_t *text)
{
    /* nothing is published on a connection that subscribes to no channel */
}


static const ggi_redis_events_t  ggi_cluster_peer_events = {
    ggi_cluster_peer_ready, ggi_cluster_peer_lost, ggi_cluster_peer_message
};


static void
ggi_cluster_event_init(ggi_cluster_t *cluster, ngx_event_t *event, ngx_event_handler_pt handler)
{
    event->handler = handler;
    event->data = cluster;
    event->log = cluster->log;
    event->cancelable = 1;              /* it does not hold a worker that shuts down */
}


ggi_cluster_t *
ggi_cluster_start(ggi_redis_conf_t *conf, const ggi_redis_events_t *events, void *data,
    ngx_log_t *log)
{
    ggi_cluster_t  *cluster;

    cluster = ngx_calloc(sizeof(ggi_cluster_t), log);
    if (cluster == NULL) {
        return NULL;
    }

    cluster->conf = conf;
    cluster->events = events;
    cluster->data = data;
    cluster->log = log;
    cluster->wanted = 1;
    cluster->pause = GGI_CLUSTER_PAUSE;
    cluster->peer_events = &ggi_cluster_peer_events;
    ngx_queue_init(&cluster->peers);
    ngx_queue_init(&cluster->waiting);
    ngx_memset(cluster->map.owner, GGI_CLUSTER_NOBODY, GGI_CLUSTER_SLOTS);
    ggi_cluster_event_init(cluster, &cluster->tick, ggi_cluster_tick_handler);
    ggi_cluster_event_init(cluster, &cluster->sweep, ggi_cluster_sweep_handler);

    ggi_cluster_peer_seeds(cluster);
    ngx_add_timer(&cluster->tick, GGI_CLUSTER_PAUSE);

    return cluster;
}


ngx_uint_t
ggi_cluster_usable(ggi_cluster_t *cluster, ggi_str_t key)
{
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    if (cluster->known) {
        peer = ggi_cluster_peer_of(cluster, ggi_cluster_slot(key));

        return peer && !peer->down && ggi_redis_usable(peer->redis);
    }

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (ggi_redis_usable(peer->redis)) {
            return 1;
        }
    }

    return 0;
}


void
ggi_cluster_retry_soon(ggi_cluster_t *cluster)
{
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);
        ggi_redis_retry_soon(peer->redis);
    }
}


void
ggi_cluster_stop(ggi_cluster_t *cluster)
{
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);
        peer->gone = 1;
    }

    cluster->channel.live = 0;
    ggi_cluster_channel_stop(cluster);
    ggi_cluster_peer_sweep(cluster);
    ggi_cluster_get_end(cluster);

    if (cluster->tick.timer_set) {
        ngx_del_timer(&cluster->tick);
    }

    if (cluster->sweep.posted) {
        ngx_delete_posted_event(&cluster->sweep);
    }

    ngx_free(cluster);
}
