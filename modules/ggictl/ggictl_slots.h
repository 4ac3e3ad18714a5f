/* SPDX-License-Identifier: EUPL-1.2 */

/* A command about the marker of each slot of a Cluster, sent to all masters without waiting. */

#ifndef GGICTL_SLOTS_H
#define GGICTL_SLOTS_H

#include "ggictl_cluster.h"


/* Is told the reply about a slot, which is freed after the call. data is the caller's. */
typedef void (*ggictl_slots_pt)(void *data, unsigned slot, const redisReply *reply);


/* Returns 1 when more slots may be asked about, or 0 with redis->error. data is the caller's. */
typedef int (*ggictl_slots_may_pt)(ggictl_redis_t *redis, const void *data);

/* Who is told of slots. */
typedef struct {
    ggictl_slots_pt       handler;
    void                 *data;         /* for handler */
    ggictl_slots_may_pt   may;          /* NULL: all slots may be asked about */
    const void           *may_data;     /* for may */
} ggictl_slots_told_t;


/*
 * Sends a command of argc words for each slot of a Cluster to its master, many before the first
 * reply is waited for. The word at argv[at] is set to the key of the slot's marker before. Asks
 * told->may before each of these many. Returns 1 when all were answered, and told->handler was
 * told each reply; or 0 with redis->error, when some were not: others have been carried out by
 * then.
 */
int ggictl_slots_each(ggictl_redis_t *redis, int argc, const char **argv, int at,
    const ggictl_slots_told_t *told);


#endif
