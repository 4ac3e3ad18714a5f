/* SPDX-License-Identifier: EUPL-1.2 */

/* What a node of a Redis Cluster says about the Cluster: errors that send a client elsewhere. */

#ifndef GGI_CLUSTER_WORDS_H
#define GGI_CLUSTER_WORDS_H

#include <stdint.h>

#include "ggi_cluster_map.h"


/* What a client has to do about an error. */
typedef enum {
    GGI_CLUSTER_FAULT,                  /* nothing: it has nothing to do with the Cluster */
    GGI_CLUSTER_MOVED,                  /* another node serves the slot */
    GGI_CLUSTER_ASK,                    /* another node has this key already */
    GGI_CLUSTER_LATER                   /* the node does not serve the slot now */
} ggi_cluster_error_e;


/* What CLUSTER INFO says. */
typedef struct {
    int       ok;                       /* 1: this node serves its slots */
    uint64_t  epoch;                    /* a number that grows with each failover */
} ggi_cluster_info_t;


/*
 * Reads the text of an error. Sets *slot and *node when it is GGI_CLUSTER_MOVED or
 * GGI_CLUSTER_ASK; a node without a host is asked, which gave the error. Returns what is to be
 * done about it; a malformed error is GGI_CLUSTER_FAULT.
 */
ggi_cluster_error_e ggi_cluster_error(ggi_str_t text, unsigned *slot,
    ggi_cluster_node_t *node, const ggi_cluster_node_t *asked);

/*
 * Reads the text that CLUSTER INFO gives. Returns 1, or 0 when it says nothing about the state of
 * the Cluster or its epoch.
 */
int ggi_cluster_info(ggi_str_t text, ggi_cluster_info_t *info);


#endif
