/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache_entries.h"


/* Bytes of the zone for each bucket: an entry with its profile takes about as much. */
#define GGI_CACHE_PER_BUCKET  1024


/*
 * Stands before a profile in the zone, in the same block of memory. Whoever uses
 * the profile without the lock counts as a user.
 */
typedef struct {
    ngx_uint_t  users;
    ngx_uint_t  dropped;                /* no entry has it any more: the last user frees it */
} ggi_cache_block_t;


ngx_int_t
ggi_cache_entries_create(ngx_shm_zone_t *zone)
{
    ngx_uint_t           n;
    ngx_slab_pool_t     *pool;
    ggi_cache_shared_t  *shared;

    pool = (ngx_slab_pool_t *) zone->shm.addr;

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


static ggi_cache_node_t **
ggi_cache_bucket(ggi_cache_shared_t *shared, const void *oin)
{
    return &shared->buckets[ngx_crc32_short((u_char *) oin, GGI_OIN_LEN)
                            & shared->mask];
}


ggi_cache_node_t *
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


void
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


ngx_uint_t
ggi_cache_claimed(ggi_cache_node_t *node)
{
    return node->claimed_until
           && (ngx_msec_int_t) (node->claimed_until - ngx_current_msec) > 0;
}


/*
 * Allocates memory of the zone. If there is none, frees the entries that were not
 * used for longest, except keep and those that are being fetched. In a zone in
 * pieces that may not be enough however many go: returns NULL when four times as
 * much was freed, and some pages.
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


ggi_cache_node_t *
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


ggi_profile_t *
ggi_cache_profile_alloc(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node, size_t size)
{
    ggi_cache_block_t  *block;

    block = ggi_cache_alloc(pool, shared, sizeof(ggi_cache_block_t) + size,
                            node);
    if (block == NULL) {
        return NULL;
    }

    block->users = 0;
    block->dropped = 0;

    return (ggi_profile_t *) (void *) (block + 1);
}


void
ggi_cache_profile_hold(ggi_profile_t *profile)
{
    ggi_cache_block(profile)->users++;
}


void
ggi_cache_profile_release(ngx_slab_pool_t *pool, ggi_profile_t *profile)
{
    ggi_cache_block_t  *block;

    block = ggi_cache_block(profile);
    block->users--;

    if (block->users == 0 && block->dropped) {
        ngx_slab_free_locked(pool, block);
    }
}
