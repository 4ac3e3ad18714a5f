/* SPDX-License-Identifier: EUPL-1.2 */

/* Opens the Redis of a URL: finds the master that Sentinels name, and checks the server's role. */

#ifndef GGICTL_REDIS_OPEN_H
#define GGICTL_REDIS_OPEN_H

#include "ggictl_redis.h"


/* Which role the server may have. */
typedef enum {
    GGICTL_REDIS_MASTER,                /* it may serve the URL, as ggi_redis_role_fault() judges */
    GGICTL_REDIS_ANY                    /* any */
} ggictl_redis_role_e;


/*
 * Connects to the Redis of a URL, or to the master that its Sentinels name, checks the server's
 * certificate when the URL asks for TLS, logs in, selects the database and checks the role. Each
 * step may take GGICTL_REDIS_TIMEOUT seconds, and with each Sentinel GGICTL_SENTINEL_TIMEOUT.
 * access has a URL. Returns 1, or 0 with redis->error. In both cases the caller calls
 * ggictl_redis_close().
 */
int ggictl_redis_open(ggictl_redis_t *redis, const ggictl_redis_access_t *access,
    ggictl_redis_role_e role);


#endif
