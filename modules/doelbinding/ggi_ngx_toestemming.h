/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges a call by the consent that it names, waiting for that if need be. */

#ifndef GGI_NGX_TOESTEMMING_H
#define GGI_NGX_TOESTEMMING_H

#include "ggi_ngx_doelbinding_conf.h"


/* How consents are looked up. */
extern const ggi_lookup_t  ggi_toestemming_lookup;

/*
 * Judges a call whose claim stands and needs consent, by the consent in the call's findings.
 * Returns NGX_OK when there is one for the call; NGX_DECLINED with the reason in the call when
 * not; NGX_AGAIN when the consent has to be waited for: the core calls the gate again when it is
 * there, and this is called once more; or NGX_ERROR without memory.
 */
ngx_int_t ggi_toestemming_judge_call(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Says what the API gets of the id that a call has in its header: with the role afnemer the id,
 * if it is well-formed, by which the provider judges; otherwise nothing. Call it before the call
 * is judged.
 */
void ggi_toestemming_forward(ggi_call_t *call);

/*
 * Looks, in postconfiguration, whether there are consents where the register needs them, and
 * whether calls tell there whom they are about. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_toestemming_init(ngx_conf_t *cf);


#endif
