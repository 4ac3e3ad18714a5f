/* SPDX-License-Identifier: EUPL-1.2 */

/* A name for the revocation lists that are judged by at a time. */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "ggi_crl_state.h"
#include "ggi_uuid.h"


typedef struct {
    unsigned char  octets[SHA256_DIGEST_LENGTH];
} ggi_crl_digest_t;


static int
ggi_crl_digest_compare(const void *one, const void *two)
{
    return memcmp(one, two, sizeof(ggi_crl_digest_t));
}


/* Hashes len bytes. Returns 1, or 0 when OpenSSL cannot. */
static int
ggi_crl_digest(const void *data, size_t len, ggi_crl_digest_t *digest)
{
    return EVP_Digest(data, len, digest->octets, NULL, EVP_sha256(), NULL);
}


/* Moves the digests that differ to the front, in their order. Returns how many they are. */
static size_t
ggi_crl_digests_unique(ggi_crl_digest_t *digests, size_t n)
{
    size_t  i, kept;

    qsort(digests, n, sizeof(ggi_crl_digest_t), ggi_crl_digest_compare);

    for (i = 0, kept = 0; i < n; i++) {
        if (kept == 0 || ggi_crl_digest_compare(&digests[kept - 1], &digests[i]) != 0) {
            digests[kept++] = digests[i];
        }
    }

    return kept;
}


int
ggi_crls_state(const ggi_crls_t *crls, char state[GGI_STATE_LEN])
{
    int                    done;
    size_t                 i, n;
    ggi_crl_digest_t      *digests, all;
    const ggi_crl_list_t  *list;

    n = crls->n;
    digests = malloc((n + 1) * sizeof(ggi_crl_digest_t));

    if (digests == NULL) {
        return 0;
    }

    done = 1;

    for (i = 0; i < n && done; i++) {
        list = crls->crls[i].list;
        done = ggi_crl_digest(ggi_crl_part(list, signature), list->signature.len, &digests[i]);
    }

    if (done) {
        n = ggi_crl_digests_unique(digests, n);
        done = ggi_crl_digest(digests, n * sizeof(ggi_crl_digest_t), &all);
    }

    free(digests);

    if (done) {
        ggi_hex_write(state, all.octets, GGI_STATE_LEN / 2);
    }

    return done;
}
