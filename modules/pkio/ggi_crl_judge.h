/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges a chain of certificates by revocation lists (RFC 5280, section 6.3).
 *
 * Of the lists of one issuer and scope the newest that has begun decides, by CRL number
 * and then by thisUpdate, when it is signed as it should be. A list that begins later
 * waits while the one before it serves; an older one does not take the place of a newer
 * one that has expired. A certificate that two lists of different scopes cover is
 * revoked when either says so. A delta list that is newer, and a list for some reasons
 * only, tell which certificates have been revoked, but not that one has not been.
 */

#ifndef GGI_CRL_JUDGE_H
#define GGI_CRL_JUDGE_H

#include "ggi_crl_signer.h"
#include "ggi_reason.h"


/*
 * Judges a verified chain, leaf first and root last, at the time now in seconds since
 * the epoch. Every certificate but the root needs a list of its issuer that covers it,
 * is signed by that issuer and is current; trust tells which other keys of the issuer
 * count, and by its security level which signatures do. Where it is NULL no other key
 * does, and every signature. Returns GGI_REASON_NONE,
 * GGI_REASON_CERTIFICATE_REVOKED when a list names a certificate, or
 * GGI_REASON_REVOCATION_UNKNOWN when a list is missing. Sets *until to the time at which
 * the verdict has to be taken again, even if no list changes: when one of the lists
 * expires or another one begins, when a certificate of the chain expires, or after a
 * second when a list is missing.
 */
ggi_reason_e ggi_crls_judge(ggi_crls_t *crls, STACK_OF(X509) *chain,
    const ggi_crl_trust_t *trust, time_t now, time_t *until);


#endif
