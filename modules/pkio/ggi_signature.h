/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * By which algorithms something has been signed, and whether these are as strong as a
 * server asks of certificates: OpenSSL itself tells that of certificates alone.
 */

#ifndef GGI_SIGNATURE_H
#define GGI_SIGNATURE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ggi_der.h"


/* What an AlgorithmIdentifier asks for. */
typedef struct {
    int            key;                 /* NID of the type of key */
    const EVP_MD  *md;                  /* NULL: signed is the text itself, not a digest of it */
    const EVP_MD  *mgf;                 /* of RSASSA-PSS (RFC 4055, section 3.1) */
    int            salt;                /* bytes, of RSASSA-PSS */
} ggi_signature_t;


/*
 * Reads the AlgorithmIdentifier of a signature. Returns 1, or 0 when OpenSSL does not
 * know the algorithm or its parameters are not valid.
 */
int ggi_signature_algorithm(ggi_signature_t *scheme, const X509_ALGOR *algorithm);

/*
 * Reads the AlgorithmIdentifier of a signature from its DER. Returns 1, or 0 when the DER is
 * malformed, OpenSSL does not know the algorithm, or its parameters are not valid.
 */
int ggi_signature_read(ggi_signature_t *scheme, const ggi_der_t *der);

/*
 * Returns 1 when OpenSSL accepts a certificate that is signed so at a security level
 * (SSL_CTX_get_security_level()), as far as the digest is concerned; 0 otherwise. The
 * strength of the key is not looked at.
 */
int ggi_signature_strong(const ggi_signature_t *scheme, int level);


#endif
