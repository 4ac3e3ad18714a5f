/* SPDX-License-Identifier: EUPL-1.2 */

/* A name for the revocation lists that are judged by at a time, for the audit records. */

#ifndef GGI_CRL_STATE_H
#define GGI_CRL_STATE_H

#include "ggi_call.h"
#include "ggi_crl_view.h"


/*
 * Writes the name of all lists of a view, however they are ordered and however often each
 * is in it, to state: GGI_STATE_LEN hexadecimal digits without a NUL. It is the first half
 * of the SHA-256 of the SHA-256 of each list's signature, these sorted by their bytes.
 * Returns 1, or 0 without memory or when OpenSSL cannot hash; state is undefined then.
 */
int ggi_crls_state(const ggi_crls_t *crls, char state[GGI_STATE_LEN]);


#endif
