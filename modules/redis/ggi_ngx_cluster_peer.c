/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cluster_peer.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_redis_address.h"


/* Returns the node of the URL that has a host of this name or address, or NULL. */
static const ggi_redis_node_t *
ggi_cluster_peer_seed(const ggi_cluster_t *cluster, const char *host)
{
    ngx_uint_t               i;
    const ggi_redis_node_t  *node;

    for (i = 0; i < cluster->conf->nnodes; i++) {
        node = &cluster->conf->nodes[i];

        if (strcmp(node->host->name.data, host) == 0) {
            return node;
        }
    }

    return NULL;
}


/* Sets the address that a peer is connected to. Returns 1, or 0 when none is known. */
static ngx_uint_t
ggi_cluster_peer_address(ggi_cluster_peer_t *peer)
{
    const ggi_redis_node_t  *seed;

    seed = peer->at.address[0] ? NULL : ggi_cluster_peer_seed(peer->cluster, peer->at.host);

    if (seed) {
        ngx_memcpy(&peer->sockaddr, seed->addr.sockaddr, seed->addr.socklen);
        ngx_inet_set_port(&peer->sockaddr.sockaddr, (in_port_t) peer->at.port);
        peer->node.addr.socklen = seed->addr.socklen;

    } else {
        peer->node.addr.socklen = ggi_redis_address(&peer->sockaddr, peer->at.address,
                                                    peer->at.port);
    }

    if (peer->node.addr.socklen == 0) {
        return 0;
    }

    peer->node.addr.sockaddr = &peer->sockaddr.sockaddr;
    peer->node.addr.name.data = peer->addr_name;
    peer->node.addr.name.len = ngx_sock_ntop(&peer->sockaddr.sockaddr, peer->node.addr.socklen,
                                             peer->addr_name, NGX_SOCKADDR_STRLEN, 1);

    return 1;
}


/* Sets the host of a peer and its configuration, in which that is the only one. */
static void
ggi_cluster_peer_conf(ggi_cluster_peer_t *peer)
{
    ggi_redis_conf_t  *conf;

    (void) ggi_redis_host_make(&peer->host, peer->host_name, sizeof(peer->host_name),
                               peer->at.host, peer->at.port);
    peer->node.host = &peer->host;

    conf = &peer->conf;
    *conf = *peer->cluster->conf;
    conf->nodes = &peer->node;
    conf->nnodes = 1;
}


/* Returns 1 when a peer is that of a node. A name may have several addresses, each of one node. */
static ngx_uint_t
ggi_cluster_peer_is(const ggi_cluster_peer_t *peer, const ggi_cluster_node_t *at)
{
    return !peer->gone && ggi_cluster_node_same(&peer->at, at)
           && (peer->at.address[0] == '\0' || at->address[0] == '\0'
               || strcmp(peer->at.address, at->address) == 0);
}


void
ggi_cluster_peer_unknown(ggi_cluster_t *cluster, const ggi_cluster_node_t *at)
{
    uint64_t  left_out;

    if (ggi_limit_pass(&cluster->unnamed_limit, ngx_current_msec, &left_out)) {
        ngx_log_error(NGX_LOG_ERR, cluster->log, 0,
                      "redis %V has a node \"%s\" without an IP address: name that host in "
                      "\"%s\" too, so that its address is known, or set cluster-announce-ip "
                      "there", &cluster->conf->name, at->host,
                      cluster->conf->kind->redis_directive);
    }
}


/* Connects to a node. Returns its peer, or NULL without memory or without its address. */
static ggi_cluster_peer_t *
ggi_cluster_peer_new(ggi_cluster_t *cluster, const ggi_cluster_node_t *at)
{
    ggi_cluster_peer_t  *peer;

    peer = ngx_calloc(sizeof(ggi_cluster_peer_t), cluster->log);
    if (peer == NULL) {
        return NULL;
    }

    peer->cluster = cluster;
    peer->at = *at;

    if (!ggi_cluster_peer_address(peer)) {
        ngx_free(peer);
        return NULL;
    }

    ggi_cluster_peer_conf(peer);
    peer->redis = ggi_redis_start(&peer->conf, NULL, cluster->peer_events, peer,
                                  cluster->log);
    if (peer->redis == NULL) {
        ngx_free(peer);
        return NULL;
    }

    ngx_queue_insert_tail(&cluster->peers, &peer->queue);

    return peer;
}


/*
 * Returns the peer of a node, which is connected to if it was not, while there are fewer than
 * GGI_CLUSTER_PEERS_MAX in all, and than strangers_max that the map does not name; or NULL.
 */
static ggi_cluster_peer_t *
ggi_cluster_peer_within(ggi_cluster_t *cluster, const ggi_cluster_node_t *at,
    ngx_uint_t strangers_max)
{
    ngx_uint_t           n, strangers;
    ngx_queue_t         *q;
    ggi_cluster_peer_t  *peer;

    n = 0;
    strangers = 0;

    ggi_queue_foreach(q, &cluster->peers) {
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (ggi_cluster_peer_is(peer, at)) {
            return peer;
        }

        n++;
        strangers += !peer->master;
    }

    if (n >= GGI_CLUSTER_PEERS_MAX || strangers >= strangers_max) {
        return NULL;                    /* some node names a new one each time that it is asked */
    }

    return ggi_cluster_peer_new(cluster, at);
}


ggi_cluster_peer_t *
ggi_cluster_peer(ggi_cluster_t *cluster, const ggi_cluster_node_t *at)
{
    return ggi_cluster_peer_within(cluster, at, GGI_CLUSTER_PEERS_MAX);
}


ggi_cluster_peer_t *
ggi_cluster_peer_redirected(ggi_cluster_t *cluster, const ggi_cluster_node_t *at)
{
    return ggi_cluster_peer_within(cluster, at,
                                   GGI_CLUSTER_STRANGERS_MAX + cluster->conf->nnodes);
}


void
ggi_cluster_peer_seeds(ggi_cluster_t *cluster)
{
    size_t                   len;
    ngx_uint_t               i;
    const char              *name;
    ggi_cluster_node_t       at;
    const ggi_redis_node_t  *node;

    for (i = 0; i < cluster->conf->nnodes; i++) {
        node = &cluster->conf->nodes[i];
        name = node->host->address[0] ? node->host->address : node->host->name.data;
        len = ngx_strlen(name);

        if (ggi_cluster_node_set(&at, name, len, node->host->port, &at) && len) {
            at.address[ngx_sock_ntop(node->addr.sockaddr, node->addr.socklen,
                                     (u_char *) at.address, sizeof(at.address) - 1, 0)] = '\0';
            ggi_cluster_peer(cluster, &at);
        }
    }
}


ggi_cluster_peer_t *
ggi_cluster_peer_of(ggi_cluster_t *cluster, unsigned slot)
{
    unsigned  owner;

    owner = cluster->map.owner[slot];

    return (owner == GGI_CLUSTER_NOBODY) ? NULL : cluster->peer[owner];
}


ngx_uint_t
ggi_cluster_peer_serves(const ggi_cluster_peer_t *peer)
{
    return peer->ready && peer->checked && !peer->down && !peer->gone;
}


void
ggi_cluster_peer_sweep(ggi_cluster_t *cluster)
{
    ngx_queue_t         *q, *next;
    ggi_cluster_peer_t  *peer;

    for (q = ngx_queue_head(&cluster->peers); q != ngx_queue_sentinel(&cluster->peers); q = next) {
        next = ngx_queue_next(q);
        peer = ngx_queue_data(q, ggi_cluster_peer_t, queue);

        if (peer->gone) {
            ngx_queue_remove(q);
            ggi_redis_stop(peer->redis);
            ngx_free(peer);
        }
    }
}


/* Has the next tick come within ms. */
static void
ggi_cluster_tick_within(ggi_cluster_t *cluster, ngx_msec_t ms)
{
    if (cluster->tick.timer_set
        && (ngx_msec_int_t) (cluster->tick.timer.key - ngx_current_msec) > (ngx_msec_int_t) ms)
    {
        ngx_del_timer(&cluster->tick);
    }

    if (!cluster->tick.timer_set) {
        ngx_add_timer(&cluster->tick, ms);
    }
}


void
ggi_cluster_wanted(ggi_cluster_t *cluster)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (cluster->ticked + GGI_CLUSTER_PAUSE - ngx_current_msec);
    cluster->wanted = 1;
    ggi_cluster_tick_within(cluster, left > GGI_CLUSTER_SOON ? (ngx_msec_t) left
                                                             : GGI_CLUSTER_SOON);
}
