/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_toestemming.h"

#include "ggi_ngx_check.h"
#include "ggi_ngx_person.h"
#include "ggi_ngx_pool.h"
#include "ggi_ngx_str.h"
#include "ggi_toestemming.h"
#include "ggi_toestemming_kind.h"


/* Keeps the consent that was looked up for as long as the request lives. */
static ngx_int_t
ggi_toestemming_found(ngx_http_request_t *r, ggi_call_t *call, const void *document,
    const ggi_lookup_how_t *how)
{
    const ggi_document_t  *found = document;

    if (found == NULL) {
        call->reason = how->unavailable ? GGI_REASON_CONSENT_UNAVAILABLE
                                        : GGI_REASON_CONSENT_UNKNOWN;
        return NGX_DECLINED;
    }

    if (!how->lasting) {
        found = ggi_pool_copy(r->pool, found, found->size);
        if (found == NULL) {
            return NGX_ERROR;
        }
    }

    call->found.consent = found;
    call->found.consent_versie = ggi_document_text(found, found->versie_text);
    call->found.consent_stale = (how->stale != 0);
    call->found.consent_age = how->age;

    return NGX_OK;
}


/* the gate registers itself, with or without consents */
GGI_LOOKUP(ggi_toestemming_lookup, ngx_http_ggi_doelbinding_module,
           ggi_doelbinding_main_conf_t, consents, &ggi_toestemming_kind, GGI_GATE_DOELBINDING,
           NULL, ggi_toestemming_found, NULL, NULL);


/*
 * Returns 1 when a call is about the person of a consent, or does not tell whom it is about where
 * its location lets that pass; 0 otherwise.
 */
static ngx_uint_t
ggi_toestemming_of_person(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_toestemming_t *consent)
{
    ggi_person_e                 person;
    ggi_doelbinding_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_doelbinding_module);
    person = ggi_person_compare(r, call, ggi_document_text(&consent->document,
                                                           consent->betrokkene));

    return person == GGI_PERSON_SAME || (person == GGI_PERSON_UNKNOWN && !dlcf->person);
}


ngx_int_t
ggi_toestemming_judge_call(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                     rc;
    ggi_toestemming_query_t       query;
    const ggi_toestemming_t      *consent;
    ggi_doelbinding_main_conf_t  *dmcf;

    if (call->found.toestemming.len == 0) {
        call->reason = GGI_REASON_CONSENT_MISSING;
        return NGX_DECLINED;
    }

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_doelbinding_module);

    rc = ggi_lookup(&dmcf->consents, r, call, call->found.toestemming);
    if (rc != NGX_OK) {
        return rc;
    }

    consent = call->found.consent;

    /* who calls for another organisation needs the consent that was given to that one */

    query.afnemer = call->found.on_behalf_of.len ? call->found.on_behalf_of : call->found.oin;
    query.now = ngx_time();
    query.dienst = call->dienst;
    query.doelbinding = call->found.claim;
    query.of_person = (int) ggi_toestemming_of_person(r, call, consent);

    call->reason = ggi_toestemming_judge(consent, &query);

    if (call->reason != GGI_REASON_NONE) {
        return NGX_DECLINED;
    }

    call->found.consent_given = call->found.toestemming;

    return NGX_OK;
}


void
ggi_toestemming_forward(ggi_call_t *call)
{
    if (call->role == GGI_ROLE_AFNEMER && ggi_toestemming_id_valid(call->found.toestemming)) {
        call->found.consent_given = call->found.toestemming;
    }
}


/* Returns 1 when a call of a place can need consent, and has to tell whom it is about there. */
static ngx_uint_t
ggi_toestemming_needs_person(ngx_conf_t *cf, const ggi_place_t *place)
{
    ggi_doelbinding_loc_conf_t   *dlcf;
    ggi_doelbinding_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_doelbinding_module);
    dlcf = place->loc_conf[ngx_http_ggi_doelbinding_module.ctx_index];

    return dlcf->person
           && ggi_register_needs_consent(dmcf->reg, ggi_from_ngx_str(place->dienst));
}


ngx_int_t
ggi_toestemming_init(ngx_conf_t *cf)
{
    const ggi_place_t            *place;
    ggi_doelbinding_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_doelbinding_module);

    ggi_person_needed(cf, GGI_GATE_DOELBINDING, ggi_toestemming_needs_person);

    place = ggi_gate_next_place(cf, GGI_GATE_DOELBINDING, NULL);

    for ( /* void */ ; place && dmcf->consents.file == NULL && dmcf->consents.redis == NULL;
         place = ggi_gate_next_place(cf, GGI_GATE_DOELBINDING, place))
    {
        if (ggi_register_needs_consent(dmcf->reg, ggi_from_ngx_str(place->dienst))) {
            return ggi_gate_lack(cf, GGI_GATE_DOELBINDING, place, ggi_toestemming_kind.needed);
        }
    }

    return ggi_lookup_complete(cf, &dmcf->consents);
}
