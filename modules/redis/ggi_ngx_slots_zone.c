/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_pool.h"
#include "ggi_ngx_slots_zone.h"


#define GGI_SLOTS_SIZE  (256 * 1024)


/* Locks what is known, and sets *shared to it. Returns the pool, whose mutex the caller unlocks. */
static ngx_slab_pool_t *
ggi_slots_lock(ggi_cache_t *cache, ggi_slots_shared_t **shared)
{
    ngx_slab_pool_t  *pool;

    pool = (ngx_slab_pool_t *) cache->slots->shm.addr;
    ngx_shmtx_lock(&pool->mutex);
    *shared = pool->data;

    return pool;
}


static ngx_int_t
ggi_slots_init_zone(ngx_shm_zone_t *zone, void *data)
{
    void             *root;
    ngx_slab_pool_t  *pool;

    return ggi_zone_root(zone, data, sizeof(ggi_slots_shared_t), &pool, &root) == NGX_ERROR
           ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ggi_slots_zone(ngx_conf_t *cf, ggi_cache_t *cache, void *tag)
{
    ngx_str_t         name;
    const ngx_str_t  *of = &cache->zone->shm.name;

    name.len = of->len + sizeof("_slots") - 1;
    name.data = ngx_pnalloc(cf->pool, name.len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    (void) ngx_sprintf(name.data, "%V_slots", of);
    ggi_cluster_numbers_find();
    cache->slots = ggi_zone_add(cf, &name, GGI_SLOTS_SIZE, tag, ggi_slots_init_zone, cache);

    return cache->slots ? NGX_OK : NGX_ERROR;
}


ggi_dataset_e
ggi_slots_judge(ggi_cache_t *cache, unsigned slot, const ggi_dataset_fields_t *fields,
    ggi_dataset_t *known)
{
    ggi_dataset_e        found;
    ggi_dataset_t        now;
    ngx_slab_pool_t     *pool;
    ggi_slots_shared_t  *shared;

    pool = ggi_slots_lock(cache, &shared);

    ngx_memcpy(known->id, shared->id, sizeof(known->id));
    known->number = shared->number[slot];
    now = *known;
    found = ggi_dataset_judge(&now, fields);

    if (found == GGI_DATASET_REPLACED) {
        ngx_memzero(shared->number, sizeof(shared->number));
    }

    if (!ggi_dataset_doubtful(found)) {
        ngx_memcpy(shared->id, now.id, sizeof(shared->id));
        shared->number[slot] = now.number;
    }

    ngx_shmtx_unlock(&pool->mutex);

    return found;
}


ngx_uint_t
ggi_slots_note(ggi_cache_t *cache, unsigned slot, ngx_uint_t doubted, uint64_t *left_out)
{
    uint8_t             *byte, bit;
    ngx_uint_t           tell, before;
    ngx_slab_pool_t     *pool;
    ggi_slots_shared_t  *shared;

    pool = ggi_slots_lock(cache, &shared);
    byte = &shared->doubted[slot / 8];
    bit = (uint8_t) (1u << (slot % 8));

    before = ggi_slots_in(shared->doubted, slot);

    if (doubted && !before) {
        *byte |= bit;
        shared->doubts++;

    } else if (!doubted && before) {
        *byte &= (uint8_t) ~bit;
        shared->doubts--;
    }

    tell = shared->told ? shared->doubts == 0
           : doubted && ggi_limit_pass(&shared->limit, ngx_current_msec, left_out);
    shared->told ^= tell;
    ngx_shmtx_unlock(&pool->mutex);

    return tell;
}


ngx_uint_t
ggi_slots_doubts(ggi_cache_t *cache, uint8_t which[GGI_CLUSTER_SLOTS / 8])
{
    ngx_uint_t           doubts;
    ngx_slab_pool_t     *pool;
    ggi_slots_shared_t  *shared;

    pool = ggi_slots_lock(cache, &shared);
    doubts = shared->doubts;

    if (which) {
        ngx_memcpy(which, shared->doubted, sizeof(shared->doubted));
    }

    ngx_shmtx_unlock(&pool->mutex);

    return doubts;
}


void
ggi_slots_known(ggi_cache_t *cache, ggi_dataset_t *known)
{
    unsigned             slot;
    ngx_slab_pool_t     *pool;
    ggi_slots_shared_t  *shared;

    pool = ggi_slots_lock(cache, &shared);
    ngx_memcpy(known->id, shared->id, sizeof(known->id));
    known->number = 0;

    for (slot = 0; slot < GGI_CLUSTER_SLOTS; slot++) {
        known->number += shared->number[slot];
    }

    ngx_shmtx_unlock(&pool->mutex);
}
