/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache.h"
#include "ggi_oin.h"


#define GGI_CACHE_TTL           60000   /* ms */
#define GGI_CACHE_NEGATIVE_TTL  5000
#define GGI_CACHE_STALE_FOR     600000
#define GGI_CACHE_SIZE_MIN      (64 * 1024)
#define GGI_CACHE_SHARES        8       /* parts of the zone, of which a profile gets one at most */
#define GGI_CACHE_SMALL         4096    /* bytes of a profile that is used while the zone is locked: some microseconds */
#define GGI_CACHE_PER_BUCKET    1024    /* bytes of the zone: an entry with a profile takes about as much */


typedef struct ggi_cache_node_s  ggi_cache_node_t;


/* Memory of a profile, which follows it. Whoever uses a large one without the lock counts as a user. */
typedef struct {
    ngx_uint_t          users;
    ngx_uint_t          dropped;        /* no entry has it any more: the last user frees it */
} ggi_cache_block_t;


/* An OIN that was asked for. */
struct ggi_cache_node_s {
    ggi_cache_node_t   *next;           /* of the same bucket */
    ngx_queue_t         queue;          /* the most recently used first */
    u_char              oin[GGI_OIN_LEN];
    unsigned            known:1;        /* it has been fetched: there is a profile, or none */
    unsigned            failing:1;      /* what was fetched last was no profile */
    ngx_msec_t          failed;         /* when that was asked for */
    ngx_msec_t          unfit_until;    /* there was no room for it: until then none is made; 0: there was */
    ngx_msec_t          fetched;        /* when it was asked for */
    uint64_t            claim;          /* number of the last claim */
    ngx_msec_t          claimed_until;  /* 0: nobody fetches it */
    uint64_t            changed;        /* the change that it was told of last */
    ggi_profile_t      *profile;        /* behind its block; NULL: none */
};


typedef struct {
    ggi_cache_node_t  **buckets;        /* by the CRC-32 of the OIN: a look-up costs the same however many there are */
    ngx_uint_t          mask;           /* their number, a power of two, less 1 */
    ngx_queue_t         queue;
    uint64_t            changes;        /* how many have been told of */
    uint64_t            claims;         /* how many have been made */
    ngx_msec_t          doubted;        /* what was fetched before counts no more */
    ngx_uint_t          in_doubt;
} ggi_cache_shared_t;


static ngx_int_t
ggi_cache_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ggi_cache_t *cache = zone->data;
    ggi_cache_t *old = data;

    ngx_uint_t           n;
    ngx_slab_pool_t     *pool;
    ggi_cache_shared_t  *shared;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old || zone->shm.exists) {
        /* a reload keeps what is known; the new workers doubt it until they are told of changes */
        cache->zone = zone;
        return NGX_OK;
    }

    shared = ngx_slab_calloc(pool, sizeof(ggi_cache_shared_t));
    if (shared == NULL) {
        return NGX_ERROR;
    }

    n = 1;

    while (n < zone->shm.size / GGI_CACHE_PER_BUCKET) {
        n *= 2;
    }

    shared->mask = n - 1;
    shared->buckets = ngx_slab_calloc(pool, n * sizeof(ggi_cache_node_t *));
    if (shared->buckets == NULL) {
        return NGX_ERROR;
    }

    ngx_queue_init(&shared->queue);
    pool->data = shared;
    pool->log_nomem = 0;

    return NGX_OK;
}


static ngx_int_t
ggi_cache_time(ngx_str_t *value, const char *name, ngx_msec_t *time)
{
    size_t      len;
    ngx_int_t   ms;
    ngx_str_t   text;

    len = ngx_strlen(name);

    if (value->len <= len || ngx_strncmp(value->data, name, len) != 0) {
        return NGX_DECLINED;
    }

    text.data = value->data + len;
    text.len = value->len - len;

    ms = ngx_parse_time(&text, 0);
    if (ms == NGX_ERROR) {
        return NGX_ERROR;
    }

    *time = (ngx_msec_t) ms;

    return NGX_OK;
}


char *
ggi_cache_zone(ngx_conf_t *cf, ggi_cache_t *cache, ngx_str_t *value,
    ngx_uint_t n, void *tag)
{
    u_char      *colon;
    ssize_t      size;
    ngx_str_t    name, text;
    ngx_uint_t   i;

    cache->ttl = GGI_CACHE_TTL;
    cache->negative_ttl = GGI_CACHE_NEGATIVE_TTL;
    cache->stale = GGI_CACHE_STALE_FOR;

    colon = ngx_strlchr(value[0].data, value[0].data + value[0].len, ':');

    if (colon == NULL || colon == value[0].data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\" in \"ggi_autorisatie_zone\": "
                           "expected name:size, such as profielen:16m", &value[0]);
        return NGX_CONF_ERROR;
    }

    name.data = value[0].data;
    name.len = (size_t) (colon - value[0].data);
    text.data = colon + 1;
    text.len = value[0].len - name.len - 1;
    size = ngx_parse_size(&text);

    if (size < GGI_CACHE_SIZE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size of zone \"%V\" in "
                           "\"ggi_autorisatie_zone\": expected at least 64k",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < n; i++) {
        if (ggi_cache_time(&value[i], "ttl=", &cache->ttl) != NGX_OK
            && ggi_cache_time(&value[i], "negative_ttl=", &cache->negative_ttl)
               != NGX_OK
            && ggi_cache_time(&value[i], "stale=", &cache->stale) != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of "
                               "\"ggi_autorisatie_zone\": expected ttl=, "
                               "negative_ttl= or stale= with a time",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }

    cache->zone = ngx_shared_memory_add(cf, &name, (size_t) size, tag);
    if (cache->zone == NULL) {
        return NGX_CONF_ERROR;
    }

    if (cache->zone->data) {
        return "names a zone that is there already";
    }

    cache->zone->init = ggi_cache_init_zone;
    cache->zone->data = cache;

    return NGX_CONF_OK;
}


static ngx_slab_pool_t *
ggi_cache_lock(ggi_cache_t *cache, ggi_cache_shared_t **shared)
{
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) cache->zone->shm.addr;
    ngx_shmtx_lock(&pool->mutex);
    *shared = pool->data;

    return pool;
}


static ggi_cache_node_t **
ggi_cache_bucket(ggi_cache_shared_t *shared, const void *oin)
{
    return &shared->buckets[ngx_crc32_short((u_char *) oin, GGI_OIN_LEN)
                            & shared->mask];
}


static ggi_cache_node_t *
ggi_cache_find(ggi_cache_shared_t *shared, ggi_str_t oin)
{
    ggi_cache_node_t  *node;

    if (oin.len != GGI_OIN_LEN) {
        return NULL;
    }

    for (node = *ggi_cache_bucket(shared, oin.data); node; node = node->next) {
        if (ngx_memcmp(oin.data, node->oin, GGI_OIN_LEN) == 0) {
            return node;
        }
    }

    return NULL;
}


static ggi_cache_block_t *
ggi_cache_block(ggi_profile_t *profile)
{
    return (ggi_cache_block_t *) (void *) profile - 1;
}


/* Takes the profile of an entry away. Its memory is free when nobody uses it any more. */
static void
ggi_cache_drop(ngx_slab_pool_t *pool, ggi_cache_node_t *node)
{
    ggi_cache_block_t  *block;

    if (node->profile == NULL) {
        return;
    }

    block = ggi_cache_block(node->profile);
    node->profile = NULL;

    if (block->users) {
        block->dropped = 1;

    } else {
        ngx_slab_free_locked(pool, block);
    }
}


static void
ggi_cache_remove(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node)
{
    ggi_cache_node_t  **p;

    ngx_queue_remove(&node->queue);

    for (p = ggi_cache_bucket(shared, node->oin); *p != node; p = &(*p)->next) {
        /* it is in there */
    }

    *p = node->next;

    ggi_cache_drop(pool, node);
    ngx_slab_free_locked(pool, node);
}


/* 1 when somebody fetches the profile of the entry; a worker that died meanwhile does not for ever. */
static ngx_uint_t
ggi_cache_claimed(ggi_cache_node_t *node)
{
    return node->claimed_until
           && (ngx_msec_int_t) (node->claimed_until - ngx_current_msec) > 0;
}


/*
 * Memory of the zone, made free by the entries that were not used for longest;
 * those that are being fetched stay. In a zone in pieces that may not be enough
 * however many go: NULL when four times as much was made free, and some pages.
 */
static void *
ggi_cache_alloc(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared, size_t size,
    ggi_cache_node_t *keep)
{
    void              *p;
    size_t             freed;
    ngx_queue_t       *q, *prev;
    ggi_cache_node_t  *node;

    freed = 0;
    p = ngx_slab_alloc_locked(pool, size);

    for (q = ngx_queue_last(&shared->queue);
         p == NULL && q != ngx_queue_sentinel(&shared->queue)
         && freed <= 4 * size + 8 * ngx_pagesize;
         q = prev)
    {
        prev = ngx_queue_prev(q);
        node = ngx_queue_data(q, ggi_cache_node_t, queue);

        if (node == keep || ggi_cache_claimed(node)) {
            continue;
        }

        freed += sizeof(ggi_cache_node_t)
                 + (node->profile ? node->profile->size : 0);
        ggi_cache_remove(pool, shared, node);
        p = ngx_slab_alloc_locked(pool, size);
    }

    return p;
}


static ggi_cache_node_t *
ggi_cache_add(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared, ggi_str_t oin)
{
    ggi_cache_node_t  *node, **bucket;

    if (oin.len != GGI_OIN_LEN) {
        return NULL;
    }

    node = ggi_cache_alloc(pool, shared, sizeof(ggi_cache_node_t), NULL);
    if (node == NULL) {
        return NULL;
    }

    ngx_memzero(node, sizeof(ggi_cache_node_t));
    ngx_memcpy(node->oin, oin.data, GGI_OIN_LEN);

    bucket = ggi_cache_bucket(shared, oin.data);
    node->next = *bucket;
    *bucket = node;
    ngx_queue_insert_head(&shared->queue, &node->queue);

    return node;
}


/* 1 when what was asked for at that moment may have been changed since, without a word of it. */
static ngx_uint_t
ggi_cache_doubted(ggi_cache_shared_t *shared, ngx_msec_t asked)
{
    return shared->in_doubt && (ngx_msec_int_t) (asked - shared->doubted) <= 0;
}


/* Time since then. The clock of the worker that kept it may be ahead of this one's by the length of a turn. */
static ngx_msec_t
ggi_cache_age(ngx_msec_t then)
{
    ngx_msec_int_t  age;

    age = (ngx_msec_int_t) (ngx_current_msec - then);

    return (age > 0) ? (ngx_msec_t) age : 0;
}


/* 1 when it is remembered that Redis holds no good profile: true or not, it lets nobody in. */
static ngx_uint_t
ggi_cache_failing(ggi_cache_t *cache, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node)
{
    return node->failing
           && ggi_cache_age(node->failed) < cache->negative_ttl
           && !ggi_cache_doubted(shared, node->failed);
}


/* What an entry is worth now, and how old it is. */
static ggi_cache_state_e
ggi_cache_judge(ggi_cache_t *cache, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node, ngx_uint_t live, ngx_uint_t serve_stale,
    ngx_msec_t *age)
{
    ngx_uint_t  certain, failing;

    *age = 0;

    if (node == NULL) {
        return GGI_CACHE_MISS;
    }

    *age = ggi_cache_age(node->fetched);
    failing = ggi_cache_failing(cache, shared, node);
    certain = live && !ggi_cache_doubted(shared, node->fetched);

    if (node->known && node->profile == NULL && certain
        && *age < cache->negative_ttl)
    {
        return GGI_CACHE_NEGATIVE;
    }

    if (!node->known || node->profile == NULL) {
        return failing ? GGI_CACHE_FAULTY : GGI_CACHE_MISS;
    }

    if (certain && *age < cache->ttl) {
        return (failing || *age < cache->ttl - cache->ttl / 5)
               ? GGI_CACHE_FRESH : GGI_CACHE_AGING;
    }

    if (*age < cache->stale) {
        return (failing && !serve_stale) ? GGI_CACHE_FAULTY : GGI_CACHE_STALE;
    }

    return failing ? GGI_CACHE_FAULTY : GGI_CACHE_MISS;
}


/*
 * Gives a profile to use, with the zone locked. The lock is let go meanwhile for
 * a large one: to judge by it, or to copy it, takes up to a millisecond, for
 * which all workers would wait. A worker that dies in between leaves a user that
 * never goes: that block is lost until nginx starts anew.
 */
static void
ggi_cache_give(ngx_slab_pool_t *pool, const ggi_profile_t *profile,
    ggi_cache_block_t *block, ngx_msec_t age, ggi_cache_use_pt use, void *data)
{
    if (profile->size <= GGI_CACHE_SMALL) {
        use(data, profile, age);
        return;
    }

    block->users++;
    ngx_shmtx_unlock(&pool->mutex);

    use(data, profile, age);

    ngx_shmtx_lock(&pool->mutex);
    block->users--;

    if (block->users == 0 && block->dropped) {
        ngx_slab_free_locked(pool, block);
    }
}


ggi_cache_state_e
ggi_cache_look(ggi_cache_t *cache, ggi_str_t oin, ngx_uint_t live,
    ngx_uint_t serve_stale, ggi_cache_use_pt use, void *data)
{
    ngx_msec_t           age;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_state_e    state;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache, &shared);
    node = ggi_cache_find(shared, oin);
    state = ggi_cache_judge(cache, shared, node, live, serve_stale, &age);

    if (node) {
        ngx_queue_remove(&node->queue);
        ngx_queue_insert_head(&shared->queue, &node->queue);
    }

    if (state == GGI_CACHE_FRESH || state == GGI_CACHE_AGING
        || (state == GGI_CACHE_STALE && serve_stale))
    {
        ggi_cache_give(pool, node->profile, ggi_cache_block(node->profile), age,
                       use, data);
    }

    ngx_shmtx_unlock(&pool->mutex);

    return state;
}


ngx_uint_t
ggi_cache_claim(ggi_cache_t *cache, ggi_str_t oin, ngx_msec_t time,
    ggi_cache_claim_t *claim)
{
    ngx_uint_t           mine;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    mine = 1;
    pool = ggi_cache_lock(cache, &shared);
    claim->number = 0;
    claim->changes = shared->changes;
    claim->asked = ngx_current_msec;
    node = ggi_cache_find(shared, oin);

    if (node == NULL) {
        node = ggi_cache_add(pool, shared, oin);
    }

    /* without room for an entry everybody fetches for himself */

    if (node) {
        mine = !ggi_cache_claimed(node);

        if (mine) {
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


/* Room for a profile of an entry, or NULL: it is too large, or there was none a moment ago. */
static ggi_profile_t *
ggi_cache_room(ggi_cache_t *cache, ngx_slab_pool_t *pool,
    ggi_cache_shared_t *shared, ggi_cache_node_t *node, size_t size)
{
    ggi_cache_block_t  *block;

    if (size > ggi_cache_share(cache)
        || (node->unfit_until
            && (ngx_msec_int_t) (node->unfit_until - ngx_current_msec) > 0))
    {
        return NULL;
    }

    block = ggi_cache_alloc(pool, shared, sizeof(ggi_cache_block_t) + size,
                            node);
    node->unfit_until = 0;

    if (block == NULL) {
        /* the others would pay for each further attempt */
        node->unfit_until = ngx_current_msec + cache->ttl;
        node->unfit_until += (node->unfit_until == 0);
        return NULL;
    }

    block->users = 0;
    block->dropped = 0;

    return (ggi_profile_t *) (void *) (block + 1);
}


/* Puts a profile or NULL for none into its entry. Returns 0 when there is no room for it: nothing is known then. */
static ngx_uint_t
ggi_cache_put(ggi_cache_t *cache, ngx_slab_pool_t *pool,
    ggi_cache_shared_t *shared, ggi_cache_node_t *node,
    const ggi_profile_t *profile, ngx_msec_t asked)
{
    node->known = 0;
    node->failing = 0;
    ggi_cache_drop(pool, node);

    if (profile) {
        node->profile = ggi_cache_room(cache, pool, shared, node,
                                       profile->size);
        if (node->profile == NULL) {
            return 0;
        }

        ngx_memcpy(node->profile, profile, profile->size);
    }

    node->known = 1;
    node->fetched = asked;

    return 1;
}


/* 1 when the entry has what was asked for after that claim, which had run out by then. */
static ngx_uint_t
ggi_cache_later(ggi_cache_node_t *node, const ggi_cache_claim_t *claim)
{
    return node->known && (ngx_msec_int_t) (node->fetched - claim->asked) > 0;
}


ngx_int_t
ggi_cache_store(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim, const ggi_profile_t *profile)
{
    ngx_int_t            rc;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache, &shared);
    node = ggi_cache_find(shared, oin);

    if (node == NULL) {
        rc = (shared->changes == claim->changes) ? NGX_BUSY : NGX_DECLINED;

    } else {
        ggi_cache_release(node, claim);

        if (node->changed > claim->changes) {
            rc = NGX_DECLINED;

        } else if (ggi_cache_later(node, claim)) {
            rc = NGX_OK;

        } else {
            rc = ggi_cache_put(cache, pool, shared, node, profile, claim->asked)
                 ? NGX_OK : NGX_BUSY;
        }
    }

    ngx_shmtx_unlock(&pool->mutex);

    return rc;
}


ngx_int_t
ggi_cache_fail(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim)
{
    ngx_int_t            rc;
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    rc = NGX_OK;
    pool = ggi_cache_lock(cache, &shared);
    node = ggi_cache_find(shared, oin);

    if (node) {
        ggi_cache_release(node, claim);

        if (node->changed > claim->changes) {
            rc = NGX_DECLINED;

        } else if (!ggi_cache_later(node, claim)) {
            node->failing = 1;
            node->failed = claim->asked;
        }
    }

    ngx_shmtx_unlock(&pool->mutex);

    return rc;
}


void
ggi_cache_abandon(ggi_cache_t *cache, ggi_str_t oin,
    const ggi_cache_claim_t *claim)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache, &shared);
    node = ggi_cache_find(shared, oin);

    if (node) {
        ggi_cache_release(node, claim);
    }

    ngx_shmtx_unlock(&pool->mutex);
}


void
ggi_cache_invalidate(ggi_cache_t *cache, ggi_str_t oin)
{
    ngx_slab_pool_t     *pool;
    ggi_cache_node_t    *node;
    ggi_cache_shared_t  *shared;

    pool = ggi_cache_lock(cache, &shared);
    shared->changes++;
    node = ggi_cache_find(shared, oin);

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

    pool = ggi_cache_lock(cache, &shared);
    shared->in_doubt = 1;
    shared->doubted = ngx_current_msec;
    ngx_shmtx_unlock(&pool->mutex);
}
