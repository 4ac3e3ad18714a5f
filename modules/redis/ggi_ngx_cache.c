/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache.h"
#include "ggi_ngx_cache_entries.h"


#define GGI_CACHE_SHARES  8             /* parts of the zone: a document gets one at most */
#define GGI_CACHE_SMALL   4096          /* bytes of a document that is used with the zone locked */


ngx_int_t
ggi_cache_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ggi_cache_t *cache = zone->data;

    if (data || zone->shm.exists) {
        /* a reload keeps what is known; the new workers doubt it until they are told of changes */
        cache->zone = zone;
        return NGX_OK;
    }

    return ggi_cache_entries_create(zone);
}


/*
 * Returns 1 when what was asked for at a time may have changed since without an
 * announcement, 0 otherwise.
 */
static ngx_uint_t
ggi_cache_doubted(ggi_cache_shared_t *shared, ngx_msec_t asked)
{
    return shared->in_doubt && (ngx_msec_int_t) (asked - shared->doubted) <= 0;
}


/*
 * Returns the ms since a time, or 0 when that is later than now: the clock of the
 * worker that kept it may be ahead by the length of a turn.
 */
static ngx_msec_t
ggi_cache_age(ngx_msec_t then)
{
    ngx_msec_int_t  age;

    age = (ngx_msec_int_t) (ngx_current_msec - then);

    return (age > 0) ? (ngx_msec_t) age : 0;
}


/*
 * Returns 1 while it is remembered that Redis holds no good document for an entry, 0
 * otherwise. Even when it is no longer true, it lets nobody in.
 */
static ngx_uint_t
ggi_cache_failing(ggi_cache_t *cache, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node)
{
    return node->failing
           && ggi_cache_age(node->failed) < cache->negative_ttl
           && !ggi_cache_doubted(shared, node->failed);
}


/* Returns the state of an entry now, and sets the age of its document. */
static ggi_cache_state_e
ggi_cache_judge(ggi_cache_t *cache, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node, ngx_uint_t how, ngx_msec_t *age)
{
    ngx_uint_t  certain, failing;

    *age = 0;

    if (node == NULL) {
        return GGI_CACHE_MISS;
    }

    *age = ggi_cache_age(node->fetched);
    failing = ggi_cache_failing(cache, shared, node);
    certain = (how & GGI_CACHE_LIVE) && !ggi_cache_doubted(shared, node->fetched);

    if (node->known && node->document == NULL && certain
        && *age < cache->negative_ttl)
    {
        return GGI_CACHE_NEGATIVE;
    }

    if (!node->known || node->document == NULL) {
        return failing ? GGI_CACHE_FAULTY : GGI_CACHE_MISS;
    }

    if (certain && *age < cache->ttl) {
        return (failing || *age < cache->ttl - cache->ttl / 5)
               ? GGI_CACHE_FRESH : GGI_CACHE_AGING;
    }

    if (*age < cache->stale) {
        return (failing && !(how & GGI_CACHE_SERVE_STALE)) ? GGI_CACHE_FAULTY : GGI_CACHE_STALE;
    }

    return failing ? GGI_CACHE_FAULTY : GGI_CACHE_MISS;
}


/*
 * Gives a document to use, with the zone locked. The lock is let go meanwhile for
 * a large one: to judge by it, or to copy it, takes up to a millisecond, for which
 * all workers would wait.
 */
static void
ggi_cache_give(ngx_slab_pool_t *pool, ggi_compiled_t *document, ngx_uint_t stale,
    ngx_msec_t age, ggi_cache_use_pt use, void *data)
{
    ggi_cache_holder_t  *holder;

    holder = (document->size > GGI_CACHE_SMALL) ? ggi_cache_document_hold(pool, document)
                                               : NULL;
    if (holder == NULL) {
        use(data, document, stale, age);
        return;
    }

    ngx_shmtx_unlock(&pool->mutex);

    use(data, document, stale, age);

    ngx_shmtx_lock(&pool->mutex);
    ggi_cache_document_release(pool, holder);
}


ggi_cache_state_e
ggi_cache_look(ggi_cache_t *cache, ggi_str_t key, ngx_uint_t how, ggi_cache_use_pt use,
    void *data)
{
    ngx_msec_t           age;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_state_e    state;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    node = ggi_cache_find(shared, key);
    state = ggi_cache_judge(cache, shared, node, how, &age);

    if (node && node->document) {
        ngx_queue_remove(&node->queue);
        ngx_queue_insert_head(&shared->queue, &node->queue);
    }

    if (state == GGI_CACHE_FRESH || state == GGI_CACHE_AGING
        || (state == GGI_CACHE_STALE && (how & GGI_CACHE_SERVE_STALE)))
    {
        ggi_cache_give(pool, node->document, state == GGI_CACHE_STALE, age, use, data);
    }

    ngx_shmtx_unlock(&pool->mutex);

    return state;
}


ngx_uint_t
ggi_cache_claim(ggi_cache_t *cache, ggi_str_t key, ngx_msec_t time,
    ggi_cache_claim_t *claim)
{
    ngx_uint_t           mine;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    mine = 1;
    pool = ggi_cache_lock(cache->zone, &shared);
    claim->number = 0;
    claim->changes = shared->changes;
    claim->asked = ngx_current_msec;
    claim->others_parse = 0;
    node = ggi_cache_find(shared, key);

    if (node == NULL) {
        node = ggi_cache_add(pool, shared, key);
    }

    /* without room for an entry everybody fetches for himself */

    if (node) {
        mine = !ggi_cache_claimed(node);
        claim->others_parse = !mine && node->parsing;

        if (mine) {
            node->parsing = 0;
            claim->number = ++shared->claims;
            node->claim = claim->number;
            node->claimed_until = ngx_current_msec + time;
            node->claimed_until += (node->claimed_until == 0);
        }
    }

    ngx_shmtx_unlock(&pool->mutex);

    return mine;
}


size_t
ggi_cache_share(ggi_cache_t *cache)
{
    return cache->zone->shm.size / GGI_CACHE_SHARES;
}


/* Ends a claim, unless it had run out and somebody else has made one. */
static void
ggi_cache_release(ggi_cache_node_t *node, const ggi_cache_claim_t *claim)
{
    if (node->claim == claim->number) {
        node->claimed_until = 0;
    }
}


/*
 * Has an entry without a document go first where room is needed: who asks for many keys of which
 * there is nothing takes no room from documents. One whose document found no room stays known.
 */
static void
ggi_cache_yield(ggi_cache_shared_t *shared, ggi_cache_node_t *node)
{
    if (node->document == NULL && node->unfit_until == 0) {
        ngx_queue_remove(&node->queue);
        ngx_queue_insert_tail(&shared->queue, &node->queue);
    }
}


/*
 * Returns memory for the document of an entry, or NULL when the document is too large, or
 * there was no room a moment ago.
 */
static ggi_compiled_t *
ggi_cache_room(ggi_cache_t *cache, ngx_slab_pool_t *pool,
    ggi_cache_shared_t *shared, ggi_cache_node_t *node, size_t size)
{
    ggi_compiled_t  *document;

    if (size > ggi_cache_share(cache)
        || (node->unfit_until
            && (ngx_msec_int_t) (node->unfit_until - ngx_current_msec) > 0))
    {
        return NULL;
    }

    document = ggi_cache_document_alloc(pool, shared, node, size);
    node->unfit_until = 0;

    if (document == NULL) {
        /* the others would pay for each further attempt */
        node->unfit_until = ngx_current_msec + cache->ttl;
        node->unfit_until += (node->unfit_until == 0);
    }

    return document;
}


/*
 * Returns 1 when the entry has something that was asked for after a claim that had run
 * out, 0 otherwise.
 */
static ngx_uint_t
ggi_cache_later(ggi_cache_node_t *node, const ggi_cache_claim_t *claim)
{
    return node->known && (ngx_msec_int_t) (node->fetched - claim->asked) > 0;
}


/*
 * Sets node to the entry in which something can be stored that was fetched by a claim.
 * Returns NGX_OK; NGX_DONE when it has something later; or NGX_DECLINED or NGX_BUSY as
 * ggi_cache_store() does.
 */
static ngx_int_t
ggi_cache_place(ggi_cache_shared_t *shared, ggi_str_t key,
    const ggi_cache_claim_t *claim, ggi_cache_node_t **node)
{
    *node = ggi_cache_find(shared, key);

    if (*node == NULL) {
        return (shared->changes == claim->changes) ? NGX_BUSY : NGX_DECLINED;
    }

    if ((*node)->changed > claim->changes) {
        return NGX_DECLINED;
    }

    return ggi_cache_later(*node, claim) ? NGX_DONE : NGX_OK;
}


/*
 * Copies a document into the zone for the entry of its key. The lock is let go meanwhile,
 * as by ggi_cache_give(), so that the entry may be gone afterwards, or have changed.
 * Returns what ggi_cache_place() does, or NGX_BUSY when there is no room.
 */
static ngx_int_t
ggi_cache_put(ggi_cache_t *cache, ngx_slab_pool_t *pool, ggi_str_t key,
    ggi_cache_node_t *node, const ggi_cache_claim_t *claim,
    const ggi_compiled_t *document)
{
    ngx_int_t            rc;
    ggi_compiled_t       *copy;
    ggi_cache_holder_t  *holder;

    copy = ggi_cache_room(cache, pool, pool->data, node, document->size);
    if (copy == NULL) {
        return NGX_BUSY;
    }

    holder = (document->size > GGI_CACHE_SMALL) ? ggi_cache_document_hold(pool, copy)
                                               : NULL;
    if (holder == NULL) {
        ngx_memcpy(copy, document, document->size);
        ggi_cache_document_attach(node, copy);
        return NGX_OK;
    }

    ngx_shmtx_unlock(&pool->mutex);

    ngx_memcpy(copy, document, document->size);

    ngx_shmtx_lock(&pool->mutex);
    rc = ggi_cache_place(pool->data, key, claim, &node);

    if (rc == NGX_OK) {
        ggi_cache_drop(pool, node);
        ggi_cache_document_attach(node, copy);
    }

    ggi_cache_document_release(pool, holder);

    return rc;
}


ngx_int_t
ggi_cache_store(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim, const ggi_compiled_t *document)
{
    ngx_int_t            rc;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    rc = ggi_cache_place(shared, key, claim, &node);

    if (rc == NGX_OK) {
        node->known = 0;
        node->failing = 0;
        ggi_cache_drop(pool, node);

        if (document) {
            rc = ggi_cache_put(cache, pool, key, node, claim, document);
        }
    }

    /* it may have been evicted while the lock was let go */

    node = ggi_cache_find(shared, key);

    if (node) {
        ggi_cache_release(node, claim);

        if (rc == NGX_OK) {
            node->known = 1;
            node->fetched = claim->asked;
        }

        ggi_cache_yield(shared, node);
    }

    ngx_shmtx_unlock(&pool->mutex);

    return (rc == NGX_DONE) ? NGX_OK : rc;
}


ngx_int_t
ggi_cache_fail(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim)
{
    ngx_int_t            rc;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    rc = NGX_OK;
    pool = ggi_cache_lock(cache->zone, &shared);
    node = ggi_cache_find(shared, key);

    if (node) {
        ggi_cache_release(node, claim);

        if (node->changed > claim->changes) {
            rc = NGX_DECLINED;

        } else if (!ggi_cache_later(node, claim)) {
            node->failing = 1;
            node->failed = claim->asked;
        }

        ggi_cache_yield(shared, node);
    }

    ngx_shmtx_unlock(&pool->mutex);

    return rc;
}


void
ggi_cache_note_claim(ggi_cache_t *cache, ggi_str_t key,
    const ggi_cache_claim_t *claim, ggi_cache_claim_state_e state)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    node = ggi_cache_find(shared, key);

    if (node && state == GGI_CACHE_CLAIM_ABANDONED) {
        ggi_cache_release(node, claim);
        ggi_cache_yield(shared, node);

    } else if (node && node->claim == claim->number) {
        node->parsing = 1;
    }

    ngx_shmtx_unlock(&pool->mutex);
}


void
ggi_cache_invalidate(ggi_cache_t *cache, ggi_str_t key)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    shared->changes++;
    node = ggi_cache_find(shared, key);

    if (node) {
        node->changed = shared->changes;
        node->known = 0;
        node->failing = 0;
        node->unfit_until = 0;
        ggi_cache_drop(pool, node);
    }

    ngx_shmtx_unlock(&pool->mutex);
}


void
ggi_cache_doubt(ggi_cache_t *cache)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache->zone, &shared);
    shared->in_doubt = 1;
    shared->doubted = ngx_current_msec;
    ngx_shmtx_unlock(&pool->mutex);
}
