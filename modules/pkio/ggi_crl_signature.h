/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The signature of a revocation list. It is checked against the digest of what was
 * signed, which is made while the list is read, so that checking takes as long as for a
 * certificate, however large the list is.
 */

#ifndef GGI_CRL_SIGNATURE_H
#define GGI_CRL_SIGNATURE_H

#include <openssl/evp.h>

#include "ggi_crl_list.h"


typedef enum {
    GGI_CRL_NOT_SIGNED,
    GGI_CRL_SIGNED,
    GGI_CRL_SIGNED_UNTOLD               /* OpenSSL had no memory, or cannot use the key so */
} ggi_crl_signed_e;

/*
 * Verifies the signature of a list by a public key. Returns GGI_CRL_SIGNED when the holder of
 * the key signed the list, GGI_CRL_NOT_SIGNED when not, and GGI_CRL_SIGNED_UNTOLD when OpenSSL
 * has no memory or cannot use the key for that.
 */
ggi_crl_signed_e ggi_crl_signature(const ggi_crl_list_t *list, EVP_PKEY *key);

/*
 * Returns NULL when TLS accepts on a certificate, at a security level of OpenSSL, the
 * algorithm that a list is signed by, and otherwise the name of the algorithm. Level 0
 * accepts all.
 */
const char *ggi_crl_weakness(const ggi_crl_list_t *list, int level);

/* Returns 1 when the holder of the key signed the list, 0 when not or when that is untold. */
static inline int
ggi_crl_signed(const ggi_crl_list_t *list, EVP_PKEY *key)
{
    return ggi_crl_signature(list, key) == GGI_CRL_SIGNED;
}


#endif
