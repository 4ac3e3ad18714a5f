/* SPDX-License-Identifier: EUPL-1.2 */

/* The judgement of the gate pkio: which organisation makes a call. */

#ifndef GGI_NGX_IDENTITY_H
#define GGI_NGX_IDENTITY_H

#include "ggi_call.h"
#include "ggi_ngx_client.h"


/*
 * Judges the certificate of the connection that a call came over by the rules of its
 * location and by the revocation lists of crl (NULL: there are none). Sets the findings
 * of the call, whose strings belong to the connection: the certificate's fingerprint,
 * and, once its chain has been verified, the organisation's name and its OIN if that is
 * valid, unless the certificate is refused and the gate is not in mode observe. For a
 * refusal by the policy they tell which certificate of the chain lacks it. For a refusal
 * of the certificate they have what it claims to be, and what is wrong with it. Returns
 * NGX_OK; NGX_DECLINED with call->reason set when the call is refused; NGX_AGAIN when an
 * OCSP responder is being asked, and ggi_call_resume() follows unless the call only asks;
 * or NGX_ERROR without memory.
 */
ngx_int_t ggi_identity_judge(ngx_http_request_t *r, ggi_call_t *call,
    ggi_rules_t *rules, ggi_crl_source_t *crl);


#endif
