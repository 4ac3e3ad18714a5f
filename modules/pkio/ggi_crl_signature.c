/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signature.h"
#include "ggi_lacked.h"
#include "ggi_signature.h"

#include <openssl/err.h>


static int
ggi_crl_signature_fits(const ggi_signature_t *scheme, const EVP_PKEY *key)
{
    int  type;

    type = EVP_PKEY_get_base_id(key);

    return type == scheme->key
           || (type == NID_rsaEncryption && scheme->key == NID_rsassaPss);
}


/*
 * Returns the result of a check of a signature: verified is what OpenSSL said of it, 1
 * when it is good. When it is not, and OpenSSL lacked memory meanwhile, that is untold.
 * Takes all errors off OpenSSL's queue.
 */
static ggi_crl_signed_e
ggi_crl_signed_result(int verified)
{
    int  lacked;

    lacked = ggi_lacked_memory();

    return (verified == 1) ? GGI_CRL_SIGNED
           : lacked ? GGI_CRL_SIGNED_UNTOLD : GGI_CRL_NOT_SIGNED;
}


/* Checks the signature of a digest. */
static ggi_crl_signed_e
ggi_crl_signed_digest(const ggi_crl_list_t *list,
    const ggi_signature_t *scheme, EVP_PKEY *key)
{
    int                ready;
    EVP_PKEY_CTX      *ctx;
    ggi_crl_signed_e   result;

    ctx = EVP_PKEY_CTX_new(key, NULL);

    ready = ctx && EVP_PKEY_verify_init(ctx) == 1;

    if (ready && scheme->key == NID_rsassaPss) {
        ready = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, scheme->mgf) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, scheme->salt) == 1;
    }

    ready = ready && EVP_PKEY_CTX_set_signature_md(ctx, scheme->md) == 1;
    result = GGI_CRL_SIGNED_UNTOLD;

    if (ready) {
        result = ggi_crl_signed_result(
                     EVP_PKEY_verify(ctx, ggi_crl_part(list, signature),
                                     list->signature.len, list->digest,
                                     list->digest_len));
    }

    EVP_PKEY_CTX_free(ctx);

    return result;
}


/* Checks the signature of a text, by an algorithm that takes no digest. */
static ggi_crl_signed_e
ggi_crl_signed_text(const ggi_crl_list_t *list, EVP_PKEY *key)
{
    EVP_MD_CTX        *ctx;
    ggi_crl_signed_e   result;

    ctx = EVP_MD_CTX_new();
    result = GGI_CRL_SIGNED_UNTOLD;

    if (ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1) {
        result = ggi_crl_signed_result(
                     EVP_DigestVerify(ctx, ggi_crl_part(list, signature),
                                      list->signature.len,
                                      ggi_crl_part(list, tbs), list->tbs.len));
    }

    EVP_MD_CTX_free(ctx);

    return result;
}


ggi_crl_signed_e
ggi_crl_signature(const ggi_crl_list_t *list, EVP_PKEY *key)
{
    ggi_der_t         der;
    ggi_signature_t   scheme;
    ggi_crl_signed_e  result;

    if (list->wrong[0] && !list->limited) {
        return GGI_CRL_NOT_SIGNED;
    }

    der.data = ggi_crl_part(list, algorithm);
    der.len = list->algorithm.len;

    if (!ggi_signature_read(&scheme, &der)) {
        /* OpenSSL knew the algorithm when the list was read */
        return GGI_CRL_SIGNED_UNTOLD;
    }

    if (!ggi_crl_signature_fits(&scheme, key)) {
        return GGI_CRL_NOT_SIGNED;
    }

    ERR_clear_error();

    result = scheme.md ? ggi_crl_signed_digest(list, &scheme, key)
                       : ggi_crl_signed_text(list, key);

    ERR_clear_error();

    return result;
}


const char *
ggi_crl_weakness(const ggi_crl_list_t *list, int level)
{
    ggi_der_t         der = { ggi_crl_part(list, algorithm), list->algorithm.len };
    ggi_signature_t   scheme;

    if (level <= 0) {
        return NULL;
    }

    if (!ggi_signature_read(&scheme, &der)) {
        return "an algorithm that OpenSSL cannot tell now";
    }

    return ggi_signature_strong(&scheme, level) ? NULL
           : scheme.md ? EVP_MD_get0_name(scheme.md) : OBJ_nid2sn(scheme.key);
}
