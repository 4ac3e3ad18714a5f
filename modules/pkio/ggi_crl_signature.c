/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_signature.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>


/* Returns the digest that an AlgorithmIdentifier names, SHA-1 when there is none, or NULL. */
static const EVP_MD *
ggi_crl_scheme_digest(const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT  *object;

    if (algorithm == NULL) {
        return EVP_sha1();
    }

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);

    return EVP_get_digestbyobj(object);
}


/*
 * Returns the digest of the mask generation function MGF1, SHA-1 when no function is
 * named, or NULL when there is another function.
 */
static const EVP_MD *
ggi_crl_scheme_mask(const X509_ALGOR *function)
{
    int                  type;
    const void          *value;
    X509_ALGOR          *digest;
    const EVP_MD        *md;
    const ASN1_OBJECT   *object;

    if (function == NULL) {
        return EVP_sha1();
    }

    X509_ALGOR_get0(&object, &type, &value, function);

    if (OBJ_obj2nid(object) != NID_mgf1 || type != V_ASN1_SEQUENCE) {
        return NULL;
    }

    digest = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
    md = digest ? ggi_crl_scheme_digest(digest) : NULL;
    X509_ALGOR_free(digest);

    return md;
}


/* Reads the parameters of RSASSA-PSS. Returns 1, or 0 when they are absent or unknown. */
static int
ggi_crl_scheme_pss(ggi_crl_scheme_t *scheme, const X509_ALGOR *algorithm)
{
    int              type, good;
    int64_t          salt, trailer;
    const void      *value;
    RSA_PSS_PARAMS  *pss;

    X509_ALGOR_get0(NULL, &type, &value, algorithm);

    pss = (type == V_ASN1_SEQUENCE)
          ? ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS)) : NULL;

    if (pss == NULL) {
        return 0;
    }

    salt = 20;
    trailer = 1;

    scheme->md = ggi_crl_scheme_digest(pss->hashAlgorithm);
    scheme->mgf = ggi_crl_scheme_mask(pss->maskGenAlgorithm);

    good = scheme->md && scheme->mgf
           && (pss->saltLength == NULL
               || ASN1_INTEGER_get_int64(&salt, pss->saltLength))
           && salt >= 0 && salt <= 1024
           && (pss->trailerField == NULL
               || ASN1_INTEGER_get_int64(&trailer, pss->trailerField))
           && trailer == 1;

    scheme->salt = (int) salt;
    RSA_PSS_PARAMS_free(pss);

    return good;
}


int
ggi_crl_scheme(ggi_crl_scheme_t *scheme, const ggi_der_t *der)
{
    int                   good, md;
    X509_ALGOR           *algorithm;
    const ASN1_OBJECT    *object;
    const unsigned char  *data;

    scheme->md = NULL;
    scheme->mgf = NULL;
    data = der->data;
    algorithm = d2i_X509_ALGOR(NULL, &data, (long) der->len);

    if (algorithm == NULL || data != der->data + der->len) {
        X509_ALGOR_free(algorithm);
        ERR_clear_error();
        return 0;
    }

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    good = OBJ_find_sigid_algs(OBJ_obj2nid(object), &md, &scheme->key);

    if (good && scheme->key == NID_rsassaPss) {
        good = ggi_crl_scheme_pss(scheme, algorithm);

    } else if (good && md != NID_undef) {
        scheme->md = EVP_get_digestbynid(md);
        good = (scheme->md != NULL);

    } else if (good) {
        good = scheme->key == NID_ED25519 || scheme->key == NID_ED448;
    }

    X509_ALGOR_free(algorithm);
    ERR_clear_error();

    return good;
}


static int
ggi_crl_scheme_fits(const ggi_crl_scheme_t *scheme, const EVP_PKEY *key)
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
    int            lacked;
    unsigned long  error;

    lacked = 0;

    while ((error = ERR_get_error()) != 0) {
        lacked |= (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE);
    }

    return (verified == 1) ? GGI_CRL_SIGNED
           : lacked ? GGI_CRL_SIGNED_UNTOLD : GGI_CRL_NOT_SIGNED;
}


/* Checks the signature of a digest. */
static ggi_crl_signed_e
ggi_crl_signed_digest(const ggi_crl_list_t *list,
    const ggi_crl_scheme_t *scheme, EVP_PKEY *key)
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
    ggi_der_t          der;
    ggi_crl_scheme_t   scheme;
    ggi_crl_signed_e   result;

    if (list->wrong[0] && !list->limited) {
        return GGI_CRL_NOT_SIGNED;
    }

    der.data = ggi_crl_part(list, algorithm);
    der.len = list->algorithm.len;

    if (!ggi_crl_scheme(&scheme, &der)) {
        /* OpenSSL knew the algorithm when the list was read */
        return GGI_CRL_SIGNED_UNTOLD;
    }

    if (!ggi_crl_scheme_fits(&scheme, key)) {
        return GGI_CRL_NOT_SIGNED;
    }

    ERR_clear_error();

    result = scheme.md ? ggi_crl_signed_digest(list, &scheme, key)
                       : ggi_crl_signed_text(list, key);

    ERR_clear_error();

    return result;
}
