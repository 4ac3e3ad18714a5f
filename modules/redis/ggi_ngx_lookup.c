/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_documents.h"
#include "ggi_ngx_fetcher.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_lookup.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_str.h"


/* A call that is judged by a document, or waits for it. */
typedef struct {
    ggi_lookup_conf_t   *conf;
    ngx_http_request_t  *request;
    ggi_call_t          *call;
    ggi_str_t            key;
    ggi_fetch_waiter_t   waiter;        /* the members from here are for one that waits */
    ngx_uint_t           done;
    ngx_int_t            rc;            /* of the gate, once done */
} ggi_lookup_ctx_t;


static const ggi_lookup_how_t  ggi_lookup_in_file = { .lasting = 1 };
static const ggi_lookup_how_t  ggi_lookup_none;
static const ggi_lookup_how_t  ggi_lookup_unknown = { .unavailable = 1 };


/* Has the gate judge a call by a document, or refuse it when document is NULL. */
static ngx_int_t
ggi_lookup_judge(const ggi_lookup_ctx_t *ctx, const void *document,
    const ggi_lookup_how_t *how)
{
    return ctx->conf->lookup->judge(ctx->request, ctx->call, document, how);
}


/* Has the gate refuse a call without a document. */
static ngx_int_t
ggi_lookup_without(const ggi_lookup_ctx_t *ctx, const ggi_lookup_how_t *how)
{
    return ggi_lookup_judge(ctx, NULL, how);
}


/* Has the gate judge by a document in the cache, which is locked meanwhile. */
static void
ggi_lookup_use(void *data, const ggi_compiled_t *document, ngx_uint_t stale,
    ngx_msec_t age)
{
    ggi_lookup_ctx_t  *ctx = data;
    ggi_lookup_how_t   how;

    how.unavailable = 0;
    how.lasting = 0;
    how.stale = stale;
    how.age = age;

    ctx->rc = ggi_lookup_judge(ctx, document, &how);
}


/* Looks the document of a call up in the cache; how is 0 or GGI_CACHE_SERVE_STALE. */
static ggi_cache_state_e
ggi_lookup_look(ggi_lookup_ctx_t *ctx, ngx_uint_t how)
{
    ggi_fetcher_t  *fetcher;

    fetcher = ctx->conf->lookup->fetcher;

    return ggi_cache_look(fetcher->cache, ctx->key, how | ggi_fetch_certain(fetcher),
                          ggi_lookup_use, ctx);
}


/*
 * Judges without an answer of Redis: by a document that was valid and is not too old, or
 * else refuses.
 */
static void
ggi_lookup_stale(ggi_lookup_ctx_t *ctx)
{
    ggi_cache_state_e  state;

    state = ggi_lookup_look(ctx, GGI_CACHE_SERVE_STALE);

    if (state == GGI_CACHE_NEGATIVE) {
        ctx->rc = ggi_lookup_without(ctx, &ggi_lookup_none);

    } else if (state == GGI_CACHE_MISS || state == GGI_CACHE_FAULTY) {
        ctx->rc = ggi_lookup_without(ctx, &ggi_lookup_unknown);

    } else if (state == GGI_CACHE_STALE) {
        ggi_metric_add(ctx->conf->lookup->kind->metrics.stale, 1);
    }
}


static void
ggi_lookup_done(void *data, ggi_fetch_result_e result,
    const ggi_compiled_t *document)
{
    ggi_lookup_ctx_t *ctx = data;

    switch (result) {

    case GGI_FETCH_FOUND:
        ggi_lookup_use(ctx, document, 0, 0);
        break;

    case GGI_FETCH_NONE:
        ctx->rc = ggi_lookup_without(ctx, &ggi_lookup_none);
        break;

    default:
        ggi_lookup_stale(ctx);
    }

    ctx->done = 1;
    ggi_call_resume(ctx->request);
}


static void
ggi_lookup_cleanup(void *data)
{
    ggi_lookup_ctx_t *ctx = data;

    ggi_fetch_leave(&ctx->waiter);
}


/*
 * Waits for the document. stale: there is an older one that can serve, so that nothing
 * waits for an attempt to reach Redis.
 */
static ngx_int_t
ggi_lookup_wait(const ggi_lookup_ctx_t *now, ngx_uint_t stale)
{
    ngx_int_t            rc;
    ggi_lookup_ctx_t    *ctx;
    ngx_http_cleanup_t  *cln;
    const ggi_lookup_t  *lookup;

    lookup = now->conf->lookup;

    if (!ggi_kind_key_valid(lookup->kind, now->key)) {
        return ggi_lookup_without(now, &ggi_lookup_none);
    }

    cln = ngx_http_cleanup_add(now->request, sizeof(ggi_lookup_ctx_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ggi_lookup_ctx_t));
    ctx->conf = now->conf;
    ctx->request = now->request;
    ctx->call = now->call;
    ctx->key = now->key;
    ctx->waiter.done = ggi_lookup_done;
    ctx->waiter.data = ctx;
    cln->handler = ggi_lookup_cleanup;

    rc = ggi_fetcher_wait(lookup->fetcher, ctx->key, !stale, &ctx->waiter);

    if (rc == NGX_DECLINED) {
        ggi_lookup_stale(ctx);
        return ctx->rc;
    }

    if (rc == NGX_AGAIN) {
        ngx_http_set_ctx(ctx->request, ctx, (*lookup->module));
    }

    return rc;
}


/* Has the gate judge a call by the cache, or by what Redis holds. */
static ngx_int_t
ggi_lookup_in_redis(ggi_lookup_ctx_t *now)
{
    const ggi_lookup_t        *lookup;
    const ggi_kind_metrics_t  *metrics;

    lookup = now->conf->lookup;
    metrics = &lookup->kind->metrics;

    switch (ggi_lookup_look(now, 0)) {

    case GGI_CACHE_AGING:
        ggi_metric_add(metrics->hit, 1);
        ggi_fetcher_ahead(lookup->fetcher, now->key);
        return now->rc;

    case GGI_CACHE_FRESH:
        ggi_metric_add(metrics->hit, 1);
        return now->rc;

    case GGI_CACHE_NEGATIVE:
        ggi_metric_add(metrics->none, 1);
        return ggi_lookup_without(now, &ggi_lookup_none);

    case GGI_CACHE_FAULTY:
        ggi_metric_add(metrics->faulty, 1);
        ggi_lookup_stale(now);
        return now->rc;

    case GGI_CACHE_STALE:
        ggi_metric_add(metrics->expired, 1);
        return ggi_lookup_wait(now, 1);

    default:
        ggi_metric_add(metrics->miss, 1);
        return ggi_lookup_wait(now, 0);
    }
}


/*
 * Goes on with a call whose document was waited for, or looks for the document. Not a
 * part of ggi_lookup(), since a gate with a file does not need what this takes of the stack.
 */
static __attribute__((noinline)) ngx_int_t
ggi_lookup_or_wait(ggi_lookup_conf_t *conf, ngx_http_request_t *r,
    ggi_call_t *call, ggi_str_t key)
{
    ggi_lookup_ctx_t  *ctx, now;

    ctx = ngx_http_get_module_ctx(r, (*conf->lookup->module));

    if (ctx && ctx->done) {
        ngx_http_set_ctx(r, NULL, (*conf->lookup->module));
        return ctx->rc;
    }

    now.conf = conf;
    now.request = r;
    now.call = call;
    now.key = key;

    return ggi_lookup_in_redis(&now);
}


ngx_int_t
ggi_lookup(ggi_lookup_conf_t *conf, ngx_http_request_t *r, ggi_call_t *call,
    ggi_str_t key)
{
    const void  *document;

    if (conf->file == NULL) {
        return ggi_lookup_or_wait(conf, r, call, key);
    }

    document = ggi_documents_find(conf->file, key);

    return conf->lookup->judge(r, call, document, &ggi_lookup_in_file);
}


ngx_int_t
ggi_lookup_start(const ggi_lookup_t *lookup, ngx_cycle_t *cycle)
{
    u_char             *main_conf;
    ggi_lookup_conf_t  *conf;

    main_conf = ggi_process_conf(cycle, lookup->module);

    if (main_conf == NULL) {
        return NGX_OK;
    }

    conf = (ggi_lookup_conf_t *) (void *) (main_conf + lookup->offset);

    return conf->redis ? ggi_fetcher_start(lookup->fetcher, conf->redis, &conf->cache,
                                           cycle->log)
                       : NGX_OK;
}


void
ggi_lookup_stop(const ggi_lookup_t *lookup)
{
    if (lookup->fetcher->conf) {
        ggi_fetcher_stop(lookup->fetcher);
    }
}
