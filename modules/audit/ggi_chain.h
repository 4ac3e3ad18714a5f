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
#include "ggi_str.h"
#include "ggi_uuid.h"

#define GGI_CHAIN_HASH_LEN     64       /* hexadecimal digits */
#define GGI_CHAIN_OPENING_MAX  4096     /* the most bytes that all lines of a chain begin with */


/* The place in a chain: what the next record has to carry. */
typedef struct {
    uint64_t  number;                   /* of the next record, from 1 */
    char      previous[GGI_CHAIN_HASH_LEN];     /* zeros before the first */
} ggi_chain_place_t;


/* What the lines with one resource begin with. */
typedef struct {
    size_t             len;
    EVP_MD_CTX        *hashed;          /* has hashed it */
    char               text[GGI_CHAIN_OPENING_MAX];
} ggi_chain_opening_t;


/* A chain of records. */
typedef struct {
    ggi_chain_place_t      place;
    ggi_chain_opening_t  **openings;    /* of each resource */
    size_t                 n;           /* number of resources */
    size_t                 used;        /* number of the one in use, from 0 */
    const char            *opening;     /* what lines with the resource in use begin with */
    size_t                 opening_len;
    EVP_MD_CTX            *opened;
    EVP_MD                *md;
    EVP_MD_CTX            *ctx;
    char                   id[GGI_UUID_LEN];
} ggi_chain_t;


/*
 * Starts a chain with an id made of the time, in ms since the epoch, and of
 * GGI_UUID_RANDOM random bytes. Its records get the resource, a JSON object, which is
 * copied. Returns 1; or 0 when OpenSSL has no SHA-256 or no memory, or when
 * the resource takes more than GGI_CHAIN_OPENING_MAX bytes together with the chain's
 * id and their keys (some 80 bytes). The caller frees the chain by ggi_chain_free().
 */
int ggi_chain_start(ggi_chain_t *chain, uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM], ggi_str_t resource);

/*
 * Adds a resource, a JSON object, which is copied, so that some records can have another one.
 * Resources are numbered in their order, from 0 for that of ggi_chain_start(). Returns 1; or 0
 * without memory, or when the resource is longer than ggi_chain_start() takes, and the chain is
 * then as it was.
 */
int ggi_chain_add_resource(ggi_chain_t *chain, ggi_str_t resource);

/* Gives the records that are begun from now on the resource with a number, which exists. */
static inline void
ggi_chain_use(ggi_chain_t *chain, size_t number)
{
    const ggi_chain_opening_t  *opening;

    if (chain->used != number) {
        opening = chain->openings[number];
        chain->used = number;
        chain->opening = opening->text;
        chain->opening_len = opening->len;
        chain->opened = opening->hashed;
    }
}


/* Frees what ggi_chain_start() and ggi_chain_add_resource() have allocated. */
void ggi_chain_free(ggi_chain_t *chain);

/* Returns the id of the chain, GGI_UUID_LEN bytes without a NUL. */
static inline const char *
ggi_chain_id(const ggi_chain_t *chain)
{
    return chain->id;
}


/*
 * Begins the line of the next record in json, to which nothing has been written:
 * opens the record's object, writes its resource, and opens the object "attributes"
 * with the three attributes of the chain. The caller adds other attributes, and
 * closes both objects.
 */
ggi_json_inline void
ggi_chain_begin(const ggi_chain_t *chain, ggi_json_t *json)
{
    ggi_json_raw(json, NULL, chain->opening, chain->opening_len);
    ggi_json_int(json, "ggi.chain.number", (int64_t) chain->place.number);
    ggi_json_plain(json, "ggi.chain.previous", chain->place.previous,
                   GGI_CHAIN_HASH_LEN);
}


/*
 * Moves the chain on behind a line that ggi_chain_begin() has begun and that is whole now, of
 * len bytes with its newline, so that the next record names its hash. Returns 1; or 0 when the
 * line could not be hashed, and the chain is then as it was. When the line is not written after
 * all, the caller can go back by restoring a copy of chain->place that it made before.
 */
int ggi_chain_advance(ggi_chain_t *chain, const char *line, size_t len);


#endif
