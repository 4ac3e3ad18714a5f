/* SPDX-License-Identifier: EUPL-1.2 */

/* Profiles from Redis, through the cache: one GET for however many calls wait for it. */

#ifndef GGI_NGX_FETCH_H
#define GGI_NGX_FETCH_H

#include "ggi_limit.h"
#include "ggi_ngx_cache.h"
#include "ggi_ngx_redis.h"


typedef enum {
    GGI_FETCH_FOUND,
    GGI_FETCH_NONE,                     /* there is no such profile */
    GGI_FETCH_FAULTY,                   /* what Redis holds is no profile, or is too large */
    GGI_FETCH_FAILED                    /* Redis does not answer, or with an error */
} ggi_fetch_result_e;

/* profile: for the time of the call alone; NULL unless FOUND. */
typedef void (*ggi_fetch_done_pt)(void *data, ggi_fetch_result_e result,
    const ggi_profile_t *profile);


/* Who waits for a profile; in memory of the caller, who takes it back by ggi_fetch_leave(). */
typedef struct {
    ngx_queue_t         queue;
    ggi_fetch_done_pt   done;
    void               *data;
    ngx_uint_t          waiting;
} ggi_fetch_waiter_t;


typedef struct {
    ggi_redis_conf_t  *conf;
    ggi_cache_t       *cache;
    ngx_log_t         *log;
    ggi_redis_t       *redis;
    ggi_redis_t       *subscriber;
    ngx_uint_t         live;            /* the subscriber is told of changes */
    ngx_queue_t        fetches;
    ggi_limit_t        limit;           /* of messages that Redis answers with something else */
    ggi_limit_t        zone_limit;      /* of messages that the zone is too small */
    ggi_limit_t        message_limit;   /* of messages that it publishes something else */
} ggi_fetcher_t;


/* Connects, in a worker. NGX_ERROR: no memory. */
ngx_int_t ggi_fetcher_start(ggi_fetcher_t *fetcher, ggi_redis_conf_t *conf,
    ggi_cache_t *cache, ngx_log_t *log);

/* At the end of a worker: who waits for a profile is not told any more. */
void ggi_fetcher_stop(ggi_fetcher_t *fetcher);

/*
 * Waits for the profile of an OIN; done is called later, once, within the
 * time-out. patient: waits for an attempt to reach Redis when the last one
 * failed; otherwise NGX_DECLINED then, though the attempt begins soon.
 * NGX_DECLINED as well: no OIN. NGX_ERROR: no memory. done is called for
 * NGX_AGAIN only.
 */
ngx_int_t ggi_fetch_wait(ggi_fetcher_t *fetcher, ggi_str_t oin,
    ngx_uint_t patient, ggi_fetch_waiter_t *waiter);

/* Asks for a profile that nobody waits for, so that the next one need not. */
void ggi_fetch_ahead(ggi_fetcher_t *fetcher, ggi_str_t oin);

void ggi_fetch_leave(ggi_fetch_waiter_t *waiter);


#endif
