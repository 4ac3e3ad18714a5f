/* SPDX-License-Identifier: EUPL-1.2 */

#define _DEFAULT_SOURCE                 /* explicit_bzero() */
#include <string.h>

#include <openssl/hmac.h>

#include "ggi_pseudonym.h"
#include "ggi_uuid.h"

#define GGI_PSEUDONYM_BLOCK  64         /* bytes of a block of SHA-256 */


/* Writes the first n bytes of the HMAC of a text to dst, in hexadecimal. Returns 1, or 0. */
static int
ggi_pseudonym_hmac(char *dst, size_t n, ggi_str_t text, ggi_str_t key)
{
    unsigned       len;
    unsigned char  digest[EVP_MAX_MD_SIZE];

    if (HMAC(EVP_sha256(), key.data, (int) key.len,
             (const unsigned char *) text.data, text.len, digest, &len)
        == NULL)
    {
        return 0;
    }

    ggi_hex_write(dst, digest, n);

    return 1;
}


int
ggi_pseudonym_key_set(ggi_pseudonym_key_t *key, ggi_str_t bytes)
{
    ggi_str_t  label = ggi_str("ggi-pseudonym-key");

    key->bytes = bytes;

    return ggi_pseudonym_hmac(key->id, GGI_PSEUDONYM_ID_LEN / 2, label, bytes);
}


/* Has a new state hash a key as a block, each byte with a pad. Returns 1, or 0. */
static int
ggi_pseudonym_pad(EVP_MD_CTX **state, const EVP_MD *md, const unsigned char *block,
    unsigned char pad)
{
    int            good;
    size_t         i;
    unsigned char  padded[GGI_PSEUDONYM_BLOCK];

    for (i = 0; i < GGI_PSEUDONYM_BLOCK; i++) {
        padded[i] = block[i] ^ pad;
    }

    *state = EVP_MD_CTX_new();
    good = *state && EVP_DigestInit_ex2(*state, md, NULL)
           && EVP_DigestUpdate(*state, padded, sizeof(padded));
    explicit_bzero(padded, sizeof(padded));

    return good;
}


int
ggi_pseudonym_maker_set(ggi_pseudonym_maker_t *maker, const ggi_pseudonym_key_t *key)
{
    int            good;
    EVP_MD        *md;
    unsigned char  block[GGI_PSEUDONYM_BLOCK];

    memset(maker, 0, sizeof(ggi_pseudonym_maker_t));
    memset(block, 0, sizeof(block));
    memcpy(maker->id, key->id, GGI_PSEUDONYM_ID_LEN);
    md = EVP_MD_fetch(NULL, "SHA256", NULL);
    maker->hash = EVP_MD_CTX_new();

    if (key->bytes.len <= sizeof(block)) {
        memcpy(block, key->bytes.data, key->bytes.len);
        good = 1;

    } else {
        good = md && EVP_Digest(key->bytes.data, key->bytes.len, block, NULL, md, NULL);
    }

    /* the pads are those of RFC 2104 */

    good = good && md && maker->hash && ggi_pseudonym_pad(&maker->inner, md, block, 0x36)
           && ggi_pseudonym_pad(&maker->outer, md, block, 0x5c);
    explicit_bzero(block, sizeof(block));
    EVP_MD_free(md);

    if (!good) {
        ggi_pseudonym_maker_free(maker);
    }

    return good;
}


void
ggi_pseudonym_maker_free(ggi_pseudonym_maker_t *maker)
{
    EVP_MD_CTX_free(maker->inner);
    EVP_MD_CTX_free(maker->outer);
    EVP_MD_CTX_free(maker->hash);
    memset(maker, 0, sizeof(ggi_pseudonym_maker_t));
}


int
ggi_pseudonym_make(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text,
    const ggi_pseudonym_maker_t *maker)
{
    char           *p;
    unsigned        n;
    unsigned char   digest[EVP_MAX_MD_SIZE];

    if (!EVP_MD_CTX_copy_ex(maker->hash, maker->inner)
        || !EVP_DigestUpdate(maker->hash, text.data, text.len)
        || !EVP_DigestFinal_ex(maker->hash, digest, &n)
        || !EVP_MD_CTX_copy_ex(maker->hash, maker->outer)
        || !EVP_DigestUpdate(maker->hash, digest, n)
        || !EVP_DigestFinal_ex(maker->hash, digest, &n))
    {
        return 0;
    }

    p = dst;
    memcpy(p, "hmac:", 5);
    p += 5;
    memcpy(p, maker->id, GGI_PSEUDONYM_ID_LEN);
    p += GGI_PSEUDONYM_ID_LEN;
    *p++ = ':';
    ggi_hex_write(p, digest, (size_t) (dst + GGI_PSEUDONYM_LEN - p) / 2);

    return 1;
}


int
ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text,
    const ggi_pseudonym_key_t *key)
{
    int                    good;
    ggi_pseudonym_maker_t  maker;

    good = ggi_pseudonym_maker_set(&maker, key) && ggi_pseudonym_make(dst, text, &maker);
    ggi_pseudonym_maker_free(&maker);

    return good;
}


int
ggi_pseudonym_needless(ggi_str_t user)
{
    static const ggi_str_t  known[] = {
        ggi_str("BurgerZelf"), ggi_str("Systeem")
    };

    return ggi_str_in(known, sizeof(known) / sizeof(ggi_str_t), user);
}
