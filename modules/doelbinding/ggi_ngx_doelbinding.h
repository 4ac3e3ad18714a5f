/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges the claim of a call, and the consent that it may need. */

#ifndef GGI_NGX_DOELBINDING_H
#define GGI_NGX_DOELBINDING_H

#include "ggi_ngx_gate.h"


/*
 * The function of the gate, as ggi_gate_register() takes it. It does not judge whether the claim
 * is true: the claim is recorded, and auditors check it afterwards. Returns NGX_OK when the claim
 * stands, and its consent where it needs one; NGX_DECLINED with the reason in the call when not;
 * NGX_AGAIN when the consent has to be waited for: the core calls the gate again when it is
 * there; NGX_ERROR without memory.
 */
ngx_int_t ggi_doelbinding_handler(ngx_http_request_t *r, ggi_call_t *call);


#endif
