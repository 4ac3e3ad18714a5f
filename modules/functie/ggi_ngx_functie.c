/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_functie.h"

#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_ngx_agreement.h"
#include "ggi_ngx_functie_conf.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_value.h"


/*
 * Looks at the headers of which a value is made. Returns NGX_OK; NGX_DECLINED when one of them
 * was sent more than once, or is malformed; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_functie_parts(ngx_http_request_t *r, const ggi_call_t *call, const ngx_array_t *parts)
{
    ngx_int_t    rc;
    ngx_uint_t   i;
    ggi_str_t    part;
    ggi_name_t  *name;

    name = parts ? parts->elts : NULL;

    for (rc = NGX_OK, i = 0; name && i < parts->nelts && rc == NGX_OK; i++) {
        rc = ggi_header_value_if(call->state.headers, r, &name[i], 1, &part);
    }

    return rc;
}


/*
 * Reads what a directive says of a call. Leaves *value empty when the call does not say
 * it, or not once, or in a malformed text. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_functie_read(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_tell_t *tell, ggi_str_t *value)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    ngx_memzero(value, sizeof(ggi_str_t));

    if (tell->value == NULL) {
        rc = ggi_header_value_if(call->state.headers, r, &tell->header, 1, value);

    } else {
        rc = ggi_functie_parts(r, call, tell->parts);

        if (rc == NGX_OK) {
            rc = ngx_http_complex_value(r, tell->value, &text);
        }

        if (rc == NGX_OK) {
            rc = ggi_value_read(r, ggi_from_ngx_str(text), 1, value);
        }
    }

    return (rc == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


/* Which of the values is at fault when a call is refused for a reason; GGI_TELLS: none. */
static ggi_tells_e
ggi_functie_fault(ggi_reason_e reason)
{
    switch (reason) {

    case GGI_REASON_APPLICATION_UNKNOWN:
    case GGI_REASON_APPLICATION_EXPIRED:
        return GGI_TELLS_TOEPASSING;

    case GGI_REASON_USER_MISSING:
        return GGI_TELLS_GEBRUIKER;

    case GGI_REASON_FUNCTION_MISSING:
    case GGI_REASON_FUNCTION_UNKNOWN:
        return GGI_TELLS_FUNCTIE;

    default:
        return GGI_TELLS;
    }
}


GGI_AGREEMENT_JUDGE(ggi_functie_judge_caller, ggi_functie_judge);


/* Names the header that tells what a call is refused for. Returns NGX_DECLINED. */
static ngx_int_t
ggi_functie_refuse(ngx_http_request_t *r, ggi_call_t *call, ggi_reason_e reason)
{
    ggi_tells_e              fault;
    ggi_functie_loc_conf_t  *flcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_functie_module);
    fault = ggi_functie_fault(reason);
    call->reason = reason;

    if (fault != GGI_TELLS && flcf->tells[fault].value == NULL) {
        call->header = ggi_from_ngx_str(flcf->tells[fault].header.key);
    }

    return NGX_DECLINED;
}


/* Judges by the functions that were looked up, or refuses without. */
static ngx_int_t
ggi_functie_found(ngx_http_request_t *r, ggi_call_t *call, const void *document,
    const ggi_lookup_how_t *how)
{
    ngx_int_t             rc;
    ggi_functie_caller_t  caller;

    if (document == NULL) {
        return ggi_functie_refuse(r, call, how->unavailable
                                           ? GGI_REASON_FUNCTIONS_UNAVAILABLE
                                           : GGI_REASON_APPLICATION_UNKNOWN);
    }

    call->found.profile_stale = (how->stale != 0);
    call->found.profile_age = how->age;
    caller.functies = document;
    caller.gebruiker = call->found.gebruiker;
    caller.functie = call->found.functie;

    rc = ggi_agreement_judge_call(r, call, &caller.functies->document,
                                  ggi_functie_judge_caller, &caller, how->lasting);

    return (rc == NGX_DECLINED) ? ggi_functie_refuse(r, call, call->reason) : rc;
}


GGI_SOURCE_HAS(ggi_functie_has, ggi_functies_have);


GGI_LOOKUP(ggi_functie_lookup, ngx_http_ggi_functie_module, ggi_functie_main_conf_t,
           applications, &ggi_functie_kind, GGI_GATE_FUNCTIE, ggi_functie_handler,
           ggi_functie_found, ggi_functie_has, "function of \"ggi_functie_file\"");


ngx_int_t
ggi_functie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_tells_e               tell;
    ggi_str_t                *values[GGI_TELLS];
    ggi_functie_loc_conf_t   *flcf;
    ggi_functie_main_conf_t  *fmcf;

    flcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_functie_module);
    fmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_functie_module);

    values[GGI_TELLS_TOEPASSING] = &call->found.toepassing;
    values[GGI_TELLS_GEBRUIKER] = &call->found.gebruiker;
    values[GGI_TELLS_FUNCTIE] = &call->found.functie;

    for (tell = 0; tell < GGI_TELLS; tell++) {
        if (ggi_functie_read(r, call, &flcf->tells[tell], values[tell]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    call->found.verwerking_forwarded = (flcf->forward & GGI_FORWARD_VERWERKING) != 0;

    return ggi_lookup(&fmcf->applications, r, call, call->found.toepassing);
}
