/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The commands "profiel show" and "profiel list", for the profiles in Redis, and the
 * connection to it.
 */

#ifndef GGICTL_PROFIEL_H
#define GGICTL_PROFIEL_H

#include <hiredis/hiredis.h>

#include "ggictl_args.h"
#include "ggictl_redis.h"


/*
 * Runs "profiel show": prints the profile of an OIN in Redis. Returns GGICTL_OK,
 * GGICTL_NO when there is none or it is not JSON, or GGICTL_ERROR after a message.
 */
int ggictl_profiel_show(ggictl_args_t *args);

/*
 * Runs "profiel list": prints a line for each profile in Redis. Returns GGICTL_OK, or
 * GGICTL_ERROR after a message.
 */
int ggictl_profiel_list(ggictl_args_t *args);

/*
 * Connects to the Redis that --redis or GGI_REDIS of the environment names, and to
 * redis://127.0.0.1:6379/0 without either. Returns 1; the caller ends the connection
 * with ggictl_redis_close(). Returns 0, with nothing to close, after a message.
 */
int ggictl_profiel_connect(ggictl_redis_t *redis, const ggictl_args_t *args);

/*
 * Asks Redis for the profile of an OIN. Returns the reply, a string or nil, which the
 * caller frees with freeReplyObject(), or NULL after a message.
 */
redisReply *ggictl_profiel_get(ggictl_redis_t *redis, const char *oin);

/* Is given a profile that is in Redis, which is not valid any longer afterwards. */
typedef void (*ggictl_profiel_pt)(void *data, const char *oin, const redisReply *reply);

/*
 * Visits each profile in Redis, in no order; one that comes or goes meanwhile may be left out,
 * and one that stays may be visited twice. Returns 1, or 0 after a message.
 */
int ggictl_profiel_each(ggictl_redis_t *redis, ggictl_profiel_pt visit, void *data);


#endif
