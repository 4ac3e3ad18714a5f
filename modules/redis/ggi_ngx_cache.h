/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The cache of compiled documents, in shared memory, for all workers: what is known
 * of a key, how long it counts, and which worker fetches it.
 */

#ifndef GGI_NGX_CACHE_H
#define GGI_NGX_CACHE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_kind.h"


typedef struct {
    ngx_shm_zone_t  *zone;              /* NULL: there is no cache */
    ngx_shm_zone_t  *slots;             /* what is known of the slots of a Cluster; NULL: none */
    ngx_msec_t       ttl;               /* ms that a document counts */
    ngx_msec_t       negative_ttl;      /* ms that it counts that there is none, or a faulty one */
    ngx_msec_t       stale;             /* ms that a document serves while Redis does not answer */
} ggi_cache_t;


typedef enum {
    GGI_CACHE_FRESH,                    /* there is a document that counts */
    GGI_CACHE_AGING,                    /* there is one that counts, and is to be fetched anew */
    GGI_CACHE_NEGATIVE,                 /* Redis has no document of this key */
    GGI_CACHE_STALE,                    /* there is one that serves if Redis does not answer */
    GGI_CACHE_FAULTY,                   /* what Redis holds is no document: it is not asked now */
    GGI_CACHE_MISS                      /* nothing is known */
} ggi_cache_state_e;


/* What has become of a claim before something can be stored. */
typedef enum {
    GGI_CACHE_CLAIM_PARSING,            /* Redis has answered, and a thread parses that */
    GGI_CACHE_CLAIM_ABANDONED           /* nothing was fetched: the claim has ended */
} ggi_cache_claim_state_e;


/* The claim of a worker to fetch the document of a key. */
typedef struct {
    uint64_t    number;                 /* of this claim; 0: the zone had no room to note it */
    uint64_t    changes;                /* of documents, of which workers had been told by then */
    ngx_msec_t  asked;                  /* when the claim was made */
    ngx_uint_t  others_parse;           /* 1: somebody else has it, and parses already */
} ggi_cache_claim_t;


/*
 * Gets a document of the cache, which is valid during the call only, and its age
 * in ms. stale is 1 for one that serves since Redis does not answer, and 0 otherwise. It
 * may not call the cache: the zone is locked meanwhile, unless the document is a large
 * one.
 */
typedef void (*ggi_cache_use_pt)(void *data, const ggi_compiled_t *document,
    ngx_uint_t stale, ngx_msec_t age);


/*
 * Prepares the zone of a cache when nginx has mapped it, as the function "init" of a zone:
 * zone->data is the cache, and data is that of the configuration before, or NULL. After a
 * reload the entries of a zone stay. Returns NGX_OK, or NGX_ERROR when the zone is too small.
 */
ngx_int_t ggi_cache_init_zone(ngx_shm_zone_t *zone, void *data);

/* How a document is looked up: any of these bits, or 0. */
enum {
    GGI_CACHE_LIVE = 1,                 /* this worker is told of changes: without word of one
                                         * an entry is known to be current */
    GGI_CACHE_SERVE_STALE = 2           /* a document that is STALE is used as well */
};

/*
 * Looks up a key in the cache, and returns what is known of its document. how is any of the
 * bits GGI_CACHE_LIVE and GGI_CACHE_SERVE_STALE, or 0. Calls use() once, with data and the
 * document, when that is FRESH or AGING; with GGI_CACHE_SERVE_STALE also when it is STALE. With
 * that bit a document also counts as STALE, instead of FAULTY, when Redis holds a faulty one by
 * now.
 */
ggi_cache_state_e ggi_cache_look(ggi_cache_t *cache, ggi_str_t key, ngx_uint_t how,
    ggi_cache_use_pt use, void *data);

/*
 * Asks for the right to fetch the document of a key, which one worker at a time has, for at
 * most time ms. Returns 1 and sets *claim when the caller has it: it ends the claim with
 * ggi_cache_store(), ggi_cache_fail(), or ggi_cache_note_claim() and GGI_CACHE_CLAIM_ABANDONED.
 * Returns 0 when another worker has it. Ending a claim after its time does not end one that
 * another worker has made since.
 */
ngx_uint_t ggi_cache_claim(ggi_cache_t *cache, ggi_str_t key, ngx_msec_t time,
    ggi_cache_claim_t *claim);

/*
 * Ends a claim by storing what was fetched: a document, which is copied, or NULL
 * when Redis has none. Nothing is stored when the entry has something that was
 * asked for later. Returns NGX_OK; NGX_DECLINED when the document has changed since
 * the claim, so that it has to be fetched again; NGX_BUSY when the document is good,
 * but the zone has no room for it: see ggi_cache_share().
 */
ngx_int_t ggi_cache_store(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim, const ggi_compiled_t *document);

/*
 * Ends a claim by noting, for negative_ttl, that what Redis holds is no document or
 * is too large. Returns NGX_OK, or NGX_DECLINED as ggi_cache_store() does.
 */
ngx_int_t ggi_cache_fail(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim);

/*
 * Notes what has become of a claim on the document of a key. GGI_CACHE_CLAIM_ABANDONED ends the
 * claim, so that another worker can fetch the document. GGI_CACHE_CLAIM_PARSING leaves the
 * claim and its time as they are, but whoever asks for it meanwhile is told, by others_parse,
 * that a thread parses the document.
 */
void ggi_cache_note_claim(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim, ggi_cache_claim_state_e state);

/*
 * Returns the bytes of the largest compiled document that is cached: an eighth of
 * the zone, so that one document does not push out the others.
 */
size_t ggi_cache_share(ggi_cache_t *cache);

/*
 * Forgets what is known of a key, since its document has changed: it does not
 * serve as stale either.
 */
void ggi_cache_invalidate(ggi_cache_t *cache, ggi_str_t key);

/*
 * Notes that changes may have been missed: every document has to be fetched anew
 * before it counts, but serves as stale.
 */
void ggi_cache_doubt(ggi_cache_t *cache);


#endif
