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
#include "ggi_der.h"


/* What an AlgorithmIdentifier asks for. */
typedef struct {
    int            key;                 /* NID of the type of key */
    const EVP_MD  *md;                  /* NULL: signed is the text itself, not a digest of it */
    const EVP_MD  *mgf;                 /* of RSASSA-PSS (RFC 4055, section 3.1) */
    int            salt;                /* bytes, of RSASSA-PSS */
} ggi_crl_scheme_t;


/*
 * Reads the DER of an AlgorithmIdentifier of a signature. Returns 1, or 0 when it is
 * malformed or OpenSSL does not know the algorithm.
 */
int ggi_crl_scheme(ggi_crl_scheme_t *scheme, const ggi_der_t *der);

typedef enum {
    GGI_CRL_NOT_SIGNED,
    GGI_CRL_SIGNED,
    GGI_CRL_SIGNED_UNTOLD               /* OpenSSL had no memory, or cannot use the key so */
} ggi_crl_signed_e;

/* Tells whether the holder of the key signed the list. */
ggi_crl_signed_e ggi_crl_signature(const ggi_crl_list_t *list, EVP_PKEY *key);

/* Returns 1 when the holder of the key signed the list, 0 when not or when that is untold. */
static inline int
ggi_crl_signed(const ggi_crl_list_t *list, EVP_PKEY *key)
{
    return ggi_crl_signature(list, key) == GGI_CRL_SIGNED;
}


#endif
