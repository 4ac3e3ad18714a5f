/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_chain.h"


/* Writes an opening with a resource. Returns 1, or 0 when it does not fit. */
static int
ggi_chain_write_opening(const ggi_chain_t *chain, ggi_chain_opening_t *opening,
    ggi_str_t resource)
{
    ggi_json_t  json;

    ggi_json_init(&json, opening->text, sizeof(opening->text));
    ggi_json_open(&json, NULL, '{');
    ggi_json_raw(&json, "resource", resource.data, resource.len);
    ggi_json_open(&json, "attributes", '{');
    ggi_json_plain(&json, "ggi.chain.id", chain->id, GGI_UUID_LEN);
    opening->len = ggi_json_len(&json);

    return opening->len != 0;
}


static void
ggi_chain_free_opening(ggi_chain_opening_t *opening)
{
    if (opening) {
        EVP_MD_CTX_free(opening->hashed);
        free(opening);
    }
}


/* Makes an opening with a resource. Returns NULL as ggi_chain_add_resource() returns 0. */
static ggi_chain_opening_t *
ggi_chain_make_opening(const ggi_chain_t *chain, ggi_str_t resource)
{
    ggi_chain_opening_t  *opening;

    opening = calloc(1, sizeof(ggi_chain_opening_t));
    if (opening == NULL) {
        return NULL;
    }

    opening->hashed = EVP_MD_CTX_new();

    if (opening->hashed == NULL || !ggi_chain_write_opening(chain, opening, resource)
        || !EVP_DigestInit_ex2(opening->hashed, chain->md, NULL)
        || !EVP_DigestUpdate(opening->hashed, opening->text, opening->len))
    {
        ggi_chain_free_opening(opening);
        return NULL;
    }

    return opening;
}


int
ggi_chain_add_resource(ggi_chain_t *chain, ggi_str_t resource)
{
    ggi_chain_opening_t  **openings;

    openings = realloc(chain->openings, (chain->n + 1) * sizeof(ggi_chain_opening_t *));
    if (openings == NULL) {
        return 0;
    }

    chain->openings = openings;
    openings[chain->n] = ggi_chain_make_opening(chain, resource);

    if (openings[chain->n] == NULL) {
        return 0;
    }

    chain->n++;

    return 1;
}


int
ggi_chain_start(ggi_chain_t *chain, uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM], ggi_str_t resource)
{
    memset(chain, 0, sizeof(ggi_chain_t));
    chain->place.number = 1;
    memset(chain->place.previous, '0', GGI_CHAIN_HASH_LEN);
    ggi_uuid7_write(chain->id, ms, random);

    /* fetched once, since looking the algorithm up costs more than the hash of a line */
    chain->md = EVP_MD_fetch(NULL, "SHA256", NULL);
    chain->ctx = EVP_MD_CTX_new();

    if (chain->md == NULL || chain->ctx == NULL || !ggi_chain_add_resource(chain, resource)) {
        ggi_chain_free(chain);
        return 0;
    }

    chain->used = SIZE_MAX;
    ggi_chain_use(chain, 0);

    return 1;
}


void
ggi_chain_free(ggi_chain_t *chain)
{
    while (chain->n) {
        ggi_chain_free_opening(chain->openings[--chain->n]);
    }

    free(chain->openings);
    EVP_MD_free(chain->md);
    EVP_MD_CTX_free(chain->ctx);
    chain->openings = NULL;
    chain->md = NULL;
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
