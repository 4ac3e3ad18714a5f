/* SPDX-License-Identifier: EUPL-1.2 */

/* Which organisation makes a call: the judgement of the gate pkio. */

#ifndef GGI_NGX_IDENTITY_H
#define GGI_NGX_IDENTITY_H

#include "ggi_call.h"
#include "ggi_ngx_client.h"


/*
 * Judges the certificate of the connection that a call came over, by the rules of
 * its location and by the revocation lists of crl; NULL: there are none. Sets what
 * it finds in the call: the certificate's fingerprint, and the OIN and the name of
 * the organisation once the chain has been verified, whether or not the call is
 * let in. Returns NGX_OK, NGX_DECLINED with call->reason set, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_identity_judge(ngx_http_request_t *r, ggi_call_t *call,
    ggi_client_rules_t *rules, ggi_crl_source_t *crl);


#endif
