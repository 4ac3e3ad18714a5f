/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The CA certificates that a process has seen in verified paths, found by their SHA-256.
 * A TLS session names the CA certificates of its path by that alone, since whole
 * certificates would make it too large for a cache. Free of nginx.
 */

#ifndef GGI_AUTHORITIES_H
#define GGI_AUTHORITIES_H

#include <stdint.h>

#include <openssl/sha.h>
#include <openssl/x509.h>

#include "ggi_certificate.h"

#define GGI_AUTHORITIES_MAX  256        /* a further one replaces the least recently used */


typedef struct {
    X509           *x509;
    ggi_period_t    period;             /* in which it is valid */
    uint64_t        used;               /* the highest of all was used last */
    unsigned char   id[SHA256_DIGEST_LENGTH];
} ggi_authority_t;

/* Zeros are an empty one. */
typedef struct {
    ggi_authority_t  all[GGI_AUTHORITIES_MAX];
    size_t           n;
    uint64_t         clock;
} ggi_authorities_t;


/*
 * Keeps a CA certificate of a verified path, to which it takes a reference of its own, and
 * writes the SHA-256 of the certificate to id, which has SHA256_DIGEST_LENGTH bytes. When there
 * is no room, the one that was used longest ago is given up. Returns 1, also when the
 * certificate was kept already; or 0 when its digest or its times cannot be had.
 */
int ggi_authorities_add(ggi_authorities_t *authorities, X509 *x509,
    unsigned char *id);

/*
 * Returns the CA certificate with a SHA-256, or NULL when there is none. It is valid
 * until the next call of ggi_authorities_add() or ggi_authorities_clear().
 */
const ggi_authority_t *ggi_authorities_find(ggi_authorities_t *authorities,
    const unsigned char *id);

/* Forgets all certificates and frees their memory; others can be added then. */
void ggi_authorities_clear(ggi_authorities_t *authorities);


#endif
