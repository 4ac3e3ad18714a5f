/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_check.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_person.h"


void
ggi_person_judged_by(ngx_conf_t *cf, const ggi_person_judge_t *judge)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dmcf->person = judge;
}


void
ggi_person_needed(ngx_conf_t *cf, ggi_gate_e gate,
    ngx_uint_t (*needed)(ngx_conf_t *cf, const ggi_place_t *place))
{
    ggi_place_t  *place;

    for (place = ggi_gate_next_noted(cf, gate, NULL);
         place;
         place = ggi_gate_next_noted(cf, gate, place))
    {
        place->person = needed(cf, place) ? 1 : 0;
    }
}


ggi_person_e
ggi_person_compare(ngx_http_request_t *r, const ggi_call_t *call, ggi_str_t pseudonym)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    return dmcf->person ? dmcf->person->compare(r, call, pseudonym) : GGI_PERSON_UNKNOWN;
}


/* Looks whether a place tells whom calls are about. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_person_check_place(ngx_conf_t *cf, const ggi_place_t *place)
{
    ggi_person_told_e        told;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    told = dmcf->person ? dmcf->person->told(cf, place) : GGI_PERSON_TOLD_NOT;

    switch (told) {

    case GGI_PERSON_TOLD_NOT:
        return ggi_conf_lack(cf, "the register has \"toestemming\" for this dienst, and nothing "
                             "tells whom its calls are about: give the location "
                             "\"ggi_audit_data_subject\", or \"ggi_doelbinding_toestemming_person "
                             "told;\" if its API itself gives the data of that person alone,",
                             place->file, place->line);

    case GGI_PERSON_TOLD_WITHOUT_KEY:
        return ggi_conf_lack(cf, "the register has \"toestemming\" for this dienst, and consents "
                             "name persons by pseudonyms of a key that stays: name it with "
                             "\"ggi_audit_pseudonym_key\" in http, for the dienst",
                             place->file, place->line);

    case GGI_PERSON_TOLD_BY_PATH:
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "dienst \"%V\" has \"toestemming\" in the register, and whom a call is "
                      "about is told only by a BSN of nine digits in its path: other calls for "
                      "which a consent is needed are refused; give the location "
                      "\"ggi_audit_data_subject\", in %s:%ui",
                      &place->dienst, place->file, place->line);
        return NGX_OK;

    default:
        return NGX_OK;
    }
}


ngx_int_t
ggi_person_check(ngx_conf_t *cf)
{
    ngx_int_t           rc;
    const ggi_place_t  *place;

    place = ggi_gate_next_place(cf, GGI_GATE_DOELBINDING, NULL);

    for (rc = NGX_OK; place && rc == NGX_OK;
         place = ggi_gate_next_place(cf, GGI_GATE_DOELBINDING, place))
    {
        rc = place->person ? ggi_person_check_place(cf, place) : NGX_OK;
    }

    return rc;
}
