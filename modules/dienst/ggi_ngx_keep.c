/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Answers that nginx keeps (proxy_cache and its kin, proxy_store): the answer to
 * one organisation must not become the answer to another. nginx -t warns of a
 * cache whose key does not tell calls apart by all that the gates judged, and
 * $ggi_cache_key is what such a key needs. It looks at the directives that pass calls on,
 * and so warns as well where the API gets no header of them.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_keep.h"
#include "ggi_ngx_variables.h"


#if (NGX_HTTP_CACHE)


#define GGI_KEEP_KINDS   4
#define GGI_KEEP_SEARCH  1024           /* bytes after the public part in which the key is */


/* A module that keeps answers. The configuration of each begins with ngx_http_upstream_conf_t. */
typedef struct {
    const char    *module;
    const char    *key;                 /* its directive for the key of its cache */
    const char    *store;
    const char    *headers;             /* "off": the API gets no header of the request */
} ggi_keep_kind_t;


/* One of them, as it is loaded. */
typedef struct {
    ngx_module_t  *module;              /* NULL: it is not */
    size_t         key;                 /* offset of its ngx_http_complex_value_t; 0: not known */
} ggi_keep_t;


static const ggi_keep_kind_t  ggi_keep_kinds[GGI_KEEP_KINDS] = {
    { "ngx_http_proxy_module", "proxy_cache_key", "proxy_store",
      "proxy_pass_request_headers" },
    { "ngx_http_fastcgi_module", "fastcgi_cache_key", "fastcgi_store",
      "fastcgi_pass_request_headers" },
    { "ngx_http_uwsgi_module", "uwsgi_cache_key", "uwsgi_store",
      "uwsgi_pass_request_headers" },
    { "ngx_http_scgi_module", "scgi_cache_key", "scgi_store",
      "scgi_pass_request_headers" }
};

static ngx_str_t  ggi_keep_probe = ngx_string("ggi");


/*
 * Finds where a module keeps its key in a configuration that is private to it:
 * makes an empty one, has the module's own directive set a key in it, and looks
 * for that. Returns 0 when it is not to be found.
 */
static size_t
ggi_keep_find_key(ngx_conf_t *cf, ngx_module_t *module, const char *directive)
{
    char               *conf;
    size_t              at, found;
    ngx_str_t           words[2], *value;
    ngx_conf_t          probe;
    ngx_array_t         args;
    ngx_command_t      *cmd;
    ngx_http_module_t  *ctx;

    ctx = module->ctx;

    for (cmd = module->commands; cmd && cmd->name.len; cmd++) {
        if (ngx_strcmp(cmd->name.data, directive) == 0) {
            break;
        }
    }

    if (cmd == NULL || cmd->name.len == 0 || ctx->create_loc_conf == NULL) {
        return 0;
    }

    words[0] = cmd->name;
    words[1] = ggi_keep_probe;

    ngx_memzero(&args, sizeof(ngx_array_t));
    args.elts = words;
    args.nelts = 2;
    args.size = sizeof(ngx_str_t);

    probe = *cf;
    probe.args = &args;
    probe.pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, cf->log);

    if (probe.pool == NULL) {
        return 0;
    }

    found = 0;
    conf = ctx->create_loc_conf(&probe);

    if (conf && cmd->set(&probe, cmd, conf) == NGX_CONF_OK) {

        for (at = sizeof(ngx_http_upstream_conf_t);
             found == 0
             && at < sizeof(ngx_http_upstream_conf_t) + GGI_KEEP_SEARCH;
             at += sizeof(void *))
        {
            value = (ngx_str_t *) (conf + at);

            if (value->len == ggi_keep_probe.len
                && value->data == ggi_keep_probe.data)
            {
                found = at;
            }
        }
    }

    ngx_destroy_pool(probe.pool);

    return found;
}


/* Returns 1 when a key holds the variable of this name, 0 otherwise. */
static ngx_uint_t
ggi_keep_key_has(ngx_conf_t *cf, const ngx_http_complex_value_t *key,
    const char *name)
{
    size_t                      len;
    ngx_uint_t                 *index;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    if (key == NULL || key->flushes == NULL) {
        return 0;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    v = cmcf->variables.elts;
    len = ngx_strlen(name);

    for (index = key->flushes; *index != (ngx_uint_t) -1; index++) {
        if (v[*index].name.len == len
            && ngx_memcmp(v[*index].name.data, name, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns 1 when a key tells calls apart by who makes them, for whom and for which
 * purpose; 0 otherwise.
 */
static ngx_uint_t
ggi_keep_key_tells(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf,
    const ngx_http_complex_value_t *key)
{
    u_char   origin[NGX_MAX_CONF_ERRSTR];
    u_char  *p;

    if (ggi_keep_key_has(cf, key, "ggi_cache_key")) {
        return 1;
    }

    /* the header with the organisation called on behalf of, which the gates establish */

    ngx_snprintf(origin, sizeof(origin) - 1, "http_%V%Z", &dlcf->origin.lowcase);

    for (p = origin; *p; p++) {
        if (*p == '-') {
            *p = '_';
        }
    }

    return ggi_keep_key_has(cf, key, "ggi_oin")
           && ggi_keep_key_has(cf, key, (char *) origin)
           && ggi_keep_key_has(cf, key, "ggi_doelbinding");
}


static const ngx_http_complex_value_t *
ggi_keep_key(const ggi_keep_t *keep, const ggi_dienst_loc_conf_t *dlcf)
{
    char  *conf;

    conf = dlcf->loc_conf[keep->module->ctx_index];

    return keep->key ? (ngx_http_complex_value_t *) (conf + keep->key) : NULL;
}


static void
ggi_keep_warn_cache(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf,
    const ggi_keep_kind_t *kind, const ggi_keep_t *keep,
    const ngx_http_upstream_conf_t *upstream)
{
    const ngx_http_complex_value_t  *key;

    key = ggi_keep_key(keep, dlcf);

    if (!ggi_keep_key_tells(cf, dlcf, key)) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the answers of dienst \"%V\" are cached, and the cache "
                      "gives one organisation what was answered to another: "
                      "put $ggi_cache_key into \"%s\", such as \"%s "
                      "$ggi_cache_key$scheme$proxy_host$request_uri;\", in "
                      "%s:%ui", &dlcf->place.dienst, kind->key, kind->key,
                      dlcf->block_file, dlcf->block_line);
    }

    if ((upstream->cache_methods & NGX_HTTP_POST)
        && !ggi_keep_key_has(cf, key, "request_body"))
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the answers of dienst \"%V\" to POST are cached, and "
                      "\"%s\" does not hold $request_body: the cache gives one "
                      "question what was answered to another, in %s:%ui",
                      &dlcf->place.dienst, kind->key, dlcf->block_file,
                      dlcf->block_line);
    }
}


/*
 * Returns the module that passes the calls of a location on, or NULL when the address
 * has variables, so that it is not known.
 */
static const ngx_module_t *
ggi_keep_passes(const ggi_keep_t *keeps, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t                 i;
    ngx_http_upstream_conf_t  *upstream;

    for (i = 0; i < GGI_KEEP_KINDS; i++) {

        if (keeps[i].module == NULL) {
            continue;
        }

        upstream = dlcf->loc_conf[keeps[i].module->ctx_index];

        if (upstream->upstream) {
            return keeps[i].module;
        }
    }

    return NULL;
}


/*
 * Returns 1 when a block has the cache of the location around it, as an "if" without
 * directives of its own does: one warning is enough for both.
 */
static ngx_uint_t
ggi_keep_said(const ggi_keep_t *keep, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_http_upstream_conf_t        *upstream, *outer;
    ngx_http_core_loc_conf_t        *clcf;
    const ngx_http_complex_value_t  *key, *outer_key;

    clcf = dlcf->loc_conf[ngx_http_core_module.ctx_index];

    if (!clcf->noname || dlcf->parent == NULL || dlcf->parent->loc_conf == NULL
        || dlcf->parent->place.dienst.len == 0)
    {
        return 0;
    }

    upstream = dlcf->loc_conf[keep->module->ctx_index];
    outer = dlcf->parent->loc_conf[keep->module->ctx_index];
    key = ggi_keep_key(keep, dlcf);
    outer_key = ggi_keep_key(keep, dlcf->parent);

    return upstream->cache == outer->cache && upstream->store == outer->store
           && upstream->cache_methods == outer->cache_methods
           && upstream->pass_request_headers == outer->pass_request_headers
           && (key == NULL || key->value.data == outer_key->value.data);
}


/* Warns of a location whose API gets no header of a call, so none that the gates set. */
static void
ggi_keep_warn_passed(ngx_conf_t *cf, const ggi_dienst_loc_conf_t *dlcf,
    const ggi_keep_kind_t *kind, const ngx_http_upstream_conf_t *upstream)
{
    if (!upstream->pass_request_headers) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"%s off\": the API of dienst \"%V\" gets no header of a "
                      "call, not even who calls, on whose behalf and in which "
                      "transaction; remove it, in %s:%ui",
                      kind->headers, &dlcf->place.dienst, dlcf->block_file,
                      dlcf->block_line);
    }
}


static void
ggi_keep_check_location(ngx_conf_t *cf, const ggi_keep_t *keeps,
    const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t                 i;
    const ngx_module_t        *passes;
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_upstream_conf_t  *upstream;

    clcf = dlcf->loc_conf[ngx_http_core_module.ctx_index];

    if (clcf->handler == NULL) {
        return;
    }

    passes = ggi_keep_passes(keeps, dlcf);

    for (i = 0; i < GGI_KEEP_KINDS; i++) {

        if (keeps[i].module == NULL || (passes && passes != keeps[i].module)
            || ggi_keep_said(&keeps[i], dlcf))
        {
            continue;
        }

        upstream = dlcf->loc_conf[keeps[i].module->ctx_index];

        ggi_keep_warn_passed(cf, dlcf, &ggi_keep_kinds[i], upstream);

        if (upstream->cache > 0) {
            ggi_keep_warn_cache(cf, dlcf, &ggi_keep_kinds[i], &keeps[i],
                                upstream);
        }

        if (upstream->store > 0 && upstream->store_lengths == NULL) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"%s on\" keeps the answers of dienst \"%V\" in "
                          "files that are told apart by nothing but the path "
                          "of the call: give it a path with $ggi_cache_key, or "
                          "remove it, in %s:%ui", ggi_keep_kinds[i].store,
                          &dlcf->place.dienst, dlcf->block_file,
                          dlcf->block_line);
        }
    }
}


void
ggi_keep_check(ngx_conf_t *cf, const ngx_array_t *locations)
{
    ngx_uint_t                i, k;
    ggi_keep_t                keeps[GGI_KEEP_KINDS];
    ggi_dienst_loc_conf_t   **dlcf;

    if (locations->nelts == 0) {
        return;
    }

    ngx_memzero(keeps, sizeof(keeps));

    for (i = 0; cf->cycle->modules[i]; i++) {
        for (k = 0; k < GGI_KEEP_KINDS; k++) {
            if (ngx_strcmp(cf->cycle->modules[i]->name,
                           ggi_keep_kinds[k].module)
                == 0)
            {
                keeps[k].module = cf->cycle->modules[i];
                keeps[k].key = ggi_keep_find_key(cf, keeps[k].module,
                                                 ggi_keep_kinds[k].key);
            }
        }
    }

    dlcf = locations->elts;

    for (i = 0; i < locations->nelts; i++) {
        ggi_keep_check_location(cf, keeps, dlcf[i]);
    }
}


#else


void
ggi_keep_check(ngx_conf_t *cf, const ngx_array_t *locations)
{
    /* this nginx keeps no answers */
}


#endif


ngx_int_t
ggi_cache_key_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    u_char      *p;
    size_t       len;
    ggi_str_t    key, name = ggi_str("ggi_cache_key");
    ggi_str_t    namens;
    ggi_call_t  *call;

    call = ggi_call_get(r);

    if (call == NULL || call->state.gate < GGI_GATES) {
        v->not_found = 1;
        return ggi_early_verdict(r, name);
    }

    namens = call->found.on_behalf_of.len ? call->found.on_behalf_of : call->found.oin;

    len = call->dienst.len + call->found.oin.len + namens.len + NGX_SIZE_T_LEN
          + call->found.niveau.len + call->found.consent_given.len + call->found.claim.len
          + sizeof("||||||") - 1;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    /*
     * with the length of the claim, which may hold anything, so that no part of a key
     * passes for another
     */

    key.data = (char *) p;
    key.len = (size_t) (ngx_snprintf(p, len, "%*s|%*s|%*s|%*s|%*s|%uz|%*s",
                                     call->dienst.len, call->dienst.data,
                                     call->found.oin.len, call->found.oin.data,
                                     namens.len, namens.data,
                                     call->found.niveau.len, call->found.niveau.data,
                                     call->found.consent_given.len,
                                     call->found.consent_given.data,
                                     call->found.claim.len,
                                     call->found.claim.len, call->found.claim.data)
                        - p);
    ggi_variable_set(v, key);

    return NGX_OK;
}
