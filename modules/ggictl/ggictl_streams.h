/* SPDX-License-Identifier: EUPL-1.2 */

/* The Redis that "audit ship" ships to, for "audit expire", which changes what is there. */

#ifndef GGICTL_STREAMS_H
#define GGICTL_STREAMS_H

#include "ggictl_bury.h"
#include "ggictl_changes.h"
#include "ggictl_redis.h"


/* A Redis, and what is done there now. */
typedef struct {
    const ggictl_args_t   *args;
    ggictl_retained_t     *retained;
    ggictl_expire_told_f  *told;
    void                  *data;        /* of told() */
    ggictl_redis_t         redis;
    char                   target[256]; /* its URL, without a password */
    ggictl_bury_t          bury;
    int                    begun;       /* 1: a change is recorded */
    ggictl_change_t        intended;
    char                   made[160];   /* the key of the new stream */
    char                   last[48];    /* the id of the entry that was read last; "": none */
} ggictl_streams_t;


/*
 * Sends a command of argc words to Redis: each of so many bytes as lens has, or terminated by NUL
 * when that is NULL. Returns the reply, which the caller frees, or NULL after a message.
 */
redisReply *ggictl_streams_ask(ggictl_streams_t *streams, int argc, const char **argv,
    const size_t *lens);

/* Removes a key, if it is there. Returns 1, or 0 after a message. */
int ggictl_streams_remove(ggictl_streams_t *streams, const char *key);

/*
 * Adds the keys that match a pattern of Redis to an object, with null as their values. Returns 1,
 * or 0 after a message.
 */
int ggictl_streams_scan(ggictl_streams_t *streams, const char *pattern, json_t *keys);

/*
 * Records that records of the key that bury is named by are going to be replaced, unless that is
 * recorded already. Returns 1, or 0 after a message, and nothing may be changed then.
 */
int ggictl_streams_begin(ggictl_streams_t *streams);

/*
 * Records what came of a change that was begun: it failed when good is 0, and otherwise was refused
 * for a reason, unless why is NULL.
 */
void ggictl_streams_end(ggictl_streams_t *streams, int good, const char *why);


#endif
