/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the gates of all workers count, kept in shared memory. For counting nothing is
 * locked: a worker writes to a slot of its own, and the calls of a dienst are counted by
 * atomic additions. Callers whose certificate expires soon are noted under the lock of
 * the memory, once a minute at the most; a worker that finds it taken does not wait.
 */

#include "ggi_expiry.h"
#include "ggi_ngx_array.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_pool.h"

#include <signal.h>


#define GGI_STATUS_WORKERS  256
#define GGI_STATUS_ROOM     (512 * 1024)        /* for diensten that a reload adds */


/* Of a worker, in cache lines of its own. */
typedef struct {
    ngx_atomic_t            pid;        /* 0: free */
    ngx_atomic_t            values[GGI_METRIC_COUNT];
} __attribute__((aligned(NGX_CPU_CACHE_LINE))) ggi_status_slot_t;


struct ggi_status_counts_s {
    ggi_status_counts_t    *next;
    ngx_atomic_t            calls[GGI_REASON_COUNT];
    ngx_atomic_t            would_refuse[GGI_REASON_COUNT];
    size_t                  len;
    char                    dienst[1];
};


struct ggi_status_shared_s {
    ggi_status_counts_t    *diensten;   /* only ever added to, by the master */
    ggi_expiries_t          expiries;   /* written under the mutex of the pool */
    ngx_slab_pool_t        *pool;       /* of this memory */
    ggi_status_slot_t       slots[GGI_STATUS_WORKERS];
};


/* The values of a process without a slot: they are written to, and never read. */
static ngx_atomic_t   ggi_status_unseen[GGI_METRIC_COUNT];

/* The metrics of this worker, by ggi_metric_e. */
static ngx_atomic_t  *ggi_metric_values = ggi_status_unseen;

static ggi_status_slot_t  *ggi_status_slot;

/* The dienst of calls that ended before it was known for which one they were. */
static ngx_str_t  ggi_status_unknown = ngx_string("");

static ngx_str_t  ggi_status_zone_name = ngx_string("ggi_status");


void
ggi_metric_add(ggi_metric_e metric, ngx_uint_t n)
{
    ggi_metric_values[metric] += n;
}


void
ggi_metric_set(ggi_metric_e metric, ngx_uint_t value)
{
    ggi_metric_values[metric] = value;
}


ngx_int_t
ggi_status_provide(ngx_conf_t *cf, ggi_status_pt provider)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    return ggi_array_add(&dmcf->providers, &provider);
}


static ggi_status_counts_t *
ggi_status_counts(ggi_status_shared_t *shared, ngx_slab_pool_t *pool,
    ngx_str_t *dienst)
{
    ggi_status_counts_t  *counts, **last;

    for (last = &shared->diensten; *last; last = &(*last)->next) {
        counts = *last;

        if (counts->len == dienst->len
            && ngx_memcmp(counts->dienst, dienst->data, dienst->len) == 0)
        {
            return counts;
        }
    }

    counts = ngx_slab_calloc(pool, sizeof(ggi_status_counts_t) + dienst->len);
    if (counts == NULL) {
        return NULL;
    }

    counts->len = dienst->len;
    ngx_memcpy(counts->dienst, dienst->data, dienst->len);

    /* workers of the configuration before read the list meanwhile */

    ngx_memory_barrier();
    *last = counts;

    return counts;
}


static ngx_int_t
ggi_status_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_uint_t                i;
    ngx_slab_pool_t          *pool;
    ggi_status_shared_t      *shared;
    ggi_dienst_loc_conf_t   **dlcf;
    ggi_dienst_main_conf_t   *dmcf;

    dmcf = zone->data;
    pool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data) {
        shared = pool->data;

    } else {
        shared = ngx_slab_calloc(pool, sizeof(ggi_status_shared_t));
        if (shared == NULL) {
            return NGX_ERROR;
        }

        pool->data = shared;
        shared->pool = pool;
    }

    dmcf->shared = shared;
    dmcf->counts = ggi_status_counts(shared, pool, &ggi_status_unknown);
    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        dlcf[i]->counts = ggi_status_counts(shared, pool,
                                            &dlcf[i]->place.dienst);

        if (dlcf[i]->counts == NULL) {
            ngx_log_error(NGX_LOG_WARN, zone->shm.log, 0,
                          "no room to count the calls of dienst \"%V\": its "
                          "status is empty until nginx is started anew",
                          &dlcf[i]->place.dienst);
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_metrics_init(ngx_conf_t *cf)
{
    size_t                   size;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    /* in steps: a zone of another size is a new one, that begins at 0 */

    size = dmcf->locations.nelts * 2 * sizeof(ggi_status_counts_t);
    size = ngx_align(size, GGI_STATUS_ROOM) + GGI_STATUS_ROOM;

    return ggi_zone_add(cf, &ggi_status_zone_name, size, &ngx_http_ggi_dienst_module,
                        ggi_status_init_zone, dmcf)
           ? NGX_OK : NGX_ERROR;
}


/* Notes the caller of a call when its certificate expires soon. */
static void
ggi_status_note_expiry(ggi_status_shared_t *shared, const ggi_findings_t *found)
{
    int64_t  now, not_after;

    now = ngx_time();
    not_after = found->certificate_expires;

    if (not_after == 0 || !ggi_expiry_near(not_after, now)
        || found->oin.len != GGI_OIN_LEN
        || ggi_expiry_known(&shared->expiries, found->oin, not_after, now)
        || !ngx_shmtx_trylock(&shared->pool->mutex))
    {
        return;
    }

    ggi_expiry_note(&shared->expiries, found->oin, not_after, now);
    ngx_shmtx_unlock(&shared->pool->mutex);
}


void
ggi_status_count(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_status_counts_t          *counts;
    ggi_dienst_main_conf_t       *dmcf;
    const ggi_dienst_loc_conf_t  *dlcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    dlcf = call->state.judged;
    counts = call->dienst.len ? dlcf->counts : dmcf->counts;
    call->state.counted = 1;

    if (dmcf->shared) {
        ggi_status_note_expiry(dmcf->shared, &call->found);
    }

    if (counts == NULL) {
        return;
    }

    (void) ngx_atomic_fetch_add(&counts->calls[call->reason], 1);

    if (call->would_refuse) {
        (void) ngx_atomic_fetch_add(&counts->would_refuse[call->would_refuse],
                                    1);
    }
}


/* A worker that crashed leaves its slot to another one. */
static ngx_uint_t
ggi_status_gone(ngx_atomic_uint_t pid)
{
    return pid == 0 || (kill((ngx_pid_t) pid, 0) == -1 && ngx_errno == ESRCH);
}


/*
 * Counters go on from those of the worker before. What this worker has set
 * before it had a slot is moved there.
 */
static void
ggi_status_take(ggi_status_slot_t *slot)
{
    ggi_metric_e  i;

    for (i = 0; i < GGI_METRIC_COUNT; i++) {
        if (ggi_metric_get(i)->kind == GGI_KIND_COUNTER) {
            slot->values[i] += ggi_metric_values[i];
        } else {
            slot->values[i] = ggi_metric_values[i];
        }
    }

    ggi_status_slot = slot;
    ggi_metric_values = slot->values;
    ggi_metric_set(GGI_METRIC_WORKERS, 1);
}


/* After the exit of all modules, each of which may still count: the pool of the cycle goes then. */
static void
ggi_status_leave(void *data)
{
    ggi_metric_values = ggi_status_unseen;
    (void) ngx_atomic_cmp_set(&ggi_status_slot->pid,
                              (ngx_atomic_uint_t) ngx_pid, 0);
    ggi_status_slot = NULL;
}


void
ggi_metrics_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t               i;
    ggi_metric_e             metric;
    ngx_atomic_uint_t        pid;
    ngx_pool_cleanup_t      *cln;
    ggi_status_shared_t     *shared;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_dienst_module);
    shared = dmcf->shared;

    if (shared == NULL || !ggi_process_serves()) {
        return;
    }

    cln = ngx_pool_cleanup_add(cycle->pool, 0);
    if (cln == NULL) {
        return;
    }

    for (metric = 0; metric < GGI_METRIC_COUNT; metric++) {
        if (dmcf->made[metric]) {
            ggi_metric_set(metric, (ngx_uint_t) dmcf->made[metric]);
        }
    }

    for (i = 0; i < GGI_STATUS_WORKERS; i++) {
        pid = shared->slots[i].pid;

        if (ggi_status_gone(pid)
            && ngx_atomic_cmp_set(&shared->slots[i].pid, pid,
                                  (ngx_atomic_uint_t) ngx_pid))
        {
            ggi_status_take(&shared->slots[i]);

            if (ngx_process == NGX_PROCESS_WORKER) {
                cln->handler = ggi_status_leave;
            }

            return;
        }
    }

    ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                  "more than %d workers: \"ggi_status\" does not show this one",
                  GGI_STATUS_WORKERS);
}


/*
 * Adds the callers whose certificate expires soon to the status. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_status_expiries(ngx_pool_t *pool, ggi_status_shared_t *shared,
    ggi_status_t *status)
{
    ggi_expiry_t  *list;

    list = ngx_palloc(pool, GGI_EXPIRY_MAX * sizeof(ggi_expiry_t));
    if (list == NULL) {
        return NGX_ERROR;
    }

    ngx_shmtx_lock(&shared->pool->mutex);
    status->expiries_n = ggi_expiry_list(&shared->expiries,
                                         (int64_t) status->now, list);
    ngx_shmtx_unlock(&shared->pool->mutex);
    status->expiries = list;

    return NGX_OK;
}


/* Adds what the gates tell by themselves. */
static ngx_int_t
ggi_status_provided(ngx_http_request_t *r, const ngx_array_t *providers,
    ggi_status_t *status)
{
    ngx_uint_t      i;
    ggi_status_pt  *provide;

    provide = providers->elts;

    for (i = 0; i < providers->nelts; i++) {
        if (provide[i](r, status) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_metrics_collect(ngx_http_request_t *r, ggi_status_t *status)
{
    int                      live;
    ggi_str_t                nginx = ggi_str(NGINX_VERSION);
    ngx_uint_t               i;
    ggi_metric_e             metric;
    ggi_reason_e             reason;
    ggi_status_dienst_t     *dienst;
    ggi_status_counts_t     *counts;
    ggi_status_shared_t     *shared;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    shared = dmcf->shared;

    ngx_memzero(status, sizeof(ggi_status_t));
    status->nginx = nginx;
    status->now = (uint64_t) ngx_time();
    status->uptime = ngx_current_msec / 1000;

    if (ggi_status_expiries(r->pool, shared, status) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < GGI_STATUS_WORKERS; i++) {
        live = !ggi_status_gone(shared->slots[i].pid);

        for (metric = 0; metric < GGI_METRIC_COUNT; metric++) {
            ggi_status_merge(status, metric, shared->slots[i].values[metric],
                             live);
        }
    }

    for (counts = shared->diensten; counts; counts = counts->next) {
        status->n++;
    }

    dienst = ngx_palloc(r->pool, status->n * sizeof(ggi_status_dienst_t));
    if (dienst == NULL) {
        return NGX_ERROR;
    }

    status->diensten = dienst;

    for (counts = shared->diensten, i = 0; i < status->n;
         counts = counts->next, i++)
    {
        dienst[i].dienst.data = counts->dienst;
        dienst[i].dienst.len = counts->len;

        for (reason = 0; reason < GGI_REASON_COUNT; reason++) {
            dienst[i].calls[reason] = counts->calls[reason];
            dienst[i].would_refuse[reason] = counts->would_refuse[reason];
        }
    }

    return ggi_status_provided(r, &dmcf->providers, status);
}
