/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include <openssl/evp.h>

#include "ggi_authorities.h"


/* Returns the place for a further certificate: a new one, or that of the least recently used. */
static ggi_authority_t *
ggi_authorities_place(ggi_authorities_t *authorities)
{
    size_t            i;
    ggi_authority_t  *oldest;

    if (authorities->n < GGI_AUTHORITIES_MAX) {
        return &authorities->all[authorities->n++];
    }

    oldest = &authorities->all[0];

    for (i = 1; i < authorities->n; i++) {
        if (authorities->all[i].used < oldest->used) {
            oldest = &authorities->all[i];
        }
    }

    X509_free(oldest->x509);

    return oldest;
}


int
ggi_authorities_add(ggi_authorities_t *authorities, X509 *x509,
    unsigned char *id)
{
    unsigned          len;
    ggi_period_t      period;
    ggi_authority_t  *authority;

    if (!X509_digest(x509, EVP_sha256(), id, &len)) {
        return 0;
    }

    if (ggi_authorities_find(authorities, id)) {
        return 1;
    }

    if (!ggi_certificate_time(&period.from, X509_get0_notBefore(x509))
        || !ggi_certificate_time(&period.until, X509_get0_notAfter(x509)))
    {
        return 0;
    }

    X509_up_ref(x509);

    authority = ggi_authorities_place(authorities);
    authority->x509 = x509;
    authority->period = period;
    authority->used = ++authorities->clock;
    memcpy(authority->id, id, SHA256_DIGEST_LENGTH);

    return 1;
}


const ggi_authority_t *
ggi_authorities_find(ggi_authorities_t *authorities, const unsigned char *id)
{
    size_t            i;
    ggi_authority_t  *authority;

    for (i = 0; i < authorities->n; i++) {
        authority = &authorities->all[i];

        if (memcmp(authority->id, id, SHA256_DIGEST_LENGTH) == 0) {
            authority->used = ++authorities->clock;
            return authority;
        }
    }

    return NULL;
}


void
ggi_authorities_clear(ggi_authorities_t *authorities)
{
    while (authorities->n) {
        X509_free(authorities->all[--authorities->n].x509);
    }
}
