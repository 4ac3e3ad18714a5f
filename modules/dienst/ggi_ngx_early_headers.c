/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * $request_uri and $http_... before the gates: "if", "set", "rewrite" and
 * "return" get what the gates will make of them, or the call is refused.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_connection.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_early_headers.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_uri.h"
#include "ggi_ngx_variables.h"


/* What the API gets of these is not always what the caller sent. */
static const ggi_name_t  ggi_early_connection = ggi_name("Connection",
                                                         "connection");
static const ggi_name_t  ggi_early_upgrade = ggi_name("Upgrade", "upgrade");


/* $request_uri: the path that will be judged, unless a rewrite changes it, and not the caller's spelling of it. */
static ngx_int_t
ggi_early_request_uri(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ngx_int_t                rc;
    ngx_str_t                uri;
    ggi_str_t                name = ggi_str("request_uri");
    ggi_stage_e              stage;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    stage = ggi_early_stage(r);

    if (stage == GGI_STAGE_LATE || stage == GGI_STAGE_AGAIN) {
        return dmcf->request_uri(r, v, data);
    }

    if (ggi_uri_write(r, &uri) != NGX_OK) {
        return NGX_ERROR;
    }

    if (stage != GGI_STAGE_PLAIN) {
        ggi_variable_set(v, ggi_from_ngx_str(uri));
        v->no_cacheable = 1;            /* a location without a dienst gets it as it was sent */
        return NGX_OK;
    }

    rc = dmcf->request_uri(r, v, data);

    if (rc == NGX_OK && (v->len != uri.len
                         || ngx_memcmp(v->data, uri.data, uri.len) != 0))
    {
        return ggi_early_unsettle(r, name);
    }

    return rc;
}


/* Whether $http_... is that of a header. */
static ngx_uint_t
ggi_early_is(const ngx_str_t *variable, const ggi_name_t *name)
{
    size_t   i;
    u_char   ch;

    if (variable->len != sizeof("http_") - 1 + name->lowcase.len) {
        return 0;
    }

    for (i = 0; i < name->lowcase.len; i++) {
        ch = name->lowcase.data[i];

        if (variable->data[sizeof("http_") - 1 + i] != (ch == '-' ? '_' : ch)) {
            return 0;
        }
    }

    return 1;
}


static const ggi_name_t *
ggi_early_find(const ngx_str_t *variable, const ggi_name_t *names, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_early_is(variable, &names[i])) {
            return &names[i];
        }
    }

    return NULL;
}


/* What the gates do with the header of a variable; name gets the header, unless they leave it alone. */
static ggi_claimed_e
ggi_early_claimed(ngx_http_request_t *r, const ngx_str_t *variable,
    ggi_stage_e stage, const ggi_name_t **name)
{
    ngx_uint_t               i;
    ggi_claimed_e            what;
    ggi_dienst_loc_conf_t   *dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    for (i = 0; (what = ggi_header_claimed(i, name)) != GGI_CLAIMED_NOT; i++) {
        if (ggi_early_is(variable, *name)) {
            return what;
        }
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    *name = ggi_early_find(variable, &ggi_early_connection, 1);

    if (*name == NULL && !ggi_connection_may_upgrade(r)) {
        *name = ggi_early_find(variable, &ggi_early_upgrade, 1);
    }

    if (*name == NULL && dlcf->removed) {
        *name = ggi_early_find(variable, dlcf->removed->elts,
                               dlcf->removed->nelts);
    }

    if (*name) {
        return GGI_CLAIMED_REMOVED;
    }

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    *name = ggi_early_find(variable, dmcf->origins.elts, dmcf->origins.nelts);

    if (*name == NULL) {
        return GGI_CLAIMED_NOT;
    }

    return (stage == GGI_STAGE_DIENST && !ggi_early_is(variable, &dlcf->origin))
           ? GGI_CLAIMED_NOT : GGI_CLAIMED_ORIGIN;
}


/* A header that the gates establish: what they will, where the caller sent it. */
static ngx_int_t
ggi_early_established(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    ggi_claimed_e what, const ngx_str_t *variable)
{
    ggi_str_t    value;
    ggi_call_t  *call;

    if (what == GGI_CLAIMED_OIN) {
        value = ggi_early_ask(r, GGI_GATE_PKIO, offsetof(ggi_call_t, oin));
        ggi_variable_set(v, value);

        return ggi_early_note(r, GGI_EARLY_OIN, ggi_from_ngx_str(*variable),
                              value);
    }

    call = ggi_call_early(r);
    if (call == NULL) {
        return NGX_ERROR;
    }

    if (what == GGI_CLAIMED_TRACE) {
        value.data = call->trace.traceparent;
        value.len = GGI_TRACEPARENT_LEN;

    } else {
        value.data = call->transaction_id;
        value.len = GGI_UUID_LEN;
    }

    ggi_variable_set(v, value);

    return NGX_OK;
}


/* $http_...: not what the caller claims in a header that the gates establish or remove. */
static ngx_int_t
ggi_early_header(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    const ngx_str_t *variable = (const ngx_str_t *) data;

    ngx_int_t                rc;
    ggi_str_t                sent;
    ggi_stage_e              stage;
    ggi_claimed_e            what;
    const ggi_name_t        *name;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    stage = ggi_early_stage(r);

    what = (stage == GGI_STAGE_LATE || stage == GGI_STAGE_AGAIN)
           ? GGI_CLAIMED_NOT : ggi_early_claimed(r, variable, stage, &name);

    if (what == GGI_CLAIMED_NOT || ggi_header_find(r, name, NULL) == NULL) {
        return dmcf->header(r, v, data);
    }

    if (what != GGI_CLAIMED_ORIGIN && stage != GGI_STAGE_PLAIN) {
        v->no_cacheable = 1;

        if (what == GGI_CLAIMED_REMOVED) {
            v->not_found = 1;
            return NGX_OK;
        }

        rc = ggi_early_established(r, v, what, variable);
        v->no_cacheable = 1;

        return rc;
    }

    rc = dmcf->header(r, v, data);

    if (rc != NGX_OK || what == GGI_CLAIMED_REMOVED
        || what == GGI_CLAIMED_TRACE || what == GGI_CLAIMED_TRANSACTION)
    {
        return rc;
    }

    sent.data = (const char *) v->data;
    sent.len = v->len;

    return ggi_early_note(r, what == GGI_CLAIMED_OIN ? GGI_EARLY_OIN
                                                     : GGI_EARLY_ORIGIN,
                          ggi_from_ngx_str(*variable), sent);
}


/* Puts the two handlers above before nginx's own. */
ngx_int_t
ggi_early_init(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_hash_key_t             *key;
    ngx_http_variable_t        *v;
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {
        v = key[i].value;

        if (v->name.len == sizeof("request_uri") - 1
            && ngx_memcmp(v->name.data, "request_uri", v->name.len) == 0)
        {
            dmcf->request_uri = v->get_handler;
            v->get_handler = ggi_early_request_uri;
        }
    }

    v = cmcf->prefix_variables.elts;

    for (i = 0; i < cmcf->prefix_variables.nelts; i++) {

        if (v[i].name.len == sizeof("http_") - 1
            && ngx_memcmp(v[i].name.data, "http_", v[i].name.len) == 0)
        {
            dmcf->header = v[i].get_handler;
            v[i].get_handler = ggi_early_header;
        }
    }

    if (dmcf->request_uri == NULL || dmcf->header == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "this nginx has no variable \"$request_uri\" or no "
                      "\"$http_...\"");
        return NGX_ERROR;
    }

    return NGX_OK;
}
