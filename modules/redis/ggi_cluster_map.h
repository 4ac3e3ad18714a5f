/* SPDX-License-Identifier: EUPL-1.2 */

/* Which master of a Redis Cluster serves which slot. */

#ifndef GGI_CLUSTER_MAP_H
#define GGI_CLUSTER_MAP_H

#include <stdint.h>

#include "ggi_cluster_slot.h"
#include "ggi_redis_reply.h"

#define GGI_CLUSTER_MASTERS_MAX  128    /* of one Cluster */
#define GGI_CLUSTER_HOST_LEN     256    /* bytes of a host's name, with its NUL */
#define GGI_CLUSTER_ADDRESS_LEN  46     /* bytes of an IP address as text, with its NUL */
#define GGI_CLUSTER_NOBODY       255    /* stands for the master of a slot that none serves */


/* A node, as the Cluster announces it. */
typedef struct {
    char     host[GGI_CLUSTER_HOST_LEN];        /* a name or an address; no brackets */
    char     address[GGI_CLUSTER_ADDRESS_LEN];  /* of the host; "": not known */
    int      port;
} ggi_cluster_node_t;

/* The slots, and all masters that serve any. */
typedef struct {
    size_t              n;
    ggi_cluster_node_t  masters[GGI_CLUSTER_MASTERS_MAX];
    uint8_t             owner[GGI_CLUSTER_SLOTS];       /* index of a master, or NOBODY */
    size_t              assigned;                       /* slots that have a master */
} ggi_cluster_map_t;


/*
 * Sets a node to a host and port: len bytes of host are a name or an address without brackets,
 * which may be empty: the host of asked is meant then, which is the node that said so. Returns 1,
 * or 0 when host is neither, or is too long, or port is none.
 */
int ggi_cluster_node_set(ggi_cluster_node_t *node, const char *host, size_t len,
    long long port, const ggi_cluster_node_t *asked);

/* Returns 1 when two nodes have the same host and port, 0 otherwise. */
int ggi_cluster_node_same(const ggi_cluster_node_t *a, const ggi_cluster_node_t *b);

/*
 * Reads the reply to CLUSTER SLOTS, that asked has given. Where that names a host and also its
 * address, both are noted. Returns 1; or 0 when the reply is none, gives a slot to two masters, or
 * has more than GGI_CLUSTER_MASTERS_MAX of them: the map is of no use then.
 */
int ggi_cluster_map_read(ggi_cluster_map_t *map, const ggi_reply_t *reply,
    const ggi_cluster_node_t *asked);

/*
 * Returns the index of a node among the masters of a map, which gets it as a further one if
 * needed; or GGI_CLUSTER_NOBODY when it has no room for it.
 */
unsigned ggi_cluster_map_master(ggi_cluster_map_t *map, const ggi_cluster_node_t *node);


#endif
