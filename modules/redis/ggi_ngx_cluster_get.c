/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A question about a key in a Redis Cluster, such as GET: it goes to the master of its slot,
 * follows redirections, and waits for a master that can answer as long as its time-out allows.
 */

#include "ggi_ngx_cluster_get.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_queue.h"


#define GGI_CLUSTER_HOPS   8            /* times that one GET is sent at most */
#define GGI_CLUSTER_LATER_PAUSE  50     /* ms before a node is asked again that cannot answer now */
#define GGI_CLUSTER_NEEDED  60000       /* ms that a connection is kept for slots that come to it */


typedef struct {
    ngx_queue_t          queue;
    ggi_cluster_t       *cluster;
    ggi_cluster_peer_t  *peer;          /* the one that was asked last */
    ggi_cluster_send_pt  send;
    ggi_redis_reply_pt   handler;
    void                *data;
    ngx_event_t          timer;
    ngx_msec_t           deadline;      /* when it ends at the latest, as ngx_current_msec */
    ngx_uint_t           waits;         /* 1: it is in the queue of those that wait */
    ngx_uint_t           hops;          /* times that it was sent */
    ngx_uint_t           asking;        /* 1: it goes to ask, which has this key already */
    ggi_cluster_node_t   ask;
    unsigned             slot;
    size_t               len;
    char                 key[GGI_KIND_PREFIX_MAX + GGI_KEY_MAX];
} ggi_cluster_get_t;


static void ggi_cluster_get_replied(void *data, const ggi_reply_t *reply);


/* Ends a GET with a reply, or with NULL. */
static void
ggi_cluster_get_done(ggi_cluster_get_t *get, const ggi_reply_t *reply)
{
    if (get->waits) {
        ngx_queue_remove(&get->queue);
    }

    if (get->timer.timer_set) {
        ngx_del_timer(&get->timer);
    }

    get->handler(get->data, reply);
    ngx_free(get);
}


/* Returns the ms that a GET has left, or 0. */
static ngx_msec_t
ggi_cluster_get_left(const ggi_cluster_get_t *get)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (get->deadline - ngx_current_msec);

    return left > 0 ? (ngx_msec_t) left : 0;
}


/* The handler of ASKING, whose only effect is on the command behind it. */
static void
ggi_cluster_get_asking(void *data, const ggi_reply_t *reply)
{
    /* a node that refuses it redirects the command behind it */
}


/* Sends a GET to where it has to go. Returns NGX_OK, or NGX_ERROR when it cannot be sent now. */
static ngx_int_t
ggi_cluster_get_send(ggi_cluster_get_t *get)
{
    size_t               len = sizeof("ASKING") - 1;
    ggi_str_t            key = { get->len, get->key };
    const char          *asking = "ASKING";
    ggi_cluster_peer_t  *peer;

    peer = get->asking ? ggi_cluster_peer_redirected(get->cluster, &get->ask)
                       : ggi_cluster_peer_of(get->cluster, get->slot);

    if (peer && get->asking) {
        peer->needed = ngx_current_msec + GGI_CLUSTER_NEEDED;
    }

    if (peer == NULL || !ggi_cluster_peer_serves(peer)
        || (get->asking
            && ggi_redis_send(peer->redis, 1, &asking, &len, ggi_cluster_get_asking, NULL)
               != NGX_OK)
        || get->send(peer->redis, key, ggi_cluster_get_replied, get) != NGX_OK)
    {
        return NGX_ERROR;
    }

    get->peer = peer;
    get->hops++;

    return NGX_OK;
}


/* Has a GET wait until it can be sent, and tries that after ms at the latest. */
static void
ggi_cluster_get_wait(ggi_cluster_get_t *get, ngx_msec_t ms)
{
    if (!get->waits) {
        get->waits = 1;
        ngx_queue_insert_tail(&get->cluster->waiting, &get->queue);
    }

    ngx_add_timer(&get->timer, ngx_max(ms, 1));
}


/* Sends a GET, or has it wait. */
static void
ggi_cluster_get_go(ggi_cluster_get_t *get)
{
    if (ggi_cluster_get_send(get) != NGX_OK) {
        ggi_cluster_get_wait(get, ggi_cluster_get_left(get));
        return;
    }

    if (get->waits) {
        get->waits = 0;
        ngx_queue_remove(&get->queue);
    }

    if (get->timer.timer_set) {
        ngx_del_timer(&get->timer);
    }
}


static void
ggi_cluster_get_timer_handler(ngx_event_t *ev)
{
    ggi_cluster_get_t *get = ev->data;

    if (ggi_cluster_get_left(get) == 0) {
        ggi_cluster_get_done(get, NULL);

    } else {
        ggi_cluster_get_go(get);
    }
}


/* Another node serves the slot: notes that, and sends the GET there. */
static void
ggi_cluster_get_moved(ggi_cluster_get_t *get, unsigned slot, const ggi_cluster_node_t *to)
{
    unsigned             owner;
    ggi_cluster_t       *cluster = get->cluster;
    ggi_cluster_peer_t  *peer;

    get->asking = 0;
    owner = ggi_cluster_map_master(&cluster->map, to);
    peer = (owner == GGI_CLUSTER_NOBODY) ? NULL : ggi_cluster_peer_redirected(cluster, to);

    if (owner != GGI_CLUSTER_NOBODY) {
        cluster->peer[owner] = peer;
    }

    if (peer) {
        cluster->map.owner[slot] = (uint8_t) owner;
        peer->needed = ngx_current_msec + GGI_CLUSTER_NEEDED;
    }

    ggi_cluster_wanted(cluster);
    ggi_cluster_get_go(get);
}


/* A node answers with an error: does what that is about. Returns 0 when it is an answer. */
static ngx_uint_t
ggi_cluster_get_error(ggi_cluster_get_t *get, const ggi_reply_t *reply)
{
    unsigned            slot;
    ggi_str_t           text = { reply->len, reply->data };
    ggi_cluster_node_t  to;

    if (ggi_cluster_get_left(get) == 0 || get->hops >= GGI_CLUSTER_HOPS) {
        return 0;
    }

    switch (ggi_cluster_error(text, &slot, &to, &get->peer->at)) {

    case GGI_CLUSTER_MOVED:
        if (slot != get->slot) {
            return 0;                   /* an answer, which is none to this question */
        }

        ggi_metric_add(get->cluster->conf->kind->metrics.moved, 1);
        ggi_cluster_get_moved(get, slot, &to);
        return 1;

    case GGI_CLUSTER_ASK:
        ggi_metric_add(get->cluster->conf->kind->metrics.asked, 1);
        get->asking = 1;
        get->ask = to;
        ggi_cluster_get_go(get);
        return 1;

    case GGI_CLUSTER_LATER:
        get->asking = 0;
        ggi_cluster_wanted(get->cluster);
        ggi_cluster_get_wait(get, ngx_min(ggi_cluster_get_left(get), GGI_CLUSTER_LATER_PAUSE));
        return 1;

    default:
        return 0;
    }
}


static void
ggi_cluster_get_replied(void *data, const ggi_reply_t *reply)
{
    ggi_cluster_get_t *get = data;

    if (reply == NULL && ggi_cluster_get_left(get) && get->hops < GGI_CLUSTER_HOPS) {
        get->asking = 0;
        ggi_cluster_get_wait(get, ggi_cluster_get_left(get));

    } else if (reply == NULL || reply->type != GGI_REPLY_ERROR
               || !ggi_cluster_get_error(get, reply))
    {
        ggi_cluster_get_done(get, reply);
    }
}


ngx_int_t
ggi_cluster_get(ggi_cluster_t *cluster, ggi_str_t key, ggi_cluster_send_pt send,
    ggi_redis_reply_pt handler, void *data)
{
    ggi_cluster_get_t  *get;

    get = ngx_calloc(sizeof(ggi_cluster_get_t), cluster->log);
    if (get == NULL) {
        return NGX_ERROR;
    }

    get->cluster = cluster;
    get->send = send;
    get->handler = handler;
    get->data = data;
    get->deadline = ngx_current_msec + cluster->conf->timeout;
    get->slot = ggi_cluster_slot(key);
    get->len = key.len;
    ngx_memcpy(get->key, key.data, key.len);
    get->timer.handler = ggi_cluster_get_timer_handler;
    get->timer.data = get;
    get->timer.log = cluster->log;
    get->timer.cancelable = 1;          /* a call that waits has a timer of its own */

    ggi_cluster_get_go(get);

    return NGX_OK;
}


void
ggi_cluster_get_waiting(ggi_cluster_t *cluster)
{
    ngx_queue_t         all, *q;
    ggi_cluster_get_t  *get;

    ggi_queue_take_all(&all, &cluster->waiting);

    while ((q = ggi_queue_take(&all)) != NULL) {
        get = ngx_queue_data(q, ggi_cluster_get_t, queue);
        get->waits = 0;
        ggi_cluster_get_go(get);
    }
}


void
ggi_cluster_get_end(ggi_cluster_t *cluster)
{
    ngx_queue_t        *q;
    ggi_cluster_get_t  *get;

    /* what was taken is not there any more; NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    while ((q = ggi_queue_take(&cluster->waiting)) != NULL) {
        get = ngx_queue_data(q, ggi_cluster_get_t, queue);
        get->waits = 0;
        ggi_cluster_get_done(get, NULL);
    }
}
