/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Whom a call is about: the gate audit knows, since it records that by a pseudonym, and the gate
 * doelbinding asks whether it is the person who gave a consent.
 */

#ifndef GGI_NGX_PERSON_H
#define GGI_NGX_PERSON_H

#include "ggi_ngx_gate.h"


/*
 * Registers, in postconfiguration, the functions of the gate that knows whom calls are about;
 * judge lives as long as the module.
 */
void ggi_person_judged_by(ngx_conf_t *cf, const ggi_person_judge_t *judge);

/*
 * Notes, in postconfiguration, the places of a gate where it has to know whom calls are about:
 * those for which needed() returns 1. nginx refuses the configuration when nothing tells that
 * at one of them, and warns where only the path of a call does.
 */
void ggi_person_needed(ngx_conf_t *cf, ggi_gate_e gate,
    ngx_uint_t (*needed)(ngx_conf_t *cf, const ggi_place_t *place));

/*
 * Compares the person whom a call of r is about with the one of a pseudonym, under any of the keys
 * of ggi_audit_pseudonym_key. Returns GGI_PERSON_SAME or GGI_PERSON_OTHER; the latter also when
 * the call is about several persons or the key is not known; or GGI_PERSON_UNKNOWN when the call
 * does not tell whom it is about.
 */
ggi_person_e ggi_person_compare(ngx_http_request_t *r, const ggi_call_t *call,
    ggi_str_t pseudonym);

/*
 * For the core alone: looks whether all places that ggi_person_needed() has noted tell whom calls
 * are about, and notes a lack where not. Call when all gates are initialised. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_person_check(ngx_conf_t *cf);


#endif
