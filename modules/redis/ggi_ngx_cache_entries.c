/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache_entries.h"


/* Bytes of the zone for each bucket: an entry with its document takes about as much. */
#define GGI_CACHE_PER_BUCKET  1024


#define GGI_CACHE_HOLDERS     64        /* workers that can hold a document at a time */


/* Stands before a document in the zone, in the same block of memory. */
typedef struct {
    ngx_uint_t  attached;               /* 0: no entry has it, and its last holder frees it */
} ggi_cache_block_t;


/* A worker that uses a document while the zone is unlocked. */
struct ggi_cache_holder_s {
    ngx_pid_t           pid;
    ggi_cache_block_t  *block;          /* NULL: it is free */
};


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

    shared->holders = ngx_slab_calloc(pool, GGI_CACHE_HOLDERS * sizeof(ggi_cache_holder_t));
    if (shared->holders == NULL) {
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
ggi_cache_bucket(ggi_cache_shared_t *shared, const void *key, size_t len)
{
    return &shared->buckets[ngx_murmur_hash2((u_char *) key, len)
                            & shared->mask];
}


ggi_cache_node_t *
ggi_cache_find(ggi_cache_shared_t *shared, ggi_str_t key)
{
    ggi_cache_node_t  *node;

    for (node = *ggi_cache_bucket(shared, key.data, key.len); node; node = node->next) {
        if (node->key_len == key.len && ngx_memcmp(key.data, node->key, key.len) == 0) {
            return node;
        }
    }

    return NULL;
}


static ggi_cache_block_t *
ggi_cache_block(ggi_compiled_t *document)
{
    return (ggi_cache_block_t *) (void *) document - 1;
}


/* Frees a block that belongs to no entry, unless somebody holds it. */
static void
ggi_cache_free_unheld(ngx_slab_pool_t *pool, ggi_cache_block_t *block)
{
    ngx_uint_t           i;
    ggi_cache_shared_t  *shared;

    shared = pool->data;

    for (i = 0; i < GGI_CACHE_HOLDERS; i++) {
        if (shared->holders[i].block == block) {
            return;
        }
    }

    ngx_slab_free_locked(pool, block);
}


void
ggi_cache_drop(ngx_slab_pool_t *pool, ggi_cache_node_t *node)
{
    ggi_cache_block_t  *block;

    if (node->document == NULL) {
        return;
    }

    block = ggi_cache_block(node->document);
    node->document = NULL;
    block->attached = 0;
    ggi_cache_free_unheld(pool, block);
}


void
ggi_cache_document_release(ngx_slab_pool_t *pool, ggi_cache_holder_t *holder)
{
    ggi_cache_block_t  *block;

    block = holder->block;
    holder->block = NULL;

    if (!block->attached) {
        ggi_cache_free_unheld(pool, block);
    }
}


/*
 * Releases what workers held that died meanwhile. Asks the system for each holder, and
 * is called where memory or a holder is lacking. This worker holds nothing then: who has
 * its number is one that died before.
 */
static void
ggi_cache_release_dead(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared)
{
    ngx_uint_t           i;
    ggi_cache_holder_t  *holder;

    for (i = 0; i < GGI_CACHE_HOLDERS; i++) {
        holder = &shared->holders[i];

        if (holder->block
            && (holder->pid == ngx_pid
                || (kill(holder->pid, 0) == -1 && ngx_errno == ESRCH)))
        {
            ggi_cache_document_release(pool, holder);
        }
    }
}


/* Returns a holder that is free, or NULL. */
static ggi_cache_holder_t *
ggi_cache_free_holder(ggi_cache_shared_t *shared)
{
    ngx_uint_t  i;

    for (i = 0; i < GGI_CACHE_HOLDERS; i++) {
        if (shared->holders[i].block == NULL) {
            return &shared->holders[i];
        }
    }

    return NULL;
}


ggi_cache_holder_t *
ggi_cache_document_hold(ngx_slab_pool_t *pool, ggi_compiled_t *document)
{
    ggi_cache_holder_t  *holder;

    holder = ggi_cache_free_holder(pool->data);

    if (holder == NULL) {
        ggi_cache_release_dead(pool, pool->data);
        holder = ggi_cache_free_holder(pool->data);
    }

    if (holder) {
        holder->pid = ngx_pid;
        holder->block = ggi_cache_block(document);
    }

    return holder;
}


static void
ggi_cache_remove(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node)
{
    ggi_cache_node_t  **p;

    ngx_queue_remove(&node->queue);

    for (p = ggi_cache_bucket(shared, node->key, node->key_len); *p != node; p = &(*p)->next) {
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

    if (p == NULL) {
        ggi_cache_release_dead(pool, shared);
        p = ngx_slab_alloc_locked(pool, size);
    }

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
                 + (node->document ? node->document->size : 0);
        ggi_cache_remove(pool, shared, node);
        p = ngx_slab_alloc_locked(pool, size);
    }

    return p;
}


ggi_cache_node_t *
ggi_cache_add(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared, ggi_str_t key)
{
    size_t             size;
    ggi_cache_node_t  *node, **bucket;

    if (key.len == 0 || key.len > GGI_KEY_MAX) {
        return NULL;
    }

    size = offsetof(ggi_cache_node_t, key) + key.len;
    node = ggi_cache_alloc(pool, shared, size, NULL);
    if (node == NULL) {
        return NULL;
    }

    ngx_memzero(node, size);
    /* an entry before it may have had a change, of which who asked earlier must not store */
    node->changed = shared->changes;
    node->key_len = (u_char) key.len;
    ngx_memcpy(node->key, key.data, key.len);

    bucket = ggi_cache_bucket(shared, key.data, key.len);
    node->next = *bucket;
    *bucket = node;
    ngx_queue_insert_head(&shared->queue, &node->queue);

    return node;
}


ggi_compiled_t *
ggi_cache_document_alloc(ngx_slab_pool_t *pool, ggi_cache_shared_t *shared,
    ggi_cache_node_t *node, size_t size)
{
    ggi_cache_block_t  *block;

    block = ggi_cache_alloc(pool, shared, sizeof(ggi_cache_block_t) + size,
                            node);
    if (block == NULL) {
        return NULL;
    }

    block->attached = 0;

    return (ggi_compiled_t *) (void *) (block + 1);
}


void
ggi_cache_document_attach(ggi_cache_node_t *node, ggi_compiled_t *document)
{
    ggi_cache_block(document)->attached = 1;
    node->document = document;
}
