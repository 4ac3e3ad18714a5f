/* SPDX-License-Identifier: EUPL-1.2 */

/* Compiled profiles in shared memory, for all workers. */

#ifndef GGI_NGX_CACHE_H
#define GGI_NGX_CACHE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_oin.h"
#include "ggi_profile.h"


typedef struct {
    ngx_shm_zone_t  *zone;
    ngx_msec_t       ttl;               /* so long a profile counts as it is */
    ngx_msec_t       negative_ttl;      /* so long there is none, or a faulty one */
    ngx_msec_t       stale;             /* so long a profile serves when Redis does not */
} ggi_cache_t;


typedef enum {
    GGI_CACHE_FRESH,                    /* a profile that counts */
    GGI_CACHE_AGING,                    /* the same, but it should be asked for again */
    GGI_CACHE_NEGATIVE,                 /* there is no profile */
    GGI_CACHE_STALE,                    /* a profile that serves if Redis does not answer */
    GGI_CACHE_FAULTY,                   /* what Redis holds was no profile: it is not asked again so soon */
    GGI_CACHE_MISS
} ggi_cache_state_e;


/* By what a worker fetches the profile of an OIN. */
typedef struct {
    uint64_t    number;                 /* of this claim alone; 0: the zone has no room to note it */
    uint64_t    changes;                /* of which all workers had been told by then */
    ngx_msec_t  asked;                  /* when it was made */
} ggi_cache_claim_t;


/*
 * The profile of an OIN in the cache, for the time of the call of use alone,
 * and how old it is in ms. use may not look into the cache itself: the zone is
 * locked meanwhile, unless the profile is a large one.
 */
typedef void (*ggi_cache_use_pt)(void *data, const ggi_profile_t *profile,
    ngx_msec_t age);


/* ggi_autorisatie_zone NAME:SIZE [ttl=] [negative_ttl=] [stale=]; value as of a directive's arguments. */
char *ggi_cache_zone(ngx_conf_t *cf, ggi_cache_t *cache, ngx_str_t *value,
    ngx_uint_t n, void *tag);

/*
 * What is known of an OIN. live: changes are being told of, so that what has
 * not been told of has not changed. use is called for a profile: always when
 * FRESH or AGING, and when STALE if serve_stale is set. With serve_stale an
 * earlier profile is STALE, not FAULTY, when the one in Redis is no good.
 */
ggi_cache_state_e ggi_cache_look(ggi_cache_t *cache, ggi_str_t oin,
    ngx_uint_t live, ngx_uint_t serve_stale, ggi_cache_use_pt use, void *data);

/*
 * Asks to be the one who fetches the profile of an OIN, for at most so many ms.
 * 1: the caller is, and ends it by store, fail or abandon, with the claim; 0:
 * another one is. Whoever ends it after that time does not end the claim that
 * somebody else has by then.
 */
ngx_uint_t ggi_cache_claim(ggi_cache_t *cache, ggi_str_t oin, ngx_msec_t time,
    ggi_cache_claim_t *claim);

/*
 * Stores what was fetched: a profile, which is copied, or NULL for none; unless
 * something that was asked for later is there. NGX_DECLINED: it has been changed
 * since the claim, so that what was fetched may be what it was before: it is not
 * stored, and has to be fetched again. NGX_BUSY: it is good, but the zone has no
 * room for it, see ggi_cache_share().
 */
ngx_int_t ggi_cache_store(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim, const ggi_profile_t *profile);

/*
 * Remembers for negative_ttl that what was fetched is no profile, or is too
 * large. NGX_DECLINED: as for ggi_cache_store().
 */
ngx_int_t ggi_cache_fail(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim);

/* Ends a claim by which nothing was fetched. */
void ggi_cache_abandon(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim);

/*
 * Returns the bytes of the largest compiled profile that is cached: an eighth
 * of the zone, so that one organisation does not push out the others.
 */
size_t ggi_cache_share(ggi_cache_t *cache);

/* The profile of an OIN has changed: what is known of it counts no more, nor does it serve as stale. */
void ggi_cache_invalidate(ggi_cache_t *cache, ggi_str_t oin);

/* Changes may have been missed: all that is known has to be asked for again, but serves as stale. */
void ggi_cache_doubt(ggi_cache_t *cache);


#endif
