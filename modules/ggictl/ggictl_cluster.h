/* SPDX-License-Identifier: EUPL-1.2 */

/* The nodes of a Redis Cluster, to each of which ggictl has a connection when it needs one. */

#ifndef GGICTL_CLUSTER_H
#define GGICTL_CLUSTER_H

#include "ggictl_redis.h"


/*
 * Asks the hosts of redis->url, one after the other, which masters the Cluster has. From then on
 * ggictl_redis_ask() sends each command to the master of its key, and follows redirections. redis
 * is all zero but for its URL. access and seconds are as for ggictl_redis_connect(). Returns 1, or
 * 0 with redis->error. In both cases the caller calls ggictl_redis_close().
 */
int ggictl_cluster_open(ggictl_redis_t *redis, const ggictl_redis_access_t *access, int seconds);

/*
 * Returns the connection to the server, or to the i-th master of a Cluster, which belongs to redis.
 * Returns NULL behind the last one with an empty redis->error; or with the reason there when the
 * master cannot be connected to, or some slots of the Cluster have none.
 */
ggictl_redis_t *ggictl_cluster_master(ggictl_redis_t *redis, size_t i);

/* Returns the index, for ggictl_cluster_master(), of the master of a slot of a Cluster. */
size_t ggictl_cluster_owner(const ggictl_redis_t *redis, unsigned slot);

/*
 * Reads again which masters have which slots, and connects anew to each when it is asked. Returns
 * 1, or 0 with redis->error when no master that is connected to tells it.
 */
int ggictl_cluster_again(ggictl_redis_t *redis);


#endif
