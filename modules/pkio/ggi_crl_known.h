/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The certificates of CAs that may have signed revocation lists, in memory that all
 * processes share: those that servers trust, and those of chains that a worker has
 * verified. So a worker can judge by the key of a CA of which only another worker has
 * seen the certificate, and knows which lists have been in force.
 *
 * One process at a time adds certificates; the others may read meanwhile.
 */

#ifndef GGI_CRL_KNOWN_H
#define GGI_CRL_KNOWN_H

#include <stdint.h>

#include <openssl/x509v3.h>

#define GGI_CRL_KNOWN_MAX  256          /* certificates */
#define GGI_CRL_KNOWN_DER  4088         /* bytes of one */


typedef struct {
    uint64_t  len;
    uint8_t   der[GGI_CRL_KNOWN_DER];
} ggi_crl_known_cert_t;


typedef struct {
    uint64_t              n;
    ggi_crl_known_cert_t  certs[GGI_CRL_KNOWN_MAX];
} ggi_crl_known_t;


/*
 * Adds a certificate, unless it is there or may not sign lists. Returns 1, or 0 when
 * there is no room for it or no memory.
 */
int ggi_crl_known_add(ggi_crl_known_t *known, X509 *x509);

/*
 * Adds the certificates that are known, and are not in the stack into yet, to that stack. It
 * has to hold nothing else, since their number tells which are in it. They are the caller's to
 * free. Returns 1; or 0 without memory, and some may be missing then.
 */
int ggi_crl_known_read(const ggi_crl_known_t *known, STACK_OF(X509) *into);

/*
 * Returns the certificates that are known as a new stack, which the caller frees with
 * sk_X509_pop_free(), or NULL without memory.
 */
STACK_OF(X509) *ggi_crl_known_all(const ggi_crl_known_t *known);

/* Returns 1 when a stack of certificates has one that is equal to x509, 0 when it has none. */
int ggi_crl_known_has(STACK_OF(X509) *known, const X509 *x509);


#endif
