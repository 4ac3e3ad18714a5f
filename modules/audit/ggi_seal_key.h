/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The keys of seals: Ed25519 (RFC 8032), with the names, ids and texts of C2SP
 * signed-note (https://c2sp.org/signed-note).
 */

#ifndef GGI_SEAL_KEY_H
#define GGI_SEAL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"

#define GGI_SEAL_KEY            32      /* bytes of a key, secret or public */
#define GGI_SEAL_KEY_ID         4
#define GGI_SEAL_SIGNATURE      64
#define GGI_SEAL_HASH           32      /* bytes of a SHA-256 */
#define GGI_SEAL_NAME_MAX       400     /* bytes of the name of a key */
#define GGI_SEAL_VERIFIER_MAX   (GGI_SEAL_NAME_MAX + 64)

/* How many bytes base64 makes of n bytes. */
#define GGI_SEAL_BASE64(n)  (((n) + 2) / 3 * 4)


/*
 * Makes a new pair of keys, of random bytes. Returns 1, or 0 when OpenSSL cannot. The
 * caller erases the secret by OPENSSL_cleanse() when it is used up.
 */
int ggi_seal_key_make(unsigned char secret[GGI_SEAL_KEY],
    unsigned char public_key[GGI_SEAL_KEY]);

/*
 * Sets public_key to the public key of Ed25519 that belongs to a secret. Returns 1, or 0 when
 * OpenSSL cannot make it.
 */
int ggi_seal_key_public(const unsigned char secret[GGI_SEAL_KEY],
    unsigned char public_key[GGI_SEAL_KEY]);

/*
 * Signs len bytes at data with a secret key of Ed25519, and writes the signature,
 * GGI_SEAL_SIGNATURE bytes, to signature. Returns 1, or 0 when OpenSSL cannot; signature is of
 * no use then.
 */
int ggi_seal_key_sign(const unsigned char secret[GGI_SEAL_KEY], const char *data,
    size_t len, unsigned char signature[GGI_SEAL_SIGNATURE]);

/*
 * Returns 1 when the signature of len bytes at data was made with the secret of a public
 * key; 0 when it was not, or OpenSSL cannot tell.
 */
int ggi_seal_key_verify(const unsigned char public_key[GGI_SEAL_KEY],
    const char *data, size_t len,
    const unsigned char signature[GGI_SEAL_SIGNATURE]);

/* Sets hash to the SHA-256 of len bytes. Returns 1, or 0 when OpenSSL cannot. */
int ggi_seal_hash(const char *data, size_t len,
    unsigned char hash[GGI_SEAL_HASH]);

/*
 * Computes the id of a public key under a name, by which a signature names the key that it was
 * made with, and writes it to id. Returns 1, or 0 when OpenSSL cannot hash.
 */
int ggi_seal_key_id(ggi_str_t name, const unsigned char public_key[GGI_SEAL_KEY],
    unsigned char id[GGI_SEAL_KEY_ID]);

/*
 * Returns 1 when a text can be the name of a key: 1 to GGI_SEAL_NAME_MAX printable ASCII
 * characters without blanks and plus signs; 0 otherwise.
 */
int ggi_seal_name_good(ggi_str_t name);

/*
 * Writes len bytes as base64 (RFC 4648, with padding) to dst, which has room for
 * GGI_SEAL_BASE64(len) + 1 bytes; a NUL ends it. Returns its length without that.
 */
size_t ggi_seal_base64_write(char *dst, const unsigned char *src, size_t len);

/*
 * Reads a text of base64 as ggi_seal_base64_write() writes it to dst, which has room for
 * size bytes. Returns how many bytes it stands for; or 0 when it is empty, is no such
 * text, or stands for more bytes.
 */
size_t ggi_seal_base64_read(unsigned char *dst, size_t size, ggi_str_t text);

/*
 * Writes a public key with its name, "name+id+base64", to text with a NUL; this is what
 * an auditor keeps. Returns 1, or 0 when OpenSSL cannot.
 */
int ggi_seal_verifier_write(char text[GGI_SEAL_VERIFIER_MAX], ggi_str_t name,
    const unsigned char public_key[GGI_SEAL_KEY]);

/*
 * Reads what ggi_seal_verifier_write() writes: sets *name to the name within text, and
 * public_key. Returns 1, or 0 when text is something else.
 */
int ggi_seal_verifier_read(ggi_str_t text, ggi_str_t *name,
    unsigned char public_key[GGI_SEAL_KEY]);


#endif
