/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "ggi_seal_key.h"
#include "ggi_uuid.h"

#define GGI_SEAL_ED25519       0x01     /* type of the signature, of C2SP signed-note */
#define GGI_SEAL_BASE64_PART   3        /* bytes that four digits stand for */


int
ggi_seal_key_make(unsigned char secret[GGI_SEAL_KEY],
    unsigned char public_key[GGI_SEAL_KEY])
{
    int        good;
    size_t     len, public_len;
    EVP_PKEY  *pkey;

    len = GGI_SEAL_KEY;
    public_len = GGI_SEAL_KEY;
    pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

    good = pkey && EVP_PKEY_get_raw_private_key(pkey, secret, &len)
           && EVP_PKEY_get_raw_public_key(pkey, public_key, &public_len);

    EVP_PKEY_free(pkey);

    return good;
}


int
ggi_seal_key_public(const unsigned char secret[GGI_SEAL_KEY],
    unsigned char public_key[GGI_SEAL_KEY])
{
    int        good;
    size_t     len;
    EVP_PKEY  *pkey;

    len = GGI_SEAL_KEY;
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, GGI_SEAL_KEY);
    good = pkey && EVP_PKEY_get_raw_public_key(pkey, public_key, &len);
    EVP_PKEY_free(pkey);

    return good;
}


int
ggi_seal_key_sign(const unsigned char secret[GGI_SEAL_KEY], const char *data,
    size_t len, unsigned char signature[GGI_SEAL_SIGNATURE])
{
    int          good;
    size_t       signature_len;
    EVP_PKEY    *pkey;
    EVP_MD_CTX  *ctx;

    signature_len = GGI_SEAL_SIGNATURE;
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, GGI_SEAL_KEY);
    ctx = EVP_MD_CTX_new();

    good = pkey && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1
           && EVP_DigestSign(ctx, signature, &signature_len, (const unsigned char *) data,
                             len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);

    return good;
}


int
ggi_seal_key_verify(const unsigned char public_key[GGI_SEAL_KEY],
    const char *data, size_t len,
    const unsigned char signature[GGI_SEAL_SIGNATURE])
{
    int          good;
    EVP_PKEY    *pkey;
    EVP_MD_CTX  *ctx;

    pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, GGI_SEAL_KEY);
    ctx = EVP_MD_CTX_new();

    good = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1
           && EVP_DigestVerify(ctx, signature, GGI_SEAL_SIGNATURE, (const unsigned char *) data,
                               len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);

    return good;
}


int
ggi_seal_hash(const char *data, size_t len, unsigned char hash[GGI_SEAL_HASH])
{
    return EVP_Digest(data, len, hash, NULL, EVP_sha256(), NULL);
}


int
ggi_seal_key_id(ggi_str_t name, const unsigned char public_key[GGI_SEAL_KEY],
    unsigned char id[GGI_SEAL_KEY_ID])
{
    char           data[GGI_SEAL_NAME_MAX + 2 + GGI_SEAL_KEY];
    unsigned char  hash[GGI_SEAL_HASH];

    memcpy(data, name.data, name.len);
    data[name.len] = '\n';
    data[name.len + 1] = GGI_SEAL_ED25519;
    memcpy(data + name.len + 2, public_key, GGI_SEAL_KEY);

    if (!ggi_seal_hash(data, name.len + 2 + GGI_SEAL_KEY, hash)) {
        return 0;
    }

    memcpy(id, hash, GGI_SEAL_KEY_ID);

    return 1;
}


int
ggi_seal_name_good(ggi_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == '+') {
            return 0;
        }
    }

    return name.len > 0 && name.len <= GGI_SEAL_NAME_MAX;
}


size_t
ggi_seal_base64_write(char *dst, const unsigned char *src, size_t len)
{
    return (size_t) EVP_EncodeBlock((unsigned char *) dst, src, (int) len);
}


/*
 * Reads four digits of base64, of which the last may be padding. Returns how many bytes
 * they stand for, or 0 when they are not what base64 makes of any bytes.
 */
static size_t
ggi_seal_base64_part(unsigned char dst[GGI_SEAL_BASE64_PART], const char *text)
{
    char    again[GGI_SEAL_BASE64(GGI_SEAL_BASE64_PART) + 1];
    size_t  n;

    n = GGI_SEAL_BASE64_PART - (size_t) (text[3] == '=') - (size_t) (text[2] == '=');

    if (EVP_DecodeBlock(dst, (const unsigned char *) text, 4) != GGI_SEAL_BASE64_PART) {
        return 0;
    }

    ggi_seal_base64_write(again, dst, n);

    return memcmp(again, text, 4) == 0 ? n : 0;
}


size_t
ggi_seal_base64_read(unsigned char *dst, size_t size, ggi_str_t text)
{
    size_t         i, n, len;
    unsigned char  part[GGI_SEAL_BASE64_PART];

    if (text.len % 4) {
        return 0;
    }

    for (i = 0, len = 0; i < text.len; i += 4) {
        n = ggi_seal_base64_part(part, text.data + i);

        if (n == 0 || n > size - len || (n < GGI_SEAL_BASE64_PART && i + 4 < text.len)) {
            return 0;
        }

        memcpy(dst + len, part, n);
        len += n;
    }

    return len;
}


int
ggi_seal_verifier_write(char text[GGI_SEAL_VERIFIER_MAX], ggi_str_t name,
    const unsigned char public_key[GGI_SEAL_KEY])
{
    char           hex[2 * GGI_SEAL_KEY_ID], key[GGI_SEAL_BASE64(GGI_SEAL_KEY + 1) + 1];
    unsigned char  id[GGI_SEAL_KEY_ID], data[GGI_SEAL_KEY + 1];

    if (!ggi_seal_key_id(name, public_key, id)) {
        return 0;
    }

    data[0] = GGI_SEAL_ED25519;
    memcpy(data + 1, public_key, GGI_SEAL_KEY);
    ggi_seal_base64_write(key, data, sizeof(data));
    ggi_hex_write(hex, id, GGI_SEAL_KEY_ID);
    snprintf(text, GGI_SEAL_VERIFIER_MAX, "%.*s+%.*s+%s", (int) name.len, name.data,
             (int) sizeof(hex), hex, key);

    return 1;
}


int
ggi_seal_verifier_read(ggi_str_t text, ggi_str_t *name,
    unsigned char public_key[GGI_SEAL_KEY])
{
    size_t         tail;
    ggi_str_t      key;
    unsigned char  named[GGI_SEAL_KEY_ID], id[GGI_SEAL_KEY_ID], data[GGI_SEAL_KEY + 1];

    key.len = GGI_SEAL_BASE64(GGI_SEAL_KEY + 1);
    tail = 1 + 2 * GGI_SEAL_KEY_ID + 1 + key.len;

    if (text.len <= tail) {
        return 0;
    }

    name->data = text.data;
    name->len = text.len - tail;
    key.data = text.data + text.len - key.len;

    if (!ggi_seal_name_good(*name) || text.data[name->len] != '+' || key.data[-1] != '+'
        || !ggi_hex_read(named, text.data + name->len + 1, GGI_SEAL_KEY_ID)
        || ggi_seal_base64_read(data, sizeof(data), key) != sizeof(data)
        || data[0] != GGI_SEAL_ED25519 || !ggi_seal_key_id(*name, data + 1, id)
        || memcmp(id, named, GGI_SEAL_KEY_ID) != 0)
    {
        return 0;
    }

    memcpy(public_key, data + 1, GGI_SEAL_KEY);

    return 1;
}
