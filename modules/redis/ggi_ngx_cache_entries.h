/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The entries of the cache: what is kept for a key in the shared memory of the
 * zone, how it is found, and how memory is made for it. All that is called here,
 * but for the first two functions, is called with the zone locked.
 */

#ifndef GGI_NGX_CACHE_ENTRIES_H
#define GGI_NGX_CACHE_ENTRIES_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_dataset.h"
#include "ggi_kind.h"


typedef struct ggi_cache_node_s    ggi_cache_node_t;
typedef struct ggi_cache_holder_s  ggi_cache_holder_t;


/* What is kept for a key that was asked for. Times are those of ngx_current_msec. */
struct ggi_cache_node_s {
    ggi_cache_node_t   *next;           /* of the same bucket */
    ngx_queue_t         queue;          /* link in the list of entries */
    ngx_msec_t          failed;         /* when that was asked for */
    ngx_msec_t          unfit_until;    /* until then no room is looked for; 0: look */
    ngx_msec_t          fetched;        /* when what is known was asked for */
    uint64_t            claim;          /* number of the last claim */
    ngx_msec_t          claimed_until;  /* end of that claim; 0: nobody fetches it */
    uint64_t            changed;        /* number of its last change */
    ggi_compiled_t     *document;       /* NULL: none */
    unsigned            known:1;        /* it was fetched: there is a document, or none */
    unsigned            failing:1;      /* what was fetched last was no document */
    unsigned            parsing:1;      /* Redis has answered, and a thread parses that */
    u_char              key_len;        /* bytes of the key, at most GGI_KEY_MAX */
    u_char              key[];
};


/* What is in the zone. */
typedef struct {
    ggi_cache_node_t  **buckets;        /* by a hash of the key */
    ngx_uint_t          mask;           /* the number of buckets, a power of two, less 1 */
    ngx_queue_t         queue;          /* the most recently used entry first */
    uint64_t            changes;        /* how many changes were told of */
    uint64_t            claims;         /* how many claims were made */
    ngx_msec_t          doubted;        /* what was asked for before counts no more */
    ngx_uint_t          in_doubt;       /* 1: doubted is set */
    ggi_cache_holder_t *holders;        /* who uses a document while the zone is unlocked */
    ggi_dataset_t       dataset;        /* the documents are of, as Redis told last */
    ggi_dataset_e       dataset_told;   /* what the log told of it last */
} ggi_cache_shared_t;


/*
 * Makes an empty cache in the memory of a new zone. Returns NGX_OK, or NGX_ERROR when the zone
 * is too small for it.
 */
ngx_int_t ggi_cache_entries_create(ngx_shm_zone_t *zone);

/*
 * Locks a zone for this worker alone, and sets *shared to what is in it. Returns
 * its pool, whose mutex the caller unlocks.
 */
static inline ngx_slab_pool_t *
ggi_cache_lock(ngx_shm_zone_t *zone, ggi_cache_shared_t **shared)
{
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) zone->shm.addr;
    ngx_shmtx_lock(&pool->mutex);
    *shared = pool->data;

    return pool;
}


/*
 * Returns the entry of a key, or NULL when there is none. It is valid while the caller holds
 * the lock of ggi_cache_lock().
 */
ggi_cache_node_t *ggi_cache_find(ggi_cache_shared_t *shared, ggi_str_t key);

/*
 * Adds an entry for a key that has none; nothing is known of its document yet. Call it between
 * ggi_cache_lock() and the unlocking, as long as which the entry is valid. When the zone is
 * full, it removes the entries at the end of the queue: those without a document, and then those
 * that have not been used for longest. Returns NULL when there is no room even then, or when the
 * key is empty or has more than GGI_KEY_MAX bytes.
 */
ggi_cache_node_t *ggi_cache_add(ngx_slab_pool_t *pool,
    ggi_cache_shared_t *shared, ggi_str_t key);

/*
 * Returns 1 when somebody fetches the document of an entry, 0 otherwise. A worker
 * that died meanwhile does so no longer than its claim lasts.
 */
ngx_uint_t ggi_cache_claimed(ggi_cache_node_t *node);

/*
 * Allocates memory of size bytes for the document of an entry, which stays. Removes
 * other entries that were not used for longest if the zone is full. Returns NULL
 * when that is not enough. The memory belongs to no entry before
 * ggi_cache_document_attach().
 */
ggi_compiled_t *ggi_cache_document_alloc(ngx_slab_pool_t *pool,
    ggi_cache_shared_t *shared, ggi_cache_node_t *node, size_t size);

/*
 * Makes a document of ggi_cache_document_alloc(), whose content has been written, that of an
 * entry without a document. From then on ggi_cache_drop() frees it.
 */
void ggi_cache_document_attach(ggi_cache_node_t *node, ggi_compiled_t *document);

/*
 * Takes away the document of an entry, if it has one, while the zone is locked. The document is
 * freed at once, or by the last worker that holds it. The entry stays.
 */
void ggi_cache_drop(ngx_slab_pool_t *pool, ggi_cache_node_t *node);

/*
 * Holds a document, so that it stays when the zone is unlocked. A worker holds one at a
 * time. What a worker held that died is freed when its memory is needed. Returns the
 * holder, which ggi_cache_document_release() takes; or NULL when there are too many.
 */
ggi_cache_holder_t *ggi_cache_document_hold(ngx_slab_pool_t *pool,
    ggi_compiled_t *document);

/*
 * Releases the document that is held by a holder. It is freed when it belongs to no
 * entry and nobody else holds it.
 */
void ggi_cache_document_release(ngx_slab_pool_t *pool, ggi_cache_holder_t *holder);


#endif
