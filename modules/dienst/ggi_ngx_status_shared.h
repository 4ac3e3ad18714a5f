/* SPDX-License-Identifier: EUPL-1.2 */

/* What the memory of ggi_status holds, which all workers share. For the core alone. */

#ifndef GGI_NGX_STATUS_SHARED_H
#define GGI_NGX_STATUS_SHARED_H

#include "ggi_ngx_conf.h"


#define GGI_STATUS_WORKERS  256
#define GGI_STATUS_PARTS    8


/* Of a worker, in cache lines of its own. */
typedef struct {
    ngx_atomic_t            pid;        /* 0: free */
    ngx_atomic_t            values[GGI_METRIC_COUNT];
} __attribute__((aligned(NGX_CPU_CACHE_LINE))) ggi_status_slot_t;


/* The calls of a dienst that some of the workers have counted, by atomic additions. */
typedef struct {
    ngx_atomic_t            calls[GGI_REASON_COUNT];
    ngx_atomic_t            would_refuse[GGI_REASON_COUNT];
    ngx_atomic_t            upstream[GGI_STATUS_CLASSES];
    ggi_histogram_t         duration;
    ggi_histogram_t         judging;
} __attribute__((aligned(NGX_CPU_CACHE_LINE))) ggi_status_part_t;


/* The calls of a dienst. Up to GGI_STATUS_PARTS workers have a part of their own. */
struct ggi_status_counts_s {
    ggi_status_part_t       parts[GGI_STATUS_PARTS];
    ggi_status_counts_t    *next;
    ngx_uint_t              index;      /* its place in the list, from 0 */
    size_t                  len;
    char                    dienst[1];
};


struct ggi_status_shared_s {
    ggi_status_slot_t       slots[GGI_STATUS_WORKERS];
    ggi_status_counts_t    *diensten;   /* only ever added to, by the master */
    ngx_slab_pool_t        *pool;       /* of this memory */
    ggi_expiries_t          expiries;   /* written under the mutex of the pool */
    ggi_callers_t           callers;
};


/*
 * Tells whether a slot of the counters is free for another worker. pid is the process id that
 * stands in the slot, or 0. Returns 1 when it is 0 or that process has ended, 0 when it still
 * runs.
 */
ngx_uint_t ggi_status_gone(ngx_atomic_uint_t pid);


#endif
