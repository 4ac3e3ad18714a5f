/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Memory of a pool that is filled in, or has something in it that is freed with the pool;
 * and zones of shared memory.
 */

#ifndef GGI_NGX_POOL_H
#define GGI_NGX_POOL_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Allocates size bytes from a pool, all 0, and has cleanup called with them when the
 * pool is destroyed. Until the caller has filled them in, cleanup may find zeros.
 * Returns NULL without memory.
 */
static inline void *
ggi_pool_calloc(ngx_pool_t *pool, size_t size, ngx_pool_cleanup_pt cleanup)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, size);
    if (cln == NULL) {
        return NULL;
    }

    ngx_memzero(cln->data, size);
    cln->handler = cleanup;

    return cln->data;
}


/* Returns a copy of size bytes of data, allocated from a pool, or NULL without memory. */
static inline void *
ggi_pool_copy(ngx_pool_t *pool, const void *data, size_t size)
{
    void  *copy;

    copy = ngx_palloc(pool, size);

    return copy ? memcpy(copy, data, size) : NULL;
}


/*
 * Adds a zone of shared memory of size bytes, or finds the one that is there. tag is the
 * module that it belongs to. nginx calls init with the zone, whose data is data, when the
 * memory is there. Returns NULL after a message, or without memory.
 */
static inline ngx_shm_zone_t *
ggi_zone_add(ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag, ngx_shm_zone_init_pt init,
    void *data)
{
    ngx_shm_zone_t  *zone;

    zone = ngx_shared_memory_add(cf, name, size, tag);

    if (zone) {
        zone->init = init;
        zone->data = data;
    }

    return zone;
}


/*
 * Finds what a zone of shared memory has at the root of its pool, for the function that
 * ggi_zone_add() was given: what was there before a reload, which old tells as nginx gives it to
 * that function, or size new bytes, all 0. Sets *pool and *root. Returns NGX_OK for what was
 * there, NGX_DONE for what is new, or NGX_ERROR when the zone has no room for it.
 */
static inline ngx_int_t
ggi_zone_root(ngx_shm_zone_t *zone, const void *old, size_t size, ngx_slab_pool_t **pool,
    void **root)
{
    *pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old || zone->shm.exists) {
        *root = (*pool)->data;
        return NGX_OK;
    }

    *root = ngx_slab_calloc(*pool, size);
    (*pool)->data = *root;

    return *root ? NGX_DONE : NGX_ERROR;
}


#endif
