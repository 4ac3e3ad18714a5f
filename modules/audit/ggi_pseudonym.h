/* SPDX-License-Identifier: EUPL-1.2 */

/* Keeps the names of users and the numbers of data subjects out of the records. */

#ifndef GGI_PSEUDONYM_H
#define GGI_PSEUDONYM_H

#include <stddef.h>

#include <openssl/evp.h>

#include "ggi_str.h"

#define GGI_PSEUDONYM_KEY_MIN  16       /* bytes */
#define GGI_PSEUDONYM_KEY_MAX  256
#define GGI_PSEUDONYM_ID_LEN   8        /* hexadecimal digits */
#define GGI_PSEUDONYM_LEN      46       /* "hmac:", the key's id, ":" and 32 hexadecimal digits */


/* A key of pseudonyms. */
typedef struct {
    ggi_str_t  bytes;                   /* of the caller; len 0: there is no key */
    char       id[GGI_PSEUDONYM_ID_LEN];
} ggi_pseudonym_key_t;

/* Makes pseudonyms by a key, which was hashed once. */
typedef struct {
    EVP_MD_CTX  *inner;                 /* the state of the inner hash of the HMAC behind the key */
    EVP_MD_CTX  *outer;
    EVP_MD_CTX  *hash;                  /* of the present pseudonym */
    char         id[GGI_PSEUDONYM_ID_LEN];
} ggi_pseudonym_maker_t;


/*
 * Sets a key, of which the bytes are GGI_PSEUDONYM_KEY_MIN to GGI_PSEUDONYM_KEY_MAX and stay
 * where they are, and finds its id: the first 32 bits of the HMAC-SHA-256 of the text
 * "ggi-pseudonym-key" under the key, in hexadecimal. It tells keys apart, and nothing of
 * them. Returns 1, or 0 when the HMAC fails; the key is not to be used then.
 */
int ggi_pseudonym_key_set(ggi_pseudonym_key_t *key, ggi_str_t bytes);

/*
 * Prepares maker to make pseudonyms with a key, which is copied as far as it is needed and may
 * be freed after the call. Returns 1, and the caller frees maker by ggi_pseudonym_maker_free().
 * Returns 0 when there is no memory or OpenSSL has no SHA-256; there is nothing to free then.
 */
int ggi_pseudonym_maker_set(ggi_pseudonym_maker_t *maker, const ggi_pseudonym_key_t *key);

/*
 * Frees what ggi_pseudonym_maker_set() has allocated and leaves the maker zeroed; a zeroed
 * maker may be freed again.
 */
void ggi_pseudonym_maker_free(ggi_pseudonym_maker_t *maker);

/*
 * Writes the pseudonym that ggi_pseudonym_write() writes of a text, by the key of the maker,
 * which does not have to be hashed again. Returns 1, or 0 when the HMAC fails.
 */
int ggi_pseudonym_make(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text,
    const ggi_pseudonym_maker_t *maker);

/*
 * Writes the pseudonym of a text, such as the name of a user, without a NUL: "hmac:", the
 * id of the key, ":" and the first 128 bits of the HMAC-SHA-256 of the text under the key,
 * in hexadecimal. A text has one pseudonym as long as the key stays; without the key nobody
 * can try names. Returns 1, or 0 when the HMAC fails.
 */
int ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text,
    const ggi_pseudonym_key_t *key);

/*
 * Returns 1 when user is one of the standard values BurgerZelf and Systeem, which
 * name no person; otherwise 0.
 */
int ggi_pseudonym_needless(ggi_str_t user);


#endif
