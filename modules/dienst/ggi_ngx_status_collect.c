/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_status_collect.h"
#include "ggi_ngx_status_shared.h"


#define GGI_MODES  (GGI_MODE_ON + 1)


/* In how many locations of a dienst each gate has each mode. */
typedef ngx_uint_t  ggi_status_modes_t[GGI_GATES][GGI_MODES];


/*
 * Adds the callers whose certificate expires soon, and the calls of the busiest, to the
 * status. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_status_callers(ngx_pool_t *pool, ggi_status_shared_t *shared, ggi_status_t *status)
{
    ggi_expiry_t        *expiries;
    ggi_caller_shown_t  *callers;

    expiries = ngx_palloc(pool, GGI_EXPIRY_MAX * sizeof(ggi_expiry_t));
    callers = ngx_palloc(pool, (GGI_CALLERS_SHOWN + 2) * sizeof(ggi_caller_shown_t));

    if (expiries == NULL || callers == NULL) {
        return NGX_ERROR;
    }

    ngx_shmtx_lock(&shared->pool->mutex);
    status->expiries_n = ggi_expiry_list(&shared->expiries, (int64_t) status->now, expiries);
    ggi_callers_look(&shared->callers, status->now);
    status->callers_n = ggi_callers_list(&shared->callers, callers);
    ngx_shmtx_unlock(&shared->pool->mutex);

    status->expiries = expiries;
    status->callers = callers;

    return NGX_OK;
}


static void
ggi_status_values(const ggi_dienst_main_conf_t *dmcf, ggi_status_t *status)
{
    int                   live;
    ngx_uint_t            i;
    ggi_metric_e          metric;
    ggi_status_shared_t  *shared;

    shared = dmcf->shared;

    for (i = 0; i < GGI_STATUS_WORKERS; i++) {
        live = !ggi_status_gone(shared->slots[i].pid);

        for (metric = 0; metric < GGI_METRIC_COUNT; metric++) {
            ggi_status_merge(status, metric, shared->slots[i].values[metric], live);
        }
    }

    for (metric = 0; metric < GGI_METRIC_COUNT; metric++) {
        status->hidden[metric] = !dmcf->shown[metric];
    }
}


/* Sums up the parts of the calls of a dienst. */
static void
ggi_status_sum(ggi_status_dienst_t *dienst, const ggi_status_counts_t *counts)
{
    ngx_uint_t                i, k;
    const ggi_status_part_t  *part;

    ngx_memzero(dienst, sizeof(ggi_status_dienst_t));
    dienst->dienst.data = counts->dienst;
    dienst->dienst.len = counts->len;

    for (i = 0; i < GGI_STATUS_PARTS; i++) {
        part = &counts->parts[i];

        for (k = 0; k < GGI_REASON_COUNT; k++) {
            dienst->calls[k] += part->calls[k];
            dienst->would_refuse[k] += part->would_refuse[k];
        }

        for (k = 0; k < GGI_STATUS_CLASSES; k++) {
            dienst->upstream[k] += part->upstream[k];
        }

        ggi_histogram_merge(&dienst->duration, &part->duration);
        ggi_histogram_merge(&dienst->judging, &part->judging);
    }
}


static ngx_int_t
ggi_status_diensten(ngx_pool_t *pool, const ggi_status_shared_t *shared, ggi_status_t *status)
{
    size_t                      i;
    ggi_status_dienst_t        *dienst;
    const ggi_status_counts_t  *counts;

    for (counts = shared->diensten; counts; counts = counts->next) {
        status->n++;
    }

    dienst = ngx_palloc(pool, status->n * sizeof(ggi_status_dienst_t));
    if (dienst == NULL) {
        return NGX_ERROR;
    }

    status->diensten = dienst;

    for (counts = shared->diensten, i = 0; counts && i < status->n; counts = counts->next, i++) {
        ggi_status_sum(&dienst[i], counts);
    }

    return NGX_OK;
}


/* Counts the locations of each dienst, by the place of its counts in the list. */
static void
ggi_status_count_modes(const ggi_dienst_main_conf_t *dmcf, ggi_status_modes_t *modes, size_t n)
{
    ngx_uint_t               i;
    ggi_gate_e               gate;
    ggi_dienst_loc_conf_t  **dlcf;

    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        if (dlcf[i]->counts == NULL || dlcf[i]->counts->index >= n) {
            continue;
        }

        for (gate = 0; gate < GGI_GATES; gate++) {
            if (dmcf->gates[gate]
                && (ggi_gates[gate].roles & (ngx_uint_t) 1 << dlcf[i]->place.role))
            {
                modes[dlcf[i]->counts->index][gate][dlcf[i]->mode[gate]]++;
            }
        }
    }
}


static ngx_int_t
ggi_status_modes(ngx_pool_t *pool, const ggi_dienst_main_conf_t *dmcf, ggi_status_t *status)
{
    size_t               i;
    ggi_gate_e           gate;
    ggi_mode_e           mode;
    ggi_status_mode_t   *list;
    ggi_status_modes_t  *modes;

    static const char *const  names[GGI_MODES] = { "off", "observe", "on" };

    modes = ngx_pcalloc(pool, status->n * sizeof(ggi_status_modes_t));
    list = ngx_palloc(pool, status->n * GGI_GATES * GGI_MODES * sizeof(ggi_status_mode_t));

    if (modes == NULL || list == NULL) {
        return NGX_ERROR;
    }

    ggi_status_count_modes(dmcf, modes, status->n);
    status->modes = list;

    for (i = 0; i < status->n; i++) {
        for (gate = 0; gate < GGI_GATES; gate++) {
            for (mode = 0; mode < GGI_MODES; mode++) {
                if (modes[i][gate][mode] == 0) {
                    continue;
                }

                list[status->modes_n].dienst = status->diensten[i].dienst;
                list[status->modes_n].gate = ggi_gates[gate].name + sizeof("ggi_") - 1;
                list[status->modes_n].mode = names[mode];
                list[status->modes_n++].locations = modes[i][gate][mode];
            }
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_status_collect(ngx_http_request_t *r, ggi_status_t *status)
{
    ggi_str_t                nginx = ggi_str(NGINX_VERSION);
    ngx_time_t              *tp;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    tp = ngx_timeofday();

    ngx_memzero(status, sizeof(ggi_status_t));
    status->nginx = nginx;
    status->now = (uint64_t) tp->sec;
    status->offset = ((int64_t) tp->sec * 1000 + (int64_t) tp->msec
                      - (int64_t) ngx_current_msec) / 1000;

    ggi_status_values(dmcf, status);

    if (ggi_status_callers(r->pool, dmcf->shared, status) != NGX_OK
        || ggi_status_diensten(r->pool, dmcf->shared, status) != NGX_OK
        || ggi_status_modes(r->pool, dmcf, status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_status_provided(r->pool, status);
}
