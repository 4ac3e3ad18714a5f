/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What the gates of all workers count, kept in shared memory. For counting nothing is
 * locked: a worker writes to a slot of its own, and calls are counted by atomic additions,
 * those of a dienst in a part that few other workers write to. Callers whose certificate
 * expires soon are noted under the lock of the memory, once a minute at the most; a worker
 * that finds it taken does not wait.
 */

#include "ggi_ngx_array.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_pool.h"
#include "ggi_ngx_status_shared.h"

#include <signal.h>


#define GGI_STATUS_ROOM     (512 * 1024)        /* for diensten that a reload adds */


/* The values of a process without a slot: they are written to, and never read. */
static ngx_atomic_t   ggi_status_unseen[GGI_METRIC_COUNT];

/* The metrics of this worker, by ggi_metric_e. */
static ngx_atomic_t  *ggi_metric_values = ggi_status_unseen;

static ggi_status_slot_t  *ggi_status_slot;

/* Which part of the calls of each dienst this worker counts in. */
static ngx_uint_t  ggi_status_part;

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


ngx_int_t
ggi_status_provided(ngx_pool_t *pool, ggi_status_t *status)
{
    ngx_uint_t               i;
    ggi_status_pt           *provide;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle, ngx_http_ggi_dienst_module);
    provide = dmcf->providers.elts;

    for (i = 0; i < dmcf->providers.nelts; i++) {
        if (provide[i](pool, status) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_status_add(ngx_pool_t *pool, ggi_status_t *status, const ggi_status_family_t *family)
{
    ggi_status_family_t  *copy;

    copy = ngx_palloc(pool, sizeof(ggi_status_family_t));
    if (copy == NULL) {
        return NGX_ERROR;
    }

    *copy = *family;
    copy->next = status->families;
    status->families = copy;

    return NGX_OK;
}


static ggi_status_counts_t *
ggi_status_counts(ggi_status_shared_t *shared, ngx_slab_pool_t *pool,
    ngx_str_t *dienst)
{
    ngx_uint_t            index;
    ggi_status_counts_t  *counts, **last;

    for (index = 0, last = &shared->diensten; *last; last = &(*last)->next, index++) {
        counts = *last;

        if (counts->len == dienst->len
            && ngx_memcmp(counts->dienst, dienst->data, dienst->len) == 0)
        {
            return counts;
        }
    }

    /* more than half a page, so that it begins with a page and its parts with cache lines */

    counts = ngx_slab_calloc(pool, sizeof(ggi_status_counts_t) + dienst->len);
    if (counts == NULL) {
        return NULL;
    }

    counts->index = index;
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


void
ggi_metric_show(ngx_conf_t *cf, ggi_metric_e from, ggi_metric_e to)
{
    ggi_metric_e             metric;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    for (metric = from; metric <= to; metric++) {
        dmcf->shown[metric] = 1;
    }
}


ngx_uint_t
ggi_metric_shown(ngx_conf_t *cf, ggi_metric_e metric)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    return dmcf->shown[metric];
}


/* Has the metrics shown that are the core's own, and those of times, which say when they are. */
static void
ggi_metrics_show_own(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t               i;
    ggi_kind_e               kind;
    ggi_metric_e             metric;
    ggi_dienst_loc_conf_t  **dlcf;

    for (metric = 0; metric < GGI_METRIC_COUNT; metric++) {
        kind = ggi_metric_get(metric)->kind;

        if (kind == GGI_KIND_TIME || kind == GGI_KIND_MONOTONIC) {
            ggi_metric_show(cf, metric, metric);
        }
    }

    ggi_metric_show(cf, GGI_METRIC_WORKERS, GGI_METRIC_WORKERS);
    dmcf->made[GGI_METRIC_RELOADED] = ngx_time();
    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        if (dlcf[i]->aanbieders) {
            ggi_metric_show(cf, GGI_METRIC_PROVIDER_NOT_TRUSTED, GGI_METRIC_PROVIDER_NOT_TRUSTED);
        }
    }
}


ngx_int_t
ggi_metrics_init(ngx_conf_t *cf)
{
    size_t                   size;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    ggi_metrics_show_own(cf, dmcf);

    /* in steps: a zone of another size is a new one, that begins at 0 */

    size = dmcf->locations.nelts * 2 * ngx_align(sizeof(ggi_status_counts_t), ngx_pagesize);
    size = ngx_align(size, GGI_STATUS_ROOM) + GGI_STATUS_ROOM
           + ngx_align(sizeof(ggi_status_shared_t), GGI_STATUS_ROOM);

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
    ngx_msec_int_t                passed;
    ggi_status_part_t            *part;
    ggi_status_counts_t          *counts;
    ggi_dienst_main_conf_t       *dmcf;
    const ggi_dienst_loc_conf_t  *dlcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    dlcf = call->state.judged;
    counts = call->dienst.len ? dlcf->counts : dmcf->counts;
    call->state.counted = 1;

    if (dmcf->shared) {
        ggi_status_note_expiry(dmcf->shared, &call->found);
        ggi_callers_count(&dmcf->shared->callers, call->found.oin, call->reason);
    }

    if (counts == NULL) {
        return;
    }

    part = &counts->parts[ggi_status_part];
    (void) ngx_atomic_fetch_add(&part->calls[call->reason], 1);

    if (call->would_refuse) {
        (void) ngx_atomic_fetch_add(&part->would_refuse[call->would_refuse], 1);
    }

    if (call->state.judging) {
        passed = (ngx_msec_int_t) (ngx_current_msec - call->state.judging_since);
        ggi_histogram_add(&part->judging, (uint64_t) ngx_max(passed, 0));
        call->state.judging = 0;
    }
}


/* Returns the class of the status that came of the last server that a call was sent to. */
static ngx_uint_t
ggi_status_class(const ngx_http_upstream_state_t *state)
{
    ngx_uint_t  digit;

    digit = state->status / 100;

    return (digit < GGI_STATUS_CLASSES) ? digit : 0;
}


void
ggi_status_count_end(ngx_http_request_t *r, const ggi_call_t *call)
{
    ngx_msec_int_t                passed;
    ggi_status_part_t            *part;
    ngx_http_upstream_state_t    *state;
    const ggi_dienst_loc_conf_t  *dlcf;

    dlcf = call->state.judged;

    if (!call->state.admitted || dlcf->counts == NULL) {
        return;
    }

    part = &dlcf->counts->parts[ggi_status_part];

    if (!call->state.tunnel) {
        passed = (ngx_msec_int_t) (ngx_current_msec - (ngx_msec_t) call->started);
        ggi_histogram_add(&part->duration, (uint64_t) ngx_max(passed, 0));
    }

    if (r->upstream_states && r->upstream_states->nelts) {
        state = r->upstream_states->elts;
        state += r->upstream_states->nelts - 1;
        (void) ngx_atomic_fetch_add(&part->upstream[ggi_status_class(state)], 1);
    }
}


/* A worker that crashed leaves its slot to another one. */
ngx_uint_t
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
            ggi_status_part = i % GGI_STATUS_PARTS;

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
