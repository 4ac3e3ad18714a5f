/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The chain of records: each names its chain, its number in it, and the SHA-256
 * of the line before it, newline included, so that sha256sum(1) can check it.
 */

#ifndef GGI_CHAIN_H
#define GGI_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "ggi_json.h"
#include "ggi_uuid.h"

#define GGI_CHAIN_HASH_LEN  64          /* hexadecimal digits */


/* The place in a chain: what the next record has to carry. */
typedef struct {
    uint64_t  number;                   /* of the next record, from 1 */
    char      previous[GGI_CHAIN_HASH_LEN];     /* zeros before the first */
} ggi_chain_place_t;


typedef struct {
    char               id[GGI_UUID_LEN];
    ggi_chain_place_t  place;
    EVP_MD            *md;
    EVP_MD_CTX        *ctx;
} ggi_chain_t;


/*
 * Starts a chain with an id made of the time in ms and 10 random bytes. Returns
 * 1, or 0 when OpenSSL has no SHA-256. ggi_chain_free() frees.
 */
int ggi_chain_start(ggi_chain_t *chain, uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM]);
void ggi_chain_free(ggi_chain_t *chain);

/* Writes the three attributes of the next record. */
void ggi_chain_write(const ggi_chain_t *chain, ggi_json_t *json);

/*
 * Moves on behind a line of len bytes, its newline included. Returns 1, or 0
 * when it could not be hashed; the place is then as it was. A place that was
 * copied before can be put back when the line was not written.
 */
int ggi_chain_advance(ggi_chain_t *chain, const char *line, size_t len);


#endif
