/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges a call by the functions of the application that makes it, inside the
 * organisation that uses a dienst.
 */

#ifndef GGI_NGX_FUNCTIE_H
#define GGI_NGX_FUNCTIE_H

#include "ggi_ngx_gate.h"
#include "ggi_ngx_lookup.h"


/*
 * The function of the gate, as ggi_gate_register() takes it. Returns NGX_OK when the
 * function of the application allows the call; NGX_DECLINED with the reason in the call
 * when it does not; NGX_AGAIN when the functions have to be waited for: the core calls
 * the gate again when they are there; or NGX_ERROR without memory.
 */
ngx_int_t ggi_functie_handler(ngx_http_request_t *r, ggi_call_t *call);

/* How the gate looks the functions of an application up, by ggi_lookup(). */
extern const ggi_lookup_t  ggi_functie_lookup;


#endif
