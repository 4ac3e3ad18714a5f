/* SPDX-License-Identifier: EUPL-1.2 */

/* By which algorithms something has been signed, and how strong these are. */

#include "unit.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "ggi_signature.h"


/* A certificate that is signed by a key with a digest; padding: of RSA, or 0. */
static X509 *
signed_by(EVP_PKEY *key, const EVP_MD *md, int padding)
{
    X509          *x509;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pkey;

    x509 = X509_new();
    ctx = EVP_MD_CTX_new();
    assert_true(x509 && ctx);
    assert_true(X509_set_pubkey(x509, key));
    assert_int_equal(EVP_DigestSignInit(ctx, &pkey, md, NULL, key), 1);

    if (padding) {
        assert_true(EVP_PKEY_CTX_set_rsa_padding(pkey, padding) > 0);
    }

    assert_true(X509_sign_ctx(x509, ctx) > 0);
    EVP_MD_CTX_free(ctx);

    return x509;
}


/* Checks that a scheme is as strong as OpenSSL finds a certificate that is signed by it. */
static void
check_levels(EVP_PKEY *key, const EVP_MD *md, int padding)
{
    int               level, bits;
    X509             *x509;
    ggi_der_t         der;
    const X509_ALGOR *algorithm;
    ggi_signature_t   read, known;
    unsigned char    *bytes;
    static const int  least[] = { 0, 80, 112, 128, 192, 256, 256 };

    x509 = signed_by(key, md, padding);
    assert_true(X509_get_signature_info(x509, NULL, NULL, &bits, NULL));
    X509_get0_signature(NULL, &algorithm, x509);

    bytes = NULL;
    der.len = (size_t) i2d_X509_ALGOR((X509_ALGOR *) algorithm, &bytes);
    der.data = bytes;

    assert_true(ggi_signature_read(&read, &der));
    assert_true(ggi_signature_algorithm(&known, algorithm));
    assert_true(read.md == known.md && read.key == known.key);
    assert_true(read.md == NULL || EVP_MD_get_type(read.md) == EVP_MD_get_type(md));

    for (level = -1; level <= 6; level++) {
        assert_int_equal(ggi_signature_strong(&read, level), level <= 0 || bits >= least[level]);
    }

    der.len--;
    assert_false(ggi_signature_read(&read, &der));

    OPENSSL_free(bytes);
    X509_free(x509);
}


static void
test_levels(void **state)
{
    size_t         i;
    EVP_PKEY      *rsa, *ec, *ed25519, *ed448;
    const EVP_MD  *digests[] = {
        EVP_md5(), EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()
    };

    (void) state;

    rsa = EVP_RSA_gen(2048);
    ec = EVP_EC_gen("P-256");
    ed25519 = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ed448 = EVP_PKEY_Q_keygen(NULL, NULL, "ED448");

    for (i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
        check_levels(rsa, digests[i], RSA_PKCS1_PADDING);

        if (i > 0) {
            check_levels(rsa, digests[i], RSA_PKCS1_PSS_PADDING);
            check_levels(ec, digests[i], 0);
        }
    }

    check_levels(ed25519, NULL, 0);
    check_levels(ed448, NULL, 0);

    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
    EVP_PKEY_free(ed25519);
    EVP_PKEY_free(ed448);
}


static void
test_unknown(void **state)
{
    X509_ALGOR       *algorithm;
    ggi_signature_t   scheme;

    (void) state;

    algorithm = X509_ALGOR_new();
    assert_non_null(algorithm);

    /* no algorithm of signatures, and RSASSA-PSS without its parameters */

    assert_true(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL));
    assert_false(ggi_signature_algorithm(&scheme, algorithm));
    assert_true(X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsassaPss), V_ASN1_UNDEF, NULL));
    assert_false(ggi_signature_algorithm(&scheme, algorithm));

    X509_ALGOR_free(algorithm);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
