/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_doelbinding.h"

#include "ggi_claim.h"
#include "ggi_ngx_doelbinding_conf.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_toestemming.h"
#include "ggi_ngx_value.h"


/* Refuses a call for a reason that one header of the claim gives. Returns NGX_DECLINED. */
static ngx_int_t
ggi_doelbinding_refuse(ggi_call_t *call, ggi_reason_e reason,
    const ggi_name_t *header)
{
    call->reason = reason;
    call->header = ggi_from_ngx_str(header->key);

    return NGX_DECLINED;
}


/* A free text may be in ISO-8859-1; what is compared with known words is in UTF-8. */
static ngx_inline ngx_uint_t
ggi_doelbinding_free_text(ggi_claim_header_e header)
{
    return header != GGI_CLAIM_DOELBINDING && header != GGI_CLAIM_NIVEAU
           && header != GGI_CLAIM_TOESTEMMING;
}


/*
 * Reads all headers of the claim, so that those that are well-formed are recorded
 * whatever the verdict. Returns NGX_OK, NGX_DECLINED with call->reason and call->header
 * set when the call is refused, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_doelbinding_read(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i, malformed;
    ggi_str_t                   *values[GGI_CLAIM_HEADERS];
    ggi_doelbinding_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);

    values[GGI_CLAIM_DOELBINDING] = &call->found.claim;
    values[GGI_CLAIM_VERWERKING] = &call->found.verwerking;
    values[GGI_CLAIM_GEBRUIKER] = &call->found.gebruiker;
    values[GGI_CLAIM_TOEPASSING] = &call->found.toepassing;
    values[GGI_CLAIM_NIVEAU] = &call->found.niveau_claimed;
    values[GGI_CLAIM_TOESTEMMING] = &call->found.toestemming;

    malformed = GGI_CLAIM_HEADERS;

    for (i = 0; i < GGI_CLAIM_HEADERS; i++) {

        if (call->role == GGI_ROLE_AFNEMER && ggi_doelbinding_of_inside(i)) {
            continue;                   /* the gate functie has established it */
        }

        rc = ggi_header_value_if(call->state.headers, r, &dlcf->headers[i],
                                 ggi_doelbinding_free_text(i), values[i]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_DECLINED && malformed == GGI_CLAIM_HEADERS) {
            malformed = i;
        }
    }

    call->found.niveau = ggi_niveau_name(ggi_niveau_read(call->found.niveau_claimed));

    if (call->found.claim.len == 0 && malformed != GGI_CLAIM_DOELBINDING) {
        return ggi_doelbinding_refuse(call, GGI_REASON_CLAIM_MISSING,
                                      &dlcf->headers[GGI_CLAIM_DOELBINDING]);
    }

    if (malformed < GGI_CLAIM_HEADERS) {
        return ggi_doelbinding_refuse(call, GGI_REASON_CLAIM_MALFORMED,
                                      &dlcf->headers[malformed]);
    }

    return NGX_OK;
}


/*
 * Says what the provider gets of the claim of a consumer: where its register has another
 * claim for the outside, that one, without the processing, so that the provider cannot
 * follow a case by a purpose of the inside.
 */
static void
ggi_doelbinding_outside(ggi_call_t *call, const ggi_doelbinding_t *found)
{
    ggi_findings_t  *findings;

    findings = &call->found;

    if (found == NULL || found->outside.len == 0) {
        findings->claim_outside = findings->claim;
        findings->verwerking_outside = findings->verwerking;
        return;
    }

    findings->claim_extern = found->outside;
    findings->claim_outside = found->outside;

    if (findings->verwerking_forwarded) {
        findings->verwerking_outside = findings->verwerking;
    }
}


/* Names the header that a call is refused for, if it is one. Returns NGX_DECLINED. */
static ngx_int_t
ggi_doelbinding_declined(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_doelbinding_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);

    switch (call->reason) {

    case GGI_REASON_ASSURANCE_MISSING:
    case GGI_REASON_ASSURANCE_TOO_LOW:
        return ggi_doelbinding_refuse(call, call->reason, &dlcf->headers[GGI_CLAIM_NIVEAU]);

    case GGI_REASON_CONSENT_MISSING:
    case GGI_REASON_CONSENT_UNKNOWN:
    case GGI_REASON_CONSENT_NOT_FOR_CALL:
    case GGI_REASON_CONSENT_EXPIRED:
    case GGI_REASON_CONSENT_WITHDRAWN:
        return ggi_doelbinding_refuse(call, call->reason,
                                      &dlcf->headers[GGI_CLAIM_TOESTEMMING]);

    default:
        return NGX_DECLINED;
    }
}


/*
 * Judges the claim of a call, which is well-formed, and then its consent. Returns what the gate
 * does.
 */
static ngx_int_t
ggi_doelbinding_judge(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_claim_query_t *query)
{
    ggi_reason_e                  reason;
    const ggi_doelbinding_t      *found;
    ggi_doelbinding_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_doelbinding_module);

    reason = ggi_claim_judge(dmcf->reg, query, &found);
    call->found.niveau_asked = ggi_niveau_name(ggi_claim_asked(query, found));

    if (found) {
        call->found.grondslag = found->members;
    }

    if (call->role == GGI_ROLE_AFNEMER) {
        ggi_doelbinding_outside(call, found);
    }

    ggi_toestemming_forward(call);

    /* call->reason has been set already where a consent was waited for */

    if (reason == GGI_REASON_NONE) {
        return (found && found->toestemming) ? ggi_toestemming_judge_call(r, call) : NGX_OK;
    }

    call->reason = reason;

    return NGX_DECLINED;
}


ngx_int_t
ggi_doelbinding_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                     rc;
    ggi_claim_query_t             query;
    ggi_doelbinding_loc_conf_t   *dlcf;
    ggi_doelbinding_main_conf_t  *dmcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_doelbinding_module);

    call->found.register_reference = dmcf->reg->reference;
    call->found.niveau_asked = ggi_niveau_name(dlcf->niveau);

    rc = ggi_doelbinding_read(r, call);
    if (rc != NGX_OK) {
        return rc;
    }

    query.now = ngx_time();
    query.claim = call->found.claim;
    query.dienst = call->dienst;
    query.profile = call->found.profile_doelbindingen;
    query.profile_n = call->found.profile_doelbindingen_n;
    query.asked = dlcf->niveau;
    query.niveau = call->found.niveau_claimed;

    rc = ggi_doelbinding_judge(r, call, &query);

    return (rc == NGX_DECLINED) ? ggi_doelbinding_declined(r, call) : rc;
}
