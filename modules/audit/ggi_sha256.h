/* SPDX-License-Identifier: EUPL-1.2 */

/* SHA-256 over many texts, one after the other. */

#ifndef GGI_SHA256_H
#define GGI_SHA256_H

#include <openssl/evp.h>


/*
 * Returns a context that has begun a SHA-256, which the caller frees by EVP_MD_CTX_free(); or
 * NULL when OpenSSL has no SHA-256 or no memory. Looking the algorithm up costs more than the
 * hash of a line: keep the context, and have ggi_sha256_again() begin the next hash.
 */
static inline EVP_MD_CTX *
ggi_sha256_new(void)
{
    EVP_MD      *md;
    EVP_MD_CTX  *ctx;

    md = EVP_MD_fetch(NULL, "SHA256", NULL);
    ctx = EVP_MD_CTX_new();

    if (md == NULL || ctx == NULL || !EVP_DigestInit_ex2(ctx, md, NULL)) {
        EVP_MD_CTX_free(ctx);
        ctx = NULL;
    }

    EVP_MD_free(md);                    /* the context keeps it */

    return ctx;
}


/*
 * Begins a new SHA-256 in a context of ggi_sha256_new(), whatever it has hashed so far.
 * Returns 1, or 0 when OpenSSL fails.
 */
static inline int
ggi_sha256_again(EVP_MD_CTX *ctx)
{
    return EVP_DigestInit_ex2(ctx, NULL, NULL);
}


#endif
