/* SPDX-License-Identifier: EUPL-1.2 */

/* Replies of hiredis, for the files that ggictl and the gates share. */

#ifndef GGICTL_REPLY_H
#define GGICTL_REPLY_H

#include "ggi_redis_reply.h"


/*
 * Copies a reply of hiredis to one that the files of the gates read: arrays are in each other at
 * most GGI_REDIS_DEPTH_MAX deep, and deeper ones are empty. Returns NULL without memory; the
 * caller frees it by ggi_reply_free().
 */
ggi_reply_t *ggictl_reply_copy(const redisReply *from);

/* Returns 1 when a reply is an array of strings, be it empty, 0 otherwise. */
int ggictl_reply_strings(const redisReply *reply);


#endif
