/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_signature.h"

#include <openssl/err.h>
#include <openssl/rsa.h>


/* Returns the digest that an AlgorithmIdentifier names, SHA-1 when there is none, or NULL. */
static const EVP_MD *
ggi_signature_digest(const X509_ALGOR *algorithm)
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
ggi_signature_mask(const X509_ALGOR *function)
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
    md = digest ? ggi_signature_digest(digest) : NULL;
    X509_ALGOR_free(digest);

    return md;
}


/* Reads the parameters of RSASSA-PSS. Returns 1, or 0 when they are absent or unknown. */
static int
ggi_signature_pss(ggi_signature_t *scheme, const X509_ALGOR *algorithm)
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

    scheme->md = ggi_signature_digest(pss->hashAlgorithm);
    scheme->mgf = ggi_signature_mask(pss->maskGenAlgorithm);

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
ggi_signature_algorithm(ggi_signature_t *scheme, const X509_ALGOR *algorithm)
{
    int                 good, md;
    const ASN1_OBJECT  *object;

    scheme->md = NULL;
    scheme->mgf = NULL;

    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    good = OBJ_find_sigid_algs(OBJ_obj2nid(object), &md, &scheme->key);

    if (good && scheme->key == NID_rsassaPss) {
        good = ggi_signature_pss(scheme, algorithm);

    } else if (good && md != NID_undef) {
        scheme->md = EVP_get_digestbynid(md);
        good = (scheme->md != NULL);

    } else if (good) {
        good = scheme->key == NID_ED25519 || scheme->key == NID_ED448;
    }

    ERR_clear_error();

    return good;
}


int
ggi_signature_read(ggi_signature_t *scheme, const ggi_der_t *der)
{
    int                   good;
    X509_ALGOR           *algorithm;
    const unsigned char  *data;

    data = der->data;
    algorithm = d2i_X509_ALGOR(NULL, &data, (long) der->len);

    good = algorithm && data == der->data + der->len
           && ggi_signature_algorithm(scheme, algorithm);

    X509_ALGOR_free(algorithm);
    ERR_clear_error();

    return good;
}


/* Returns the bits of security of a scheme, as OpenSSL counts them for a certificate. */
static int
ggi_signature_bits(const ggi_signature_t *scheme)
{
    if (scheme->md == NULL) {
        return (scheme->key == NID_ED448) ? 224 : 128;
    }

    switch (EVP_MD_get_type(scheme->md)) {

    /* collisions of these have been found: they are below every level */

    case NID_sha1:
    case NID_md5_sha1:
        return 63;

    case NID_md5:
        return 39;

    default:
        return EVP_MD_get_size(scheme->md) * 4;
    }
}


int
ggi_signature_strong(const ggi_signature_t *scheme, int level)
{
    static const int  bits[] = { 0, 80, 112, 128, 192, 256 };

    if (level <= 0) {
        return 1;
    }

    return ggi_signature_bits(scheme) >= bits[level < 5 ? level : 5];
}
