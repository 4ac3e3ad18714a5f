/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_json.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_provider.h"
#include "ggi_ngx_provider_peer.h"
#include "ggi_ngx_provider_tls.h"


/* A module that can pass calls on over TLS. Its configuration begins with the public part. */
static const char *const  ggi_provider_kinds[][2] = {
    { "ngx_http_proxy_module", "proxy" },
    { "ngx_http_grpc_module", "grpc" },
    { "ngx_http_uwsgi_module", "uwsgi" }
};

#define GGI_PROVIDER_KINDS  (sizeof(ggi_provider_kinds) / sizeof(ggi_provider_kinds[0]))


/* All modules that pass calls on. The configuration of each begins with the public part. */
static const char *const  ggi_provider_passes[] = {
    "ngx_http_proxy_module", "ngx_http_grpc_module", "ngx_http_uwsgi_module",
    "ngx_http_fastcgi_module", "ngx_http_scgi_module", "ngx_http_memcached_module"
};

#define GGI_PROVIDER_PASSES  (sizeof(ggi_provider_passes) / sizeof(ggi_provider_passes[0]))


/* How the calls of a location leave. */
typedef struct {
    const ggi_dienst_loc_conf_t  *location;
    ngx_http_upstream_conf_t     *upstream;     /* NULL: not over TLS */
    const char                   *prefix;       /* of the directives for that */
} ggi_provider_way_t;


ngx_int_t
ggi_provider_expect(ngx_conf_t *cf, ngx_array_t *oins)
{
    char                   *text;
    size_t                  size;
    ggi_json_t              json;
    ngx_uint_t              i;
    const ggi_str_t        *oin;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);
    dlcf->aanbieders = oins;

    if (oins == NULL) {
        return NGX_OK;
    }

    /* each OIN with two quotes, and a comma or the bracket that ends the array */

    size = 1 + oins->nelts * (GGI_OIN_LEN + 3);
    text = ngx_pnalloc(cf->pool, size);
    if (text == NULL) {
        return NGX_ERROR;
    }

    ggi_json_init(&json, text, size);
    ggi_json_open(&json, NULL, '[');

    for (oin = oins->elts, i = 0; i < oins->nelts; i++) {
        ggi_json_plain(&json, NULL, oin[i].data, oin[i].len);
    }

    ggi_json_close(&json, ']');
    dlcf->aanbieders_json.data = text;
    dlcf->aanbieders_json.len = ggi_json_len(&json);

    return NGX_OK;
}


void
ggi_provider_judged_by(ngx_conf_t *cf, const ggi_provider_judge_t *judge)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dmcf->judge = judge;
}


/* Returns the module of a name that is loaded or built in, or NULL when there is none. */
static ngx_module_t *
ggi_provider_module(ngx_conf_t *cf, const char *name)
{
    ngx_module_t  **module;

    module = cf->cycle->modules;

    while (*module && ngx_strcmp((*module)->name, name) != 0) {
        module++;
    }

    return *module;
}


/*
 * Finds the way by which the calls of a location can leave over TLS by the directives of one
 * kind. Returns 1, or 0 when they do not leave so. Where the address has variables, nginx tells
 * only that it may be one with TLS.
 */
static ngx_uint_t
ggi_provider_way_of(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf, ngx_uint_t kind,
    ggi_provider_way_t *way)
{
    ngx_module_t              *module;
    ngx_http_upstream_conf_t  *upstream;

    module = ggi_provider_module(cf, ggi_provider_kinds[kind][0]);
    upstream = module ? dlcf->loc_conf[module->ctx_index] : NULL;

    if (upstream == NULL || upstream->ssl == NULL || upstream->ssl->ctx == NULL) {
        return 0;
    }

    way->location = dlcf;
    way->upstream = upstream;
    way->prefix = ggi_provider_kinds[kind][1];

    return 1;
}


/*
 * Finds the way of a location that is judged by "ggi_functie_aanbieder": to a server that the
 * configuration names before one to an address with variables.
 */
static void
ggi_provider_find_way(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf,
    ggi_provider_way_t *way)
{
    ngx_uint_t  i;

    way->location = dlcf;
    way->upstream = NULL;

    for (i = 0; i < GGI_PROVIDER_KINDS; i++) {

        if (ggi_provider_way_of(cf, dlcf, i, way) && way->upstream->upstream) {
            return;
        }
    }
}


/* Returns 1 when the block around a location has the same way, as it has for an "if". */
static ngx_uint_t
ggi_provider_said(ngx_conf_t *cf, ngx_uint_t kind, const ggi_provider_way_t *way)
{
    ggi_provider_way_t               around;
    const ngx_http_core_loc_conf_t  *clcf;
    const ggi_dienst_loc_conf_t     *parent;

    clcf = way->location->loc_conf[ngx_http_core_module.ctx_index];
    parent = way->location->parent;

    if (!clcf->noname || parent == NULL || parent->loc_conf == NULL
        || parent->place.role != GGI_ROLE_AFNEMER)
    {
        return 0;
    }

    return parent->aanbieders == way->location->aanbieders
           && ggi_provider_way_of(cf, parent, kind, &around)
           && around.upstream->ssl == way->upstream->ssl
           && around.upstream->ssl_verify == way->upstream->ssl_verify;
}


/* Notes what the location lacks. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_provider_lack(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf,
    const char *format, const char *prefix)
{
    u_char  what[256];

    (void) ngx_snprintf(what, sizeof(what), format, &dlcf->place.dienst, prefix, prefix);

    return ggi_conf_lack(cf, (char *) what, dlcf->block_file, dlcf->block_line);
}


static void
ggi_provider_warn(ngx_conf_t *cf, const ggi_provider_way_t *way)
{
    ngx_http_complex_value_t     *certificate;
    const ggi_dienst_loc_conf_t  *dlcf;

    dlcf = way->location;
    certificate = way->upstream->ssl_certificate;

    if (dlcf->aanbieders == NULL) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "nothing says who provides dienst \"%V\": whoever has a certificate "
                      "of a CA of \"%s_ssl_trusted_certificate\" gets its calls; add "
                      "\"ggi_functie_aanbieder\" with the OIN of the provider, in %s:%ui",
                      &dlcf->place.dienst, way->prefix, dlcf->block_file, dlcf->block_line);
    }

    if (certificate == NULL || certificate->value.len == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the provider of dienst \"%V\" does not learn which organisation "
                      "calls: add \"%s_ssl_certificate\" with the certificate of the own "
                      "organisation, in %s:%ui", &dlcf->place.dienst, way->prefix,
                      dlcf->block_file, dlcf->block_line);
    }
}


/*
 * Says what a location of the role afnemer lacks for one of its ways. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_provider_check_way(ngx_conf_t *cf, const ggi_provider_way_t *way)
{
    if (!way->upstream->ssl_verify) {
        return ggi_provider_lack(cf, way->location,
                                 "dienst \"%V\" has role=afnemer, and its calls leave for a "
                                 "provider that nothing verifies: it needs \"%s_ssl_verify "
                                 "on;\" with \"%s_ssl_trusted_certificate\"%Z", way->prefix);
    }

    ggi_provider_warn(cf, way);

    return NGX_OK;
}


/*
 * Says what a location of the role afnemer lacks. An "if" has the ways of the location around it
 * beside its own, and each of them counts. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_provider_check_ways(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t               kind, found;
    ggi_provider_way_t       way;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    if (dlcf->aanbieders && dmcf->judge == NULL) {
        return ggi_provider_lack(cf, dlcf,
                                 "dienst \"%V\" has \"ggi_functie_aanbieder\", which needs "
                                 "\"load_module\" of ngx_http_ggi_pkio_module.so%Z", NULL);
    }

    for (found = 0, kind = 0; kind < GGI_PROVIDER_KINDS; kind++) {

        if (!ggi_provider_way_of(cf, dlcf, kind, &way)) {
            continue;
        }

        found = 1;

        if (!ggi_provider_said(cf, kind, &way) && ggi_provider_check_way(cf, &way) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (!found && dlcf->aanbieders) {
        return ggi_provider_lack(cf, dlcf,
                                 "dienst \"%V\" has \"ggi_functie_aanbieder\", which needs "
                                 "\"%s_pass https://...\": only TLS shows who provides it%Z",
                                 "proxy");
    }

    return NGX_OK;
}


/* Has what OpenSSL says of the provider noted on each way of a location. */
static void
ggi_provider_watch_ways(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t          kind;
    ggi_provider_way_t  way;

    for (kind = 0; kind < GGI_PROVIDER_KINDS; kind++) {

        if (ggi_provider_way_of(cf, dlcf, kind, &way)) {
            ggi_provider_watch(way.upstream->ssl->ctx);
        }
    }
}


/*
 * Keeps the calls of a location from leaving by another way than the one that is judged, such
 * as that of an "if" in it, which has the other one as well: to an address with variables. One
 * to a server that the configuration names is found when a call is about to leave by it.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_provider_bar_others(ngx_conf_t *cf, const ggi_provider_way_t *way)
{
    ngx_uint_t                 i;
    ngx_module_t              *module;
    ngx_http_upstream_conf_t  *upstream;

    for (i = 0; i < GGI_PROVIDER_PASSES; i++) {
        module = ggi_provider_module(cf, ggi_provider_passes[i]);
        upstream = module ? way->location->loc_conf[module->ctx_index] : NULL;

        if (upstream && upstream != way->upstream && upstream->upstream == NULL
            && ggi_provider_bar(cf, upstream) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Looks at a location of the role afnemer, and has its providers judged. Returns NGX_OK, or
 * NGX_ERROR after a message or without memory.
 */
static ngx_int_t
ggi_provider_check_location(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf)
{
    ggi_provider_way_t               way;
    const ngx_http_core_loc_conf_t  *clcf;

    clcf = dlcf->loc_conf[ngx_http_core_module.ctx_index];

    if (clcf->handler && ggi_provider_check_ways(cf, dlcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (dlcf->aanbieders == NULL) {
        ggi_provider_watch_ways(cf, dlcf);
        return NGX_OK;
    }

    ggi_provider_find_way(cf, dlcf, &way);

    if (ggi_provider_bar_others(cf, &way) != NGX_OK) {
        return NGX_ERROR;
    }

    return way.upstream ? ggi_provider_install(cf, way.upstream) : NGX_OK;
}


ngx_int_t
ggi_provider_check(ngx_conf_t *cf)
{
    ngx_uint_t               i;
    ggi_dienst_loc_conf_t  **dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {

        if (dlcf[i]->place.role != GGI_ROLE_AFNEMER) {
            dlcf[i]->aanbieders = NULL;

        } else if (ggi_provider_check_location(cf, dlcf[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
