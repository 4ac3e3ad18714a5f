/* SPDX-License-Identifier: EUPL-1.2 */

/* What the API gets of an admitted call: what was judged, not what the caller claimed. */

#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_connection.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_forward.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_uri.h"
#include "ggi_ngx_variables.h"


/* Gives the API a header with the value that the gates have established; "": none. */
static ngx_int_t
ggi_forward_established(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_name_t *name, ggi_str_t value)
{
    return value.len ? ggi_header_set(r, filter, name, value)
                     : ggi_header_remove_one(r, *filter, name);
}


/* Gives the API a header with the string of the findings at offset. */
static ngx_int_t
ggi_forward_finding(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_call_t *call, ggi_name_t *name, size_t offset)
{
    return ggi_forward_established(r, filter, name, ggi_finding(&call->found, offset));
}


/* Returns 1 when a gate of this location establishes what a part of the claim says, 0 otherwise. */
static ngx_uint_t
ggi_forward_is_established(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_claim_part_t *part)
{
    return part->offset[call->role] != GGI_HEADER_AS_SENT
           && ggi_gate_mode(r, part->gate) != GGI_MODE_OFF;
}


ngx_uint_t
ggi_forward_claim(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_name_t *name, ggi_str_t *value)
{
    ngx_uint_t              i;
    ggi_claim_part_t       *part;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
    part = dlcf->claims ? dlcf->claims->elts : NULL;

    for (i = 0; part && i < dlcf->claims->nelts; i++) {
        if (ggi_name_is(&part[i].name, name)
            && ggi_forward_is_established(r, call, &part[i]))
        {
            *value = ggi_finding(&call->found, part[i].offset[call->role]);
            return 1;
        }
    }

    return 0;
}


/* Gives the API the parts of the claim that the gates have established, as established. */
static ngx_int_t
ggi_forward_claims(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_call_t *call, ngx_array_t *claims)
{
    ngx_uint_t         i;
    ggi_claim_part_t  *part;

    part = claims->elts;

    for (i = 0; i < claims->nelts; i++) {
        if (ggi_forward_is_established(r, call, &part[i])
            && ggi_forward_finding(r, filter, call, &part[i].name,
                                   part[i].offset[call->role]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Gives the API of another organisation, of what applications have told their own
 * gateway, what the configuration says, as it was established.
 */
static ngx_int_t
ggi_forward_inside(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_call_t *call, const ggi_dienst_loc_conf_t *dlcf)
{
    ngx_uint_t     i;
    ggi_inside_t  *outside;

    if (ggi_header_remove_all(r, *filter, &dlcf->inside) != NGX_OK) {
        return NGX_ERROR;
    }

    outside = dlcf->outside ? dlcf->outside->elts : NULL;

    for (i = 0; outside && i < dlcf->outside->nelts; i++) {
        if (ggi_forward_finding(r, filter, call, &outside[i].name, outside[i].offset)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Gives the API the organisation that the call is made for. */
static ngx_int_t
ggi_forward_origin(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_call_t *call, ggi_name_t *name)
{
    if (call->found.on_behalf_of.len || call->role == GGI_ROLE_AFNEMER) {
        return ggi_forward_established(r, filter, name, call->found.on_behalf_of);
    }

    if (call->origin.len == 0) {
        call->state.own_origin = call->found.oin.data;
    }

    return ggi_forward_established(r, filter, name, call->found.oin);
}


/* Takes away from the API what it may get from no caller. */
static ngx_int_t
ggi_forward_fixed(ngx_http_request_t *r, ggi_header_filter_t filter)
{
    static ggi_header_filter_t  removed, framing;

    if (removed == 0) {
        removed = ggi_header_names_filter(ggi_names_removed, ggi_names_removed_n);
        framing = ggi_header_names_filter(ggi_names_framing, ggi_names_framing_n);
    }

    if ((filter & (removed | framing)) == 0) {
        return NGX_OK;
    }

    return (ggi_header_remove(r, filter & removed, ggi_names_removed, ggi_names_removed_n)
            == NGX_OK
            && ggi_header_remove_misspelt(r, filter & framing, ggi_names_framing,
                                          ggi_names_framing_n)
               == NGX_OK)
           ? NGX_OK : NGX_ERROR;
}


/*
 * What the API sees of the call: the identifiers by which it is found in the
 * records, and the organisation for which it is made, established instead of
 * claimed. filter is that of the request's headers.
 */
static ngx_int_t
ggi_forward_headers(ngx_http_request_t *r, ggi_call_t *call, ggi_header_filter_t filter)
{
    ggi_str_t               traceparent = { GGI_TRACEPARENT_LEN, call->trace.traceparent };
    ggi_str_t               transaction = { GGI_UUID_LEN, call->transaction_id };
    ggi_dienst_loc_conf_t  *dlcf;

    if (ggi_forward_fixed(r, filter) != NGX_OK
        || ggi_connection_forward(r, &filter) != NGX_OK)
    {
        return NGX_ERROR;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (((filter & dlcf->removed_filter)
         && ggi_header_remove(r, filter & dlcf->removed_filter, dlcf->removed->elts,
                              dlcf->removed->nelts)
            != NGX_OK)
        || (call->role == GGI_ROLE_AFNEMER
            && ggi_forward_inside(r, &filter, call, dlcf) != NGX_OK)
        || (dlcf->claims
            && ggi_forward_claims(r, &filter, call, dlcf->claims) != NGX_OK)
        || ggi_header_set(r, &filter, &ggi_name_traceparent, traceparent) != NGX_OK
        || ggi_header_set(r, &filter, &ggi_name_transaction, transaction) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ggi_header_maybe(filter, &ggi_name_oin)
        && ggi_header_find(r, &ggi_name_oin, NULL)
        && ggi_forward_established(r, &filter, &ggi_name_oin, call->found.oin) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_forward_origin(r, &filter, call, &dlcf->origin);
}


/* Variables that were evaluated before the gates hold what the caller sent. */
static void
ggi_forward_variables(ngx_http_request_t *r)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    ggi_variables_forget(r, &dmcf->sent);
}


ngx_int_t
ggi_forward_call(ngx_http_request_t *r, ggi_call_t *call)
{
    /*
     * The path that was judged, everywhere: proxy_pass would send the caller's
     * spelling of it, and $request_uri holds that, by which FastCGI and uwsgi
     * applications find their way. No other module has run since the gates began, or
     * since the call came back to where it was judged, so that the filter of then is good.
     */

    if (ggi_forward_headers(r, call, call->state.headers) != NGX_OK
        || ggi_uri_write(r, &r->unparsed_uri) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_forward_variables(r);

    return NGX_OK;
}


/*
 * Gives a subrequest the headers that were established for its call. Its own location
 * can name others.
 */
ngx_int_t
ggi_forward_subrequest(ngx_http_request_t *r, ggi_call_t *call)
{
    if (ggi_header_own(r) != NGX_OK
        || ggi_forward_headers(r, call, ggi_header_filter(r)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_forward_variables(r);

    return NGX_OK;
}
