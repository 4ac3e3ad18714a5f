/* SPDX-License-Identifier: EUPL-1.2 */

/* Has records go in the Redis that "audit ship" ships to. */

#ifndef GGICTL_EXPIRE_REDIS_H
#define GGICTL_EXPIRE_REDIS_H

#include "ggictl_args.h"
#include "ggictl_bury.h"
#include "ggictl_redis_access.h"


/*
 * Replaces the records whose bewaartermijn is over by tombstones, in each stream of a Redis, and
 * then in what "audit ship" has set aside there. An entry of a stream cannot be changed, so a
 * stream of which something expires is written anew beside the old one and takes its place when
 * it has all that this has. With --dry-run nothing is replaced. told is called with data for each
 * stream and for what was set aside, with its key as name. Returns 1, also when a stream was left
 * as it is; or 0 after a message.
 */
int ggictl_expire_redis(const ggictl_args_t *args, const ggictl_redis_access_t *access,
    ggictl_retained_t *retained, ggictl_expire_told_f *told, void *data);


#endif
