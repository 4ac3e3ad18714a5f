/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_chain.h"


/* Writes what all lines of the chain begin with. Returns 1, or 0 when it does not fit. */
static int
ggi_chain_write_opening(ggi_chain_t *chain, const char id[GGI_UUID_LEN],
    ggi_str_t resource)
{
    ggi_json_t  json;

    ggi_json_init(&json, chain->opening, sizeof(chain->opening));
    ggi_json_open(&json, NULL, '{');
    ggi_json_raw(&json, "resource", resource.data, resource.len);
    ggi_json_open(&json, "attributes", '{');
    ggi_json_plain(&json, "ggi.chain.id", id, GGI_UUID_LEN);
    chain->opening_len = ggi_json_len(&json);

    return chain->opening_len != 0;
}


int
ggi_chain_start(ggi_chain_t *chain, uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM], ggi_str_t resource)
{
    char  id[GGI_UUID_LEN];

    chain->place.number = 1;
    memset(chain->place.previous, '0', GGI_CHAIN_HASH_LEN);
    ggi_uuid7_write(id, ms, random);

    /* fetched once, since looking the algorithm up costs more than the hash of a line */
    chain->md = EVP_MD_fetch(NULL, "SHA256", NULL);
    chain->opened = EVP_MD_CTX_new();
    chain->ctx = EVP_MD_CTX_new();

    if (!ggi_chain_write_opening(chain, id, resource) || chain->md == NULL
        || chain->opened == NULL || chain->ctx == NULL
        || !EVP_DigestInit_ex2(chain->opened, chain->md, NULL)
        || !EVP_DigestUpdate(chain->opened, chain->opening, chain->opening_len))
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
    EVP_MD_CTX_free(chain->opened);
    EVP_MD_CTX_free(chain->ctx);
    chain->md = NULL;
    chain->opened = NULL;
    chain->ctx = NULL;
}


int
ggi_chain_advance(ggi_chain_t *chain, const char *line, size_t len)
{
    unsigned       n;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    /*
     * copying the state after the opening costs as little as a new state, and saves
     * hashing it
     */

    if (!EVP_MD_CTX_copy_ex(chain->ctx, chain->opened)
        || !EVP_DigestUpdate(chain->ctx, line + chain->opening_len,
                             len - chain->opening_len)
        || !EVP_DigestFinal_ex(chain->ctx, digest, &n))
    {
        return 0;
    }

    ggi_hex_write(chain->place.previous, digest, GGI_CHAIN_HASH_LEN / 2);
    chain->place.number++;

    return 1;
}
