/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_authorise.h"
#include "ggi_ngx_fetcher.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_str.h"


/* A call that waits for its profile. */
typedef struct {
    ngx_http_request_t  *request;
    ggi_call_t          *call;
    ggi_fetch_waiter_t   waiter;
    ngx_uint_t           done;
    ngx_int_t            rc;            /* of the gate, once done */
} ggi_authorise_ctx_t;


static ggi_fetcher_t  ggi_authorise_fetcher;

static const ggi_str_t  ggi_authorise_destination = ggi_str("Destination");


/*
 * Returns where the len bytes at data, which are of a profile, will be found for as long as
 * the request lives: where they are when the profile is lasting, or in a copy. Returns NULL
 * without memory.
 */
static const char *
ggi_authorise_keep(ngx_http_request_t *r, const char *data, size_t len,
    ngx_uint_t lasting)
{
    char  *copy;

    if (lasting || len == 0) {
        return lasting ? data : "";
    }

    copy = ngx_pnalloc(r->pool, len);

    return copy ? memcpy(copy, data, len) : NULL;
}


/* Sets dst to a string of a profile. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_authorise_text(ngx_http_request_t *r, ggi_str_t *dst, ggi_str_t src,
    ngx_uint_t lasting)
{
    dst->data = ggi_authorise_keep(r, src.data, src.len, lasting);
    dst->len = dst->data ? src.len : 0;

    return dst->data ? NGX_OK : NGX_ERROR;
}


/*
 * Keeps the claims that a profile allows. They may be many, so that they are
 * copied in one piece: a profile holds the strings of a list one behind the
 * other.
 */
static ngx_int_t
ggi_authorise_list(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ggi_ref_t list, ngx_uint_t lasting)
{
    size_t       i;
    ggi_str_t   *items, first, last;
    const char  *copy;

    items = ngx_palloc(r->pool, (list.len + 1) * sizeof(ggi_str_t));
    if (items == NULL) {
        return NGX_ERROR;
    }

    call->found.profile_doelbindingen = items;
    call->found.profile_doelbindingen_n = 0;

    if (list.len == 0) {
        return NGX_OK;
    }

    first = ggi_profile_item(profile, list, 0);
    last = ggi_profile_item(profile, list, list.len - 1);
    copy = ggi_authorise_keep(r, first.data,
                              (size_t) (last.data + last.len - first.data), lasting);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < list.len; i++) {
        items[i] = ggi_profile_item(profile, list, i);
        items[i].data = copy + (items[i].data - first.data);
    }

    call->found.profile_doelbindingen_n = list.len;

    return NGX_OK;
}


/* Takes from the profile what later gates and the record need. */
static ngx_int_t
ggi_authorise_findings(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, const ggi_profile_dienst_t *dienst,
    ngx_uint_t lasting)
{
    ngx_int_t  rc;

    rc = ggi_authorise_text(r, &call->found.profile_versie,
                            ggi_profile_text(profile, profile->versie_text), lasting);
    rc |= ggi_authorise_text(r, &call->found.profile_glo,
                             ggi_profile_text(profile, profile->glo), lasting);

    /*
     * a profile without the dienst says nothing of its claims, which counts where
     * this gate observes
     */

    if (dienst == NULL || rc != NGX_OK) {
        return rc;
    }

    return ggi_authorise_list(r, call, profile, dienst->doelbindingen, lasting);
}


static ngx_int_t
ggi_authorise_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


/*
 * Judges the path that a call that is allowed so far would write to, as the one that it
 * names. A path that cannot be read is none that a profile has.
 */
static void
ggi_authorise_judge_destination(ggi_call_t *call, const ggi_profile_t *profile,
    ggi_profile_query_t *query)
{
    const ggi_profile_dienst_t  *dienst;

    if (call->reason != GGI_REASON_NONE || !call->state.writes) {
        return;
    }

    query->path = call->destination;
    call->reason = ggi_profile_judge(profile, query, &dienst);

    if (call->reason != GGI_REASON_NONE) {
        call->header = ggi_authorise_destination;
    }
}


/*
 * Judges by a profile; lasting 1: it lives longer than the request, and not in a cache.
 * Returns NGX_OK; NGX_DECLINED when the call is refused; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_authorise_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ngx_uint_t lasting)
{
    ggi_profile_query_t          query;
    const ggi_profile_dienst_t  *dienst;

    query.now = ngx_time();
    query.oin = call->found.oin;
    query.dienst = call->dienst;
    query.method = call->method;
    query.path = call->path;
    query.on_behalf_of = call->origin;

    call->reason = ggi_profile_judge(profile, &query, &dienst);

    ggi_authorise_judge_destination(call, profile, &query);

    if (ggi_authorise_findings(r, call, profile, dienst, lasting) != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->reason == GGI_REASON_NONE && call->state.origin_malformed) {
        call->reason = GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    if (call->reason != GGI_REASON_NONE) {
        return NGX_DECLINED;
    }

    if (!ggi_str_eq(call->origin, call->found.oin)) {
        call->found.on_behalf_of = call->origin;
    }

    return NGX_OK;
}


/* Judges by a profile in the cache, which is locked meanwhile. */
static void
ggi_authorise_use(void *data, const ggi_profile_t *profile, ngx_msec_t age)
{
    ggi_authorise_ctx_t *ctx = data;

    ctx->rc = ggi_authorise_judge(ctx->request, ctx->call, profile, 0);
    ctx->call->found.profile_age = age;
}


/*
 * Judges without an answer of Redis: by a profile that was valid and is not too
 * old, or else refuses.
 */
static void
ggi_authorise_stale(ggi_authorise_ctx_t *ctx)
{
    ggi_cache_state_e  state;

    state = ggi_cache_look(ggi_authorise_fetcher.cache, ctx->call->found.oin,
                           ggi_authorise_fetcher.subscription.live, 1,
                           ggi_authorise_use, ctx);

    if (state == GGI_CACHE_NEGATIVE) {
        ctx->rc = ggi_authorise_refuse(ctx->call,
                                         GGI_REASON_PROFILE_NOT_FOUND);

    } else if (state == GGI_CACHE_MISS || state == GGI_CACHE_FAULTY) {
        ctx->rc = ggi_authorise_refuse(ctx->call,
                                         GGI_REASON_PROFILE_UNAVAILABLE);

    } else if (state == GGI_CACHE_STALE) {
        ctx->call->found.profile_stale = 1;
        ggi_metric_add(GGI_METRIC_STALE, 1);
    }
}


static void
ggi_authorise_done(void *data, ggi_fetch_result_e result,
    const ggi_profile_t *profile)
{
    ggi_authorise_ctx_t *ctx = data;

    switch (result) {

    case GGI_FETCH_FOUND:
        ctx->rc = ggi_authorise_judge(ctx->request, ctx->call, profile, 0);
        break;

    case GGI_FETCH_NONE:
        ctx->rc = ggi_authorise_refuse(ctx->call,
                                         GGI_REASON_PROFILE_NOT_FOUND);
        break;

    default:
        ggi_authorise_stale(ctx);
    }

    ctx->done = 1;
    ggi_call_resume(ctx->request);
}


static void
ggi_authorise_ctx_cleanup(void *data)
{
    ggi_authorise_ctx_t *ctx = data;

    ggi_fetch_leave(&ctx->waiter);
}


/*
 * Waits for the profile. stale: there is an older one that can serve, so that
 * nothing waits for an attempt to reach Redis.
 */
static ngx_int_t
ggi_authorise_wait(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t stale)
{
    ngx_int_t               rc;
    ngx_http_cleanup_t     *cln;
    ggi_authorise_ctx_t  *ctx;

    cln = ngx_http_cleanup_add(r, sizeof(ggi_authorise_ctx_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ggi_authorise_ctx_t));
    ctx->request = r;
    ctx->call = call;
    ctx->waiter.done = ggi_authorise_done;
    ctx->waiter.data = ctx;
    cln->handler = ggi_authorise_ctx_cleanup;

    rc = ggi_fetcher_wait(&ggi_authorise_fetcher, call->found.oin, !stale,
                        &ctx->waiter);

    if (rc == NGX_DECLINED) {
        ggi_authorise_stale(ctx);
        return ctx->rc;
    }

    if (rc == NGX_AGAIN) {
        ngx_http_set_ctx(r, ctx, ngx_http_ggi_autorisatie_module);
    }

    return rc;
}


static ngx_int_t
ggi_authorise_from_redis(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_cache_state_e       state;
    ggi_authorise_ctx_t  *ctx, now;

    ctx = ngx_http_get_module_ctx(r, ngx_http_ggi_autorisatie_module);

    if (ctx && ctx->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_autorisatie_module);
        return ctx->rc;
    }

    now.request = r;
    now.call = call;

    state = ggi_cache_look(ggi_authorise_fetcher.cache, call->found.oin,
                           ggi_authorise_fetcher.subscription.live, 0,
                           ggi_authorise_use, &now);

    switch (state) {

    case GGI_CACHE_AGING:
        ggi_metric_add(GGI_METRIC_LOOKUP_HIT, 1);
        ggi_fetcher_ahead(&ggi_authorise_fetcher, call->found.oin);
        return now.rc;

    case GGI_CACHE_FRESH:
        ggi_metric_add(GGI_METRIC_LOOKUP_HIT, 1);
        return now.rc;

    case GGI_CACHE_NEGATIVE:
        ggi_metric_add(GGI_METRIC_LOOKUP_NONE, 1);
        return ggi_authorise_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);

    case GGI_CACHE_FAULTY:
        ggi_metric_add(GGI_METRIC_LOOKUP_FAULTY, 1);
        ggi_authorise_stale(&now);
        return now.rc;

    case GGI_CACHE_STALE:
        ggi_metric_add(GGI_METRIC_LOOKUP_EXPIRED, 1);
        return ggi_authorise_wait(r, call, 1);

    default:
        ggi_metric_add(GGI_METRIC_LOOKUP_MISS, 1);
        return ggi_authorise_wait(r, call, 0);
    }
}


ngx_int_t
ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    const ggi_profile_t          *profile;
    ggi_autorisatie_main_conf_t  *amcf;

    if (call->found.oin.len == 0) {
        return ggi_authorise_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_autorisatie_module);

    if (amcf->profiles == NULL) {
        return ggi_authorise_from_redis(r, call);
    }

    profile = ggi_profiles_find(amcf->profiles, call->found.oin);

    if (profile == NULL) {
        return ggi_authorise_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    return ggi_authorise_judge(r, call, profile, 1);
}


ngx_int_t
ggi_authorise_start(ggi_autorisatie_main_conf_t *amcf, ngx_log_t *log)
{
    return ggi_fetcher_start(&ggi_authorise_fetcher, amcf->redis, &amcf->cache,
                             log);
}


void
ggi_authorise_stop(void)
{
    if (ggi_authorise_fetcher.conf) {
        ggi_fetcher_stop(&ggi_authorise_fetcher);
    }
}
