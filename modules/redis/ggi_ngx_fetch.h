/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * One fetch of a document: from the GET that Redis is sent to the entry in the
 * cache, and to all who wait for it. While another worker fetches the document, this
 * one waits for its entry in the cache.
 */

#ifndef GGI_NGX_FETCH_H
#define GGI_NGX_FETCH_H

#include "ggi_ngx_fetch_log.h"
#include "ggi_ngx_fetch_redis.h"
#include "ggi_ngx_sentinels.h"


typedef enum {
    GGI_FETCH_FOUND,
    GGI_FETCH_NONE,                     /* Redis has no document of this key */
    GGI_FETCH_FAULTY,                   /* what Redis holds is no document, or is too large */
    GGI_FETCH_FAILED                    /* Redis did not answer in time, or with an error */
} ggi_fetch_result_e;

/* Is told how a fetch ended. document is NULL unless it was found; it is freed after the call. */
typedef void (*ggi_fetch_done_pt)(void *data, ggi_fetch_result_e result,
    const ggi_compiled_t *document);


/* Somebody who waits for a document, in memory of his own. */
typedef struct {
    ngx_queue_t         queue;
    ggi_fetch_done_pt   done;
    void               *data;           /* for done */
    ngx_uint_t          waiting;        /* 1: it is in the queue of a fetch */
} ggi_fetch_waiter_t;


/* What all fetches of a worker share. */
typedef struct {
    ggi_redis_conf_t    *conf;
    ggi_cache_t         *cache;
    ggi_fetch_redis_t    redis;
    ggi_marker_t         marker;
    ggi_sentinels_t     *sentinels;     /* NULL: the URL names none */
    ngx_queue_t          fetches;       /* of ggi_fetch_t, those that are not over */
    ggi_fetch_log_t      log;
} ggi_fetcher_t;


/* One fetch of a key, by this worker, or by another one while this one looks on. */
typedef struct {
    ngx_queue_t         queue;
    ggi_fetcher_t      *fetcher;
    size_t              key_len;
    u_char              key[GGI_KEY_MAX];
    ngx_queue_t         waiters;        /* of ggi_fetch_waiter_t */
    ngx_event_t         timer;
    ngx_msec_t          deadline;       /* when it ends at the latest, as ngx_current_msec */
    ngx_msec_t          left;           /* ms for Redis once a thread has parsed; 0: none parses */
    ggi_cache_claim_t   claim;          /* if it is mine */
    ngx_uint_t          mine;           /* 1: this worker has claimed the fetch */
    ngx_uint_t          sent;           /* 1: Redis or a thread works, and points to this */
    ngx_uint_t          retried;        /* 1: a connection was lost, and Redis asked once more */
    ngx_uint_t          repeats;        /* how often the document had changed meanwhile */
    ngx_uint_t          over;           /* 1: all who waited have been told */
} ggi_fetch_t;


/*
 * Makes a fetch of the document of a key, which has to be valid for the kind, and adds it to
 * the list of the fetcher. Redis is not asked yet, and nobody waits for it. It frees itself
 * when it has ended. Returns NULL without memory.
 */
ggi_fetch_t *ggi_fetch_create(ggi_fetcher_t *fetcher, ggi_str_t key);

/*
 * Begins a fetch: asks Redis for the document; or, while another worker fetches it, waits
 * until the document is in the cache.
 */
void ggi_fetch_begin(ggi_fetch_t *fetch);

/*
 * Begins a fetch for which nobody waits: asks Redis for the document. While another worker
 * fetches it, there is nothing to do, and the fetch is freed at once.
 */
void ggi_fetch_begin_alone(ggi_fetch_t *fetch);

/*
 * Sends Redis the GET of a fetch that this worker has claimed, and sets fetch->sent.
 * Does nothing when the connection is not ready, or without memory: call it again when
 * the connection is ready.
 */
void ggi_fetch_get(ggi_fetch_t *fetch);

/*
 * Ends a fetch: tells all who wait for it, and takes it out of the list. It is
 * freed at once, or when Redis or the thread has answered. The document stays the
 * caller's.
 */
void ggi_fetch_end(ggi_fetch_t *fetch, ggi_fetch_result_e result,
    const ggi_compiled_t *document);

/* Has a waiter wait no more: its done is not called. Does nothing when it does not wait. */
static inline void
ggi_fetch_leave(ggi_fetch_waiter_t *waiter)
{
    if (waiter->waiting) {
        ngx_queue_remove(&waiter->queue);
        waiter->waiting = 0;
    }
}


/* Returns the key of the document that is fetched, which belongs to the fetch. */
static inline ggi_str_t
ggi_fetch_key(ggi_fetch_t *fetch)
{
    ggi_str_t  key = { fetch->key_len, (char *) fetch->key };

    return key;
}


/*
 * Returns GGI_CACHE_LIVE, for ggi_cache_look(), when this worker is told of changes and the
 * marker of the data set is good, so that an entry of the cache can be known to be current; 0
 * otherwise.
 */
static inline ngx_uint_t
ggi_fetch_certain(const ggi_fetcher_t *fetcher)
{
    return fetcher->redis.subscription.live && ggi_marker_good(&fetcher->marker)
           ? GGI_CACHE_LIVE : 0;
}


#endif
