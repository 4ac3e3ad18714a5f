/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * autorisatie: does the autorisatieprofiel of the calling organisation allow
 * this dienst, method and path, and the organisation it calls on behalf of.
 */

#include "ggi_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_fetch.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_variables.h"
#include "ggi_profiles.h"
#include "ggi_uri.h"


typedef struct {
    ggi_profiles_t      *profiles;      /* of the file; NULL: from Redis */
    ggi_redis_conf_t    *redis;
    ggi_cache_t          cache;
    u_char              *zone_file;     /* where ggi_autorisatie_zone stands; NULL: nowhere */
    ngx_uint_t           zone_line;
} ggi_autorisatie_main_conf_t;


/* A call that waits for its profile. */
typedef struct {
    ngx_http_request_t  *request;
    ggi_call_t          *call;
    ggi_fetch_waiter_t   waiter;
    ngx_uint_t           done;
    ngx_int_t            rc;            /* of the gate, once done */
} ggi_autorisatie_ctx_t;


static ngx_int_t ggi_autorisatie_add_variables(ngx_conf_t *cf);
static ngx_int_t ggi_autorisatie_init(ngx_conf_t *cf);
static ngx_int_t ggi_autorisatie_init_process(ngx_cycle_t *cycle);
static void ggi_autorisatie_exit_process(ngx_cycle_t *cycle);
static void *ggi_autorisatie_create_main_conf(ngx_conf_t *cf);
static char *ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_autorisatie_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_autorisatie_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_str_t  ggi_autorisatie_default_zone = ngx_string(
                                                       "ggi_profielen:16m");


static ngx_command_t  ggi_autorisatie_commands[] = {

    { ngx_string("ggi_autorisatie_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_autorisatie_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_autorisatie_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ggi_autorisatie_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_autorisatie_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ggi_autorisatie_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_autorisatie_module_ctx = {
    ggi_autorisatie_add_variables,      /* preconfiguration */
    ggi_autorisatie_init,               /* postconfiguration */

    ggi_autorisatie_create_main_conf,   /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    NULL,                               /* create location configuration */
    NULL                                /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_autorisatie_module = {
    NGX_MODULE_V1,
    &ggi_autorisatie_module_ctx,        /* module context */
    ggi_autorisatie_commands,           /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    ggi_autorisatie_init_process,       /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    ggi_autorisatie_exit_process,       /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static const ggi_finding_t  ggi_autorisatie_versie = {
    ggi_str("ggi_profiel_versie"), offsetof(ggi_findings_t, profile_versie),
    GGI_EARLY_VERSIE, GGI_GATES
};

static ngx_http_variable_t  ggi_autorisatie_vars[] = {

    { ngx_string("ggi_profiel_versie"), NULL, ggi_call_variable,
      (uintptr_t) &ggi_autorisatie_versie, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static ggi_fetcher_t  ggi_autorisatie_fetcher;


/* A string of the profile, copied: the profile may be gone when the call goes on. */
static ngx_int_t
ggi_autorisatie_copy(ngx_http_request_t *r, ggi_str_t *dst, ggi_str_t src)
{
    char  *p;

    p = ngx_pnalloc(r->pool, src.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, src.data, src.len);
    dst->data = p;
    dst->len = src.len;

    return NGX_OK;
}


/*
 * Copies the claims that a profile allows. They may be many and the zone is
 * locked, so that they are copied in one piece: a profile holds the strings of
 * a list one behind the other.
 */
static ngx_int_t
ggi_autorisatie_copy_list(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ggi_ref_t list)
{
    char       *copy;
    size_t      i;
    ggi_str_t  *items, first, last;

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
    copy = ngx_pnalloc(r->pool, (size_t) (last.data + last.len - first.data));
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(copy, first.data, (size_t) (last.data + last.len - first.data));

    for (i = 0; i < list.len; i++) {
        items[i] = ggi_profile_item(profile, list, i);
        items[i].data = copy + (items[i].data - first.data);
    }

    call->found.profile_doelbindingen_n = list.len;

    return NGX_OK;
}


/* What later gates and the record need of the profile. */
static ngx_int_t
ggi_autorisatie_findings(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, const ggi_profile_dienst_t *dienst)
{
    ngx_int_t  rc;

    rc = ggi_autorisatie_copy(r, &call->found.profile_versie,
                          ggi_profile_text(profile, profile->versie_text));
    rc |= ggi_autorisatie_copy(r, &call->found.profile_glo,
                               ggi_profile_text(profile, profile->glo));

    /* a profile without the dienst says nothing of its claims, which counts where this gate observes */

    if (dienst == NULL || rc != NGX_OK) {
        return rc;
    }

    return ggi_autorisatie_copy_list(r, call, profile, dienst->doelbindingen);
}


static ngx_int_t
ggi_autorisatie_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


/*
 * COPY and MOVE write to the path in their header Destination, which an API or
 * nginx's dav_methods follows: sets path to it. Returns NGX_DECLINED when the
 * call has no such path, NGX_OK with an empty one when it cannot be read, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_autorisatie_destination(ngx_http_request_t *r, ggi_call_t *call,
    ggi_str_t *path)
{
    char             *buffer;
    ggi_str_t         reference, copy = ggi_str("COPY"), move = ggi_str("MOVE");
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    static const ggi_name_t  destination = ggi_name("Destination",
                                                    "destination");

    if (!ggi_str_eq(call->method, copy) && !ggi_str_eq(call->method, move)) {
        return NGX_DECLINED;
    }

    h = ggi_header_find(r, &destination, &n);

    if (h == NULL) {
        return NGX_DECLINED;
    }

    reference = ggi_from_ngx_str(h->value);
    buffer = ngx_pnalloc(r->pool, reference.len + 1);

    if (buffer == NULL) {
        return NGX_ERROR;
    }

    if (n != 1 || !ggi_uri_path(reference, buffer, path)) {
        path->data = buffer;
        path->len = 0;
    }

    return NGX_OK;
}


/* Judges the path that a call that was let through would write to as the one that it names. */
static ngx_int_t
ggi_autorisatie_judge_destination(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ggi_profile_query_t *query)
{
    ngx_int_t                    rc;
    const ggi_profile_dienst_t  *dienst;

    if (call->reason != GGI_REASON_NONE) {
        return NGX_OK;
    }

    rc = ggi_autorisatie_destination(r, call, &query->path);

    if (rc == NGX_OK) {
        call->reason = ggi_profile_judge(profile, query, &dienst);
    }

    return rc == NGX_ERROR ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ggi_autorisatie_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile)
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

    if (ggi_autorisatie_judge_destination(r, call, profile, &query) != NGX_OK
        || ggi_autorisatie_findings(r, call, profile, dienst) != NGX_OK)
    {
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


/* Judges by a profile of the cache. */
static void
ggi_autorisatie_use(void *data, const ggi_profile_t *profile, ngx_msec_t age)
{
    ggi_autorisatie_ctx_t *ctx = data;

    ctx->rc = ggi_autorisatie_judge(ctx->request, ctx->call, profile);
    ctx->call->found.profile_age = age;
}


/* Without an answer of Redis: by a profile that was valid and is not too old, or not at all. */
static void
ggi_autorisatie_stale(ggi_autorisatie_ctx_t *ctx)
{
    ggi_cache_state_e  state;

    state = ggi_cache_look(ggi_autorisatie_fetcher.cache, ctx->call->found.oin,
                           ggi_autorisatie_fetcher.live, 1,
                           ggi_autorisatie_use, ctx);

    if (state == GGI_CACHE_NEGATIVE) {
        ctx->rc = ggi_autorisatie_refuse(ctx->call,
                                         GGI_REASON_PROFILE_NOT_FOUND);

    } else if (state == GGI_CACHE_MISS || state == GGI_CACHE_FAULTY) {
        ctx->rc = ggi_autorisatie_refuse(ctx->call,
                                         GGI_REASON_PROFILE_UNAVAILABLE);

    } else if (state == GGI_CACHE_STALE) {
        ctx->call->found.profile_stale = 1;
        ggi_metric_add(GGI_METRIC_STALE, 1);
    }
}


static void
ggi_autorisatie_done(void *data, ggi_fetch_result_e result,
    const ggi_profile_t *profile)
{
    ggi_autorisatie_ctx_t *ctx = data;

    switch (result) {

    case GGI_FETCH_FOUND:
        ctx->rc = ggi_autorisatie_judge(ctx->request, ctx->call, profile);
        break;

    case GGI_FETCH_NONE:
        ctx->rc = ggi_autorisatie_refuse(ctx->call,
                                         GGI_REASON_PROFILE_NOT_FOUND);
        break;

    default:
        ggi_autorisatie_stale(ctx);
    }

    ctx->done = 1;
    ggi_call_resume(ctx->request);
}


static void
ggi_autorisatie_ctx_cleanup(void *data)
{
    ggi_autorisatie_ctx_t *ctx = data;

    ggi_fetch_leave(&ctx->waiter);
}


/* Waits for the profile. stale: there is one that serves, so that no attempt to reach Redis is waited for. */
static ngx_int_t
ggi_autorisatie_wait(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t stale)
{
    ngx_int_t               rc;
    ngx_http_cleanup_t     *cln;
    ggi_autorisatie_ctx_t  *ctx;

    cln = ngx_http_cleanup_add(r, sizeof(ggi_autorisatie_ctx_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ggi_autorisatie_ctx_t));
    ctx->request = r;
    ctx->call = call;
    ctx->waiter.done = ggi_autorisatie_done;
    ctx->waiter.data = ctx;
    cln->handler = ggi_autorisatie_ctx_cleanup;

    rc = ggi_fetch_wait(&ggi_autorisatie_fetcher, call->found.oin, !stale,
                        &ctx->waiter);

    if (rc == NGX_DECLINED) {
        ggi_autorisatie_stale(ctx);
        return ctx->rc;
    }

    if (rc == NGX_AGAIN) {
        ngx_http_set_ctx(r, ctx, ngx_http_ggi_autorisatie_module);
    }

    return rc;
}


static ngx_int_t
ggi_autorisatie_from_redis(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_cache_state_e       state;
    ggi_autorisatie_ctx_t  *ctx, now;

    ctx = ngx_http_get_module_ctx(r, ngx_http_ggi_autorisatie_module);

    if (ctx && ctx->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_autorisatie_module);
        return ctx->rc;
    }

    now.request = r;
    now.call = call;

    state = ggi_cache_look(ggi_autorisatie_fetcher.cache, call->found.oin,
                           ggi_autorisatie_fetcher.live, 0,
                           ggi_autorisatie_use, &now);

    switch (state) {

    case GGI_CACHE_AGING:
        ggi_metric_add(GGI_METRIC_LOOKUP_HIT, 1);
        ggi_fetch_ahead(&ggi_autorisatie_fetcher, call->found.oin);
        return now.rc;

    case GGI_CACHE_FRESH:
        ggi_metric_add(GGI_METRIC_LOOKUP_HIT, 1);
        return now.rc;

    case GGI_CACHE_NEGATIVE:
        ggi_metric_add(GGI_METRIC_LOOKUP_NONE, 1);
        return ggi_autorisatie_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);

    case GGI_CACHE_FAULTY:
        ggi_metric_add(GGI_METRIC_LOOKUP_NONE, 1);
        ggi_autorisatie_stale(&now);
        return now.rc;

    case GGI_CACHE_STALE:
        ggi_metric_add(GGI_METRIC_LOOKUP_EXPIRED, 1);
        return ggi_autorisatie_wait(r, call, 1);

    default:
        ggi_metric_add(GGI_METRIC_LOOKUP_MISS, 1);
        return ggi_autorisatie_wait(r, call, 0);
    }
}


static ngx_int_t
ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    const ggi_profile_t          *profile;
    ggi_autorisatie_main_conf_t  *amcf;

    if (call->found.oin.len == 0) {
        return ggi_autorisatie_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_autorisatie_module);

    if (amcf->profiles == NULL) {
        return ggi_autorisatie_from_redis(r, call);
    }

    profile = ggi_profiles_find(amcf->profiles, call->found.oin);

    if (profile == NULL) {
        return ggi_autorisatie_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    return ggi_autorisatie_judge(r, call, profile);
}


static ngx_int_t
ggi_autorisatie_add_variables(ngx_conf_t *cf)
{
    if (ggi_core_bind(cf, &ngx_http_ggi_autorisatie_module) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_variables_add(cf, ggi_autorisatie_vars);
}


static int
ggi_autorisatie_has(const void *data, ggi_str_t dienst)
{
    return ggi_profiles_have(data, dienst);
}


static ngx_int_t
ggi_autorisatie_init(ngx_conf_t *cf)
{
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf,
                                              ngx_http_ggi_autorisatie_module);

    if (amcf->profiles == NULL && amcf->redis == NULL
        && ggi_gate_require(cf, GGI_GATE_AUTORISATIE,
                            "\"ggi_autorisatie_redis\" or "
                            "\"ggi_autorisatie_file\" in http")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (amcf->profiles) {
        ggi_gate_warn_diensten(cf, GGI_GATE_AUTORISATIE, ggi_autorisatie_has,
                               amcf->profiles,
                               "profile of \"ggi_autorisatie_file\"");
    }

    if (amcf->zone_file && amcf->redis == NULL) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ggi_autorisatie_zone\" has no effect without "
                      "\"ggi_autorisatie_redis\", in %s:%ui",
                      amcf->zone_file, amcf->zone_line);
    }

    if (amcf->redis && amcf->cache.zone == NULL
        && ggi_cache_zone(cf, &amcf->cache, &ggi_autorisatie_default_zone, 1,
                          &ngx_http_ggi_autorisatie_module)
           != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_AUTORISATIE,
                             ggi_autorisatie_handler);
}


static ngx_int_t
ggi_autorisatie_init_process(ngx_cycle_t *cycle)
{
    ggi_autorisatie_main_conf_t  *amcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL
        || !ggi_process_serves())
    {
        return NGX_OK;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_autorisatie_module);

    if (amcf == NULL || amcf->redis == NULL) {
        return NGX_OK;
    }

    return ggi_fetcher_start(&ggi_autorisatie_fetcher, amcf->redis,
                             &amcf->cache, cycle->log);
}


static void
ggi_autorisatie_exit_process(ngx_cycle_t *cycle)
{
    if (ggi_autorisatie_fetcher.conf) {
        ggi_fetcher_stop(&ggi_autorisatie_fetcher);
    }
}


static void *
ggi_autorisatie_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_autorisatie_main_conf_t));
}


static int
ggi_autorisatie_read_file(void *data, const char *file, ggi_fault_t *fault)
{
    return ggi_profiles_read(data, file, fault);
}


static void
ggi_autorisatie_free_file(void *data)
{
    ggi_profiles_free(data);
}


static char *
ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    static const ggi_source_kind_t  kind = {
        "profiles", sizeof(ggi_profiles_t),
        ggi_autorisatie_read_file, ggi_autorisatie_free_file,
        GGI_METRIC_PROFILE_FILE, NULL
    };

    if (amcf->profiles) {
        return "is duplicate";
    }

    if (amcf->redis) {
        return "stands beside \"ggi_autorisatie_redis\": there is one source";
    }

    amcf->profiles = ggi_conf_read(cf, &kind);

    return amcf->profiles ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static char *
ggi_autorisatie_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    ngx_str_t  *value;

    if (amcf->cache.zone) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    amcf->zone_file = cf->conf_file->file.name.data;
    amcf->zone_line = cf->conf_file->line;

    return ggi_cache_zone(cf, &amcf->cache, &value[1], cf->args->nelts - 1,
                          &ngx_http_ggi_autorisatie_module);
}


static char *
ggi_autorisatie_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    if (amcf->redis) {
        return "is duplicate";
    }

    if (amcf->profiles) {
        return "stands beside \"ggi_autorisatie_file\": there is one source";
    }

    amcf->redis = ngx_pcalloc(cf->pool, sizeof(ggi_redis_conf_t));
    if (amcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    return ggi_redis_directive(cf, amcf->redis);
}
