/* SPDX-License-Identifier: EUPL-1.2 */

/* What Sentinels say of a master: where it is, since which failover; and whom to believe. */

#ifndef GGI_REDIS_SENTINEL_H
#define GGI_REDIS_SENTINEL_H

#include <stdint.h>

#include "ggi_redis_reply.h"
#include "ggi_redis_url.h"

#define GGI_SENTINEL_HOST_MAX  255      /* bytes of the name of a host */


/* What one Sentinel says. All zero: nothing. */
typedef struct {
    char      host[GGI_SENTINEL_HOST_MAX + 3];  /* an IPv6 address has brackets; "": not told */
    int       port;                     /* 0: not told */
    uint64_t  epoch;                    /* of the last failover: of two views the higher is newer */
} ggi_sentinel_view_t;


/*
 * Reads the reply to SENTINEL GET-MASTER-ADDR-BY-NAME into view, whose epoch stays. Returns 1; or
 * 0 when the Sentinel knows no such master or names no host and port, and view has none then.
 */
int ggi_sentinel_read_master(ggi_sentinel_view_t *view, const ggi_reply_t *reply);

/*
 * Reads the epoch of view from the reply to SENTINEL MASTER. Returns 1, or 0 when there is none,
 * and the epoch is 0 then.
 */
int ggi_sentinel_read_epoch(ggi_sentinel_view_t *view, const ggi_reply_t *reply);

/*
 * Returns 1 when a message on a channel of a Sentinel names the master, so that it may be about
 * another one now, and 0 otherwise.
 */
int ggi_sentinel_concerns(ggi_str_t message, ggi_str_t master);

/*
 * Chooses from the n views that Sentinels have now, of which known is what was believed last.
 * The one of the latest failover counts. A view that is older than known counts only when more
 * than half of all Sentinels have it, as after they were set up anew. Returns the view to
 * believe: one of views, or known.
 */
const ggi_sentinel_view_t *ggi_sentinel_choose(const ggi_sentinel_view_t *views, size_t n,
    const ggi_sentinel_view_t *known);

/* Returns 1 when two views have the same host and port, and 0 otherwise. */
int ggi_sentinel_same(const ggi_sentinel_view_t *one, const ggi_sentinel_view_t *two);


#endif
