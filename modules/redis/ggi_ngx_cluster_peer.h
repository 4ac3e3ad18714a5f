/* SPDX-License-Identifier: EUPL-1.2 */

/* The nodes of a Redis Cluster that a worker is connected to, and what they all share. */

#ifndef GGI_NGX_CLUSTER_PEER_H
#define GGI_NGX_CLUSTER_PEER_H

#include "ggi_cluster_words.h"
#include "ggi_ngx_redis.h"

#define GGI_CLUSTER_SOON      20        /* ms before a question when something is not right */
#define GGI_CLUSTER_PAUSE     100       /* ms at least between two such questions */
#define GGI_CLUSTER_PEERS_MAX (3 * GGI_CLUSTER_MASTERS_MAX)
#define GGI_CLUSTER_STRANGERS_MAX  32   /* peers that redirections name, and the map does not */


typedef struct ggi_cluster_s  ggi_cluster_t;


/* A node. */
typedef struct {
    ngx_queue_t          queue;
    ggi_cluster_t       *cluster;
    ggi_cluster_node_t   at;
    ggi_redis_host_t     host;          /* for whom its certificate has to be */
    char                 host_name[GGI_CLUSTER_HOST_LEN + 2];
    ngx_sockaddr_t       sockaddr;
    u_char               addr_name[NGX_SOCKADDR_STRLEN];
    ggi_redis_node_t     node;
    ggi_redis_conf_t     conf;          /* the Cluster's, with this node alone */

    ggi_redis_t         *redis;         /* its client, for commands */
    ngx_uint_t           ready;         /* 1: commands are answered */
    ngx_uint_t           master;        /* 1: it serves slots, as the map says */
    ngx_uint_t           checked;       /* 1: it has said how it is, since it is ready */
    ngx_uint_t           down;          /* 1: it cannot serve, or has missed a failover */
    ngx_uint_t           asked;         /* 1: a reply about the Cluster is on its way */
    ngx_uint_t           gone;          /* 1: its client is going to be stopped */
    ngx_msec_t           needed;        /* until when it stays, although it serves no slots */
    ggi_cluster_info_t   info;          /* what it said last */
} ggi_cluster_peer_t;


/* The subscription. */
typedef struct {
    const char                *channel;         /* NULL: there is none */
    const ggi_redis_events_t  *events;          /* of its owner */
    void                      *data;
    ggi_cluster_peer_t        *peer;            /* where it is; NULL: nowhere */
    ggi_redis_t               *redis;           /* its client; NULL: nowhere */
    ngx_uint_t                 live;            /* 1: its owner was told that it is ready */
    ngx_uint_t                 move;            /* 1: it is going to be at another node */
    ngx_msec_t                 moved;           /* when it went to the present one */
    ngx_msec_t                 pause;           /* ms that it stays there at least */
} ggi_cluster_channel_t;


struct ggi_cluster_s {
    ggi_redis_conf_t          *conf;
    const ggi_redis_events_t  *events;
    void                      *data;            /* for the events */
    ngx_log_t                 *log;

    ngx_queue_t                peers;           /* of ggi_cluster_peer_t */
    const ggi_redis_events_t  *peer_events;     /* of their clients; data is the peer */
    ngx_queue_t                waiting;         /* of GETs that cannot be sent now */
    ggi_cluster_channel_t      channel;

    ggi_cluster_map_t          map;
    ggi_cluster_map_t          read;            /* the map that is being read */
    ggi_cluster_peer_t        *peer[GGI_CLUSTER_MASTERS_MAX];   /* of each master; NULL: none */
    ngx_uint_t                 known;           /* 1: the map was read */
    uint64_t                   epoch;           /* of the map */
    ngx_msec_t                 mapped;          /* when the map was read */
    ngx_msec_t                 heard;           /* when a node spoke that knows of epoch */

    ngx_event_t                tick;            /* asks the nodes how they are */
    ngx_msec_t                 ticked;          /* when it did last */
    ngx_msec_t                 pause;           /* ms to the next tick while something is wrong */
    ngx_event_t                sweep;           /* does what cannot be done within an event */
    ngx_uint_t                 wanted;          /* 1: the map is to be read again */
    ngx_uint_t                 turn;            /* whose turn it is to be asked for the map */
    ngx_uint_t                 complete;        /* 1: the owner was told that it is ready */
    ggi_limit_t                limit;           /* of messages about maps */
    ggi_limit_t                unnamed_limit;   /* of messages about nodes without an address */
};


/*
 * Returns the peer of a node, which is connected to if it was not. Returns NULL without memory;
 * when its address is not known, since the Cluster gives its name alone and the URL has no such
 * host; or when there are GGI_CLUSTER_PEERS_MAX others.
 */
ggi_cluster_peer_t *ggi_cluster_peer(ggi_cluster_t *cluster, const ggi_cluster_node_t *at);

/*
 * Returns the peer of a node that a redirection names, as ggi_cluster_peer() does; or NULL also
 * while there are GGI_CLUSTER_STRANGERS_MAX that the map does not name, besides as many as the URL
 * names: some node sends to a new one each time.
 */
ggi_cluster_peer_t *ggi_cluster_peer_redirected(ggi_cluster_t *cluster,
    const ggi_cluster_node_t *at);

/* Logs that the address of a master in the map is not known, and what to do about it. */
void ggi_cluster_peer_unknown(ggi_cluster_t *cluster, const ggi_cluster_node_t *at);

/* Connects to all hosts of the URL, so that one of them tells which masters there are. */
void ggi_cluster_peer_seeds(ggi_cluster_t *cluster);

/* Returns the peer of the master of a slot, or NULL when none is known. */
ggi_cluster_peer_t *ggi_cluster_peer_of(ggi_cluster_t *cluster, unsigned slot);

/* Returns 1 when a peer answers commands, and has said that it serves its slots; 0 otherwise. */
ngx_uint_t ggi_cluster_peer_serves(const ggi_cluster_peer_t *peer);

/*
 * Stops the clients of the peers that are gone, and frees them. It must not be called within an
 * event of a client.
 */
void ggi_cluster_peer_sweep(ggi_cluster_t *cluster);

/* Has the map read again soon, since there is a sign that it is not right any more. */
void ggi_cluster_wanted(ggi_cluster_t *cluster);


#endif
