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
#include "ggi_ngx_forward.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_uri.h"
#include "ggi_ngx_variables.h"


/*
 * A header that was read as the caller sent it, while some location of a dienst
 * may not pass it on like that.
 */
struct ggi_early_header_s {
    ggi_early_header_t  *next;
    const ggi_name_t    *name;
    const ngx_str_t     *variable;
    ggi_str_t            value;
};


/* What the API gets of these is not always what the caller sent. */
static const ggi_name_t  ggi_early_connection = ggi_name("Connection",
                                                         "connection");
static const ggi_name_t  ggi_early_upgrade = ggi_name("Upgrade", "upgrade");


/*
 * Gives $request_uri before the gates: the path that will be judged unless a rewrite
 * changes it, and not the caller's spelling of it.
 */
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


/* Returns 1 when a variable $http_... is that of a header, 0 otherwise. */
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


/* The header of a variable among those that applications send to their own gateway, or NULL. */
static const ggi_name_t *
ggi_early_inside(const ggi_dienst_loc_conf_t *dlcf, const ngx_str_t *variable)
{
    ngx_uint_t          i;
    const ggi_named_t  *named;

    for (i = 0; dlcf->place.role == GGI_ROLE_AFNEMER && i < GGI_HEADER_SLOTS; i++) {
        for (named = dlcf->inside.slots[i]; named; named = named->next) {
            if (ggi_early_is(variable, &named->name)) {
                return &named->name;
            }
        }
    }

    return NULL;
}


/* The header of a variable among those that the location of the request removes, or NULL. */
static const ggi_name_t *
ggi_early_removed(ngx_http_request_t *r, const ngx_str_t *variable)
{
    const ggi_name_t       *name;
    ggi_dienst_loc_conf_t  *dlcf;

    if (ggi_early_is(variable, &ggi_early_connection)) {
        return &ggi_early_connection;
    }

    if (ggi_early_is(variable, &ggi_early_upgrade)) {
        return ggi_connection_may_upgrade(r) ? NULL : &ggi_early_upgrade;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    name = dlcf->removed ? ggi_early_find(variable, dlcf->removed->elts,
                                          dlcf->removed->nelts)
                         : NULL;

    return name ? name : ggi_early_inside(dlcf, variable);
}


/*
 * Returns what the gates do with the header of a variable, and sets name to it unless
 * they leave it alone.
 */
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

    *name = ggi_early_removed(r, variable);

    if (*name) {
        return GGI_CLAIMED_REMOVED;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    *name = ggi_early_find(variable, dmcf->origins.elts, dmcf->origins.nelts);

    if (*name) {
        return (stage == GGI_STAGE_DIENST
                && !ggi_early_is(variable, &dlcf->origin))
               ? GGI_CLAIMED_VARYING : GGI_CLAIMED_ORIGIN;
    }

    *name = ggi_early_find(variable, dmcf->varying.elts, dmcf->varying.nelts);

    if (*name == NULL && ggi_early_is(variable, &ggi_early_upgrade)) {
        *name = &ggi_early_upgrade;
    }

    return *name ? GGI_CLAIMED_VARYING : GGI_CLAIMED_NOT;
}


/* A header that the gates establish: what they will, where the caller sent it. */
static ngx_int_t
ggi_early_established(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    ggi_claimed_e what, const ngx_str_t *variable)
{
    ggi_str_t    value;
    ggi_call_t  *call;

    if (what == GGI_CLAIMED_OIN) {
        value = ggi_early_ask(r, GGI_GATE_PKIO, offsetof(ggi_findings_t, oin));
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


/*
 * Returns 1 when a request that is past the phase of the gates, in a location without a
 * dienst, can still be redirected into one; 0 otherwise. What a variable of a "map"
 * gives by then, it gives in the dienst as well.
 */
static ngx_uint_t
ggi_early_on_its_way(ngx_http_request_t *r)
{
    ggi_dienst_loc_conf_t  *dlcf;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    return dscf->diensten && dlcf->place.dienst.len == 0
           && !r->main->header_sent && ggi_call_get(r) == NULL;
}


/*
 * Gives a header as the caller sent it, and remembers that. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_early_sent(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    ggi_claimed_e what, const ggi_name_t *name, const ngx_str_t *variable)
{
    ggi_str_t                value;
    ggi_early_t             *early;
    ggi_early_header_t      *header;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    if (dmcf->header(r, v, (uintptr_t) variable) != NGX_OK) {
        return NGX_ERROR;
    }

    value.data = (const char *) v->data;
    value.len = v->len;

    if (what == GGI_CLAIMED_OIN) {
        return ggi_early_note(r, GGI_EARLY_OIN, ggi_from_ngx_str(*variable),
                              value);
    }

    early = ggi_early_get(r);
    header = ngx_palloc(r->pool, sizeof(ggi_early_header_t));

    if (early == NULL || header == NULL) {
        return NGX_ERROR;
    }

    header->next = early->headers;
    header->name = name;
    header->variable = variable;
    header->value = value;
    early->headers = header;

    return NGX_OK;
}


/* $http_...: not what the caller claims in a header that the gates establish or remove. */
static ngx_int_t
ggi_early_header(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    const ngx_str_t *variable = (const ngx_str_t *) data;

    ngx_int_t                rc;
    ggi_stage_e              stage;
    ggi_claimed_e            what;
    const ggi_name_t        *name;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    stage = ggi_early_stage(r);

    if (stage == GGI_STAGE_LATE && ggi_early_on_its_way(r)) {
        stage = GGI_STAGE_PLAIN;
    }

    what = (stage == GGI_STAGE_LATE)
           ? GGI_CLAIMED_NOT : ggi_early_claimed(r, variable, stage, &name);

    /* what was established for the first dienst stands in the list of headers */

    if (stage == GGI_STAGE_AGAIN && what != GGI_CLAIMED_REMOVED
        && what != GGI_CLAIMED_VARYING)
    {
        what = GGI_CLAIMED_NOT;
    }

    if (what == GGI_CLAIMED_NOT || ggi_header_find(r, name, NULL) == NULL) {
        return dmcf->header(r, v, data);
    }

    if (stage == GGI_STAGE_PLAIN || what == GGI_CLAIMED_ORIGIN
        || what == GGI_CLAIMED_VARYING)
    {
        return ggi_early_sent(r, v, what, name, variable);
    }

    if (what == GGI_CLAIMED_REMOVED) {
        v->no_cacheable = 1;
        v->not_found = 1;
        return NGX_OK;
    }

    rc = ggi_early_established(r, v, what, variable);
    v->no_cacheable = 1;

    return rc;
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


/*
 * Returns 1 when the API gets a header as it was read before, by the rules of the
 * location that the call has come to; 0 otherwise.
 */
static ngx_uint_t
ggi_early_stands(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_early_header_t *header)
{
    ggi_str_t               value;
    ngx_uint_t              i;
    ggi_claimed_e           what;
    const ggi_name_t       *name;
    ggi_dienst_loc_conf_t  *dlcf;

    for (i = 0;
         (what = ggi_header_claimed(i, &name)) != GGI_CLAIMED_NOT
         && name != header->name;
         i++)
    {
        /* it is one of them, or another */
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (what == GGI_CLAIMED_TRACE) {
        value.data = call->trace.traceparent;
        value.len = GGI_TRACEPARENT_LEN;

    } else if (what == GGI_CLAIMED_TRANSACTION) {
        value.data = call->transaction_id;
        value.len = GGI_UUID_LEN;

    } else if (header->name == &ggi_early_connection) {
        value = ggi_connection_value(r);

    } else if (ggi_name_is(header->name, &dlcf->origin)) {
        value = (call->found.on_behalf_of.len || call->role == GGI_ROLE_AFNEMER)
                ? call->found.on_behalf_of : call->found.oin;

    } else if (!ggi_forward_claim(r, call, header->name, &value)) {
        return what != GGI_CLAIMED_REMOVED
               && ggi_early_removed(r, header->variable) == NULL;
    }

    return header->value.len == value.len
           && ngx_strncasecmp((u_char *) header->value.data,
                              (u_char *) value.data, value.len)
              == 0;
}


ggi_str_t
ggi_early_header_wrong(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_str_t            none = ggi_str("");
    ggi_early_header_t  *header;

    for (header = call->state.early->headers; header; header = header->next) {
        if (!ggi_early_stands(r, call, header)) {
            return ggi_from_ngx_str(*header->variable);
        }
    }

    return none;
}
