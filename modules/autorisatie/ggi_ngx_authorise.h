/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges a call by the profile of the organisation that calls, waiting for the
 * profile if need be.
 */

#ifndef GGI_NGX_AUTHORISE_H
#define GGI_NGX_AUTHORISE_H

#include "ggi_ngx_autorisatie_conf.h"
#include "ggi_ngx_gate.h"


/*
 * The function of the gate, as ggi_gate_register() takes it. Returns NGX_OK when
 * the profile allows the call; NGX_DECLINED with the reason in the call when it
 * does not, or there is no profile; NGX_AGAIN when the profile has to be waited
 * for: the core calls the gate again when it is there; NGX_ERROR without memory.
 */
ngx_int_t ggi_autorisatie_handler(ngx_http_request_t *r, ggi_call_t *call);

/* How profiles are looked up; the function of the gate is its judge. */
extern const ggi_lookup_t  ggi_authorise_lookup;


#endif
