/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_agreement.h"
#include "ggi_ngx_authorise.h"
#include "ggi_ngx_source.h"
#include "ggi_profile_kind.h"
#include "ggi_profiles.h"


static ngx_int_t
ggi_authorise_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;
    return NGX_DECLINED;
}


GGI_AGREEMENT_JUDGE(ggi_authorise_judge_profile, ggi_profile_judge);


/*
 * Judges by a profile; lasting 1: it lives longer than the request, and not in a cache.
 * Returns NGX_OK; NGX_DECLINED when the call is refused; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_authorise_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_profile_t *profile, ngx_uint_t lasting)
{
    ngx_int_t  rc;

    rc = ggi_agreement_judge_call(r, call, &profile->document,
                                  ggi_authorise_judge_profile, profile, lasting);

    return ggi_agreement_keep(r, &call->found.profile_glo,
                              ggi_document_text(&profile->document, profile->glo), lasting)
           == NGX_OK ? rc : NGX_ERROR;
}


/* Judges by a profile that was looked up, or refuses without one. */
static ngx_int_t
ggi_authorise_found(ngx_http_request_t *r, ggi_call_t *call,
    const void *document, const ggi_lookup_how_t *how)
{
    if (document == NULL) {
        return ggi_authorise_refuse(call, how->unavailable
                                          ? GGI_REASON_PROFILE_UNAVAILABLE
                                          : GGI_REASON_PROFILE_NOT_FOUND);
    }

    call->found.profile_stale = (how->stale != 0);
    call->found.profile_age = how->age;

    return ggi_authorise_judge(r, call, document, how->lasting);
}


GGI_SOURCE_HAS(ggi_authorise_has, ggi_profiles_have);


GGI_LOOKUP(ggi_authorise_lookup, ngx_http_ggi_autorisatie_module, ggi_autorisatie_main_conf_t,
           profiles, &ggi_profile_kind, GGI_GATE_AUTORISATIE, ggi_autorisatie_handler,
           ggi_authorise_found, ggi_authorise_has,
           "profile of \"ggi_autorisatie_file\"");


ngx_int_t
ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_autorisatie_main_conf_t  *amcf;

    if (call->found.oin.len == 0) {
        return ggi_authorise_refuse(call, GGI_REASON_PROFILE_NOT_FOUND);
    }

    amcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_autorisatie_module);

    return ggi_lookup(&amcf->profiles, r, call, call->found.oin);
}
