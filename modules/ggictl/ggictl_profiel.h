/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "profiel load", "show", "list" and "withdraw": profiles in Redis. */

#ifndef GGICTL_PROFIEL_H
#define GGICTL_PROFIEL_H

#include <hiredis/hiredis.h>

#include "ggictl_args.h"
#include "ggictl_redis.h"


/* The commands. Each returns the exit status. */
int ggictl_profiel_load(ggictl_args_t *args);
int ggictl_profiel_show(ggictl_args_t *args);
int ggictl_profiel_list(ggictl_args_t *args);
int ggictl_profiel_withdraw(ggictl_args_t *args);

/*
 * Connects to the Redis that the options or the environment name. Returns 1, and
 * ggictl_redis_close() ends the connection; or 0 after a message.
 */
int ggictl_profiel_connect(ggictl_redis_t *redis, const ggictl_args_t *args);

/*
 * Asks for the profile of an OIN. Returns the reply, a string or nil, which the
 * caller frees with freeReplyObject(); or NULL after a message.
 */
redisReply *ggictl_profiel_get(ggictl_redis_t *redis, const char *oin);


#endif
