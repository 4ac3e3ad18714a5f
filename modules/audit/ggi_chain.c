/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_chain.h"


int
ggi_chain_start(ggi_chain_t *chain, uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM])
{
    ggi_uuid7_write(chain->id, ms, random);
    chain->place.number = 1;
    memset(chain->place.previous, '0', GGI_CHAIN_HASH_LEN);

    /* fetched once: a look-up of the algorithm for each line costs more than the hash */
    chain->md = EVP_MD_fetch(NULL, "SHA256", NULL);
    chain->ctx = EVP_MD_CTX_new();

    if (chain->md == NULL || chain->ctx == NULL
        || !EVP_DigestInit_ex2(chain->ctx, chain->md, NULL))
    {
        ggi_chain_free(chain);
        return 0;
    }

    return 1;
}


void
ggi_chain_free(ggi_chain_t *chain)
{
    EVP_MD_free(chain->md);
    EVP_MD_CTX_free(chain->ctx);
    chain->md = NULL;
    chain->ctx = NULL;
}


void
ggi_chain_write(const ggi_chain_t *chain, ggi_json_t *json)
{
    ggi_json_plain(json, "ggi.chain.id", chain->id, GGI_UUID_LEN);
    ggi_json_int(json, "ggi.chain.number", (int64_t) chain->place.number);
    ggi_json_plain(json, "ggi.chain.previous", chain->place.previous,
                   GGI_CHAIN_HASH_LEN);
}


int
ggi_chain_advance(ggi_chain_t *chain, const char *line, size_t len)
{
    unsigned       n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (!EVP_DigestInit_ex2(chain->ctx, NULL, NULL)
        || !EVP_DigestUpdate(chain->ctx, line, len)
        || !EVP_DigestFinal_ex(chain->ctx, digest, &n))
    {
        return 0;
    }

    ggi_hex_write(chain->place.previous, digest, GGI_CHAIN_HASH_LEN / 2);
    chain->place.number++;

    return 1;
}
