/* SPDX-License-Identifier: EUPL-1.2 */

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ggi_pseudonym.h"
#include "ggi_uuid.h"


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


int
ggi_pseudonym_write(char dst[GGI_PSEUDONYM_LEN], ggi_str_t text,
    const ggi_pseudonym_key_t *key)
{
    char  *p;

    p = dst;
    memcpy(p, "hmac:", 5);
    p += 5;
    memcpy(p, key->id, GGI_PSEUDONYM_ID_LEN);
    p += GGI_PSEUDONYM_ID_LEN;
    *p++ = ':';

    return ggi_pseudonym_hmac(p, (size_t) (dst + GGI_PSEUDONYM_LEN - p) / 2, text, key->bytes);
}


int
ggi_pseudonym_needless(ggi_str_t user)
{
    static const ggi_str_t  known[] = {
        ggi_str("BurgerZelf"), ggi_str("Systeem")
    };

    return ggi_str_in(known, sizeof(known) / sizeof(ggi_str_t), user);
}
