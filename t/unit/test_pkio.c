/* SPDX-License-Identifier: EUPL-1.2 */

/* OINs, and what is read from a certificate. */

#include "unit.h"
#include "unit_name.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "ggi_certificate.h"
#include "ggi_crl_list.h"
#include "ggi_name_text.h"

#define OIN  "00000001823288444000"


static int
valid(const char *oin, const char *extra)
{
    ggi_str_t  str = { strlen(oin), oin }, prefix = { 8, extra };

    return ggi_oin_valid(str, &prefix, extra ? 1 : 0);
}


static void
test_oin(void **state)
{
    (void) state;

    assert_true(valid(OIN, NULL));
    assert_true(valid("00000004003214345000", NULL));
    assert_true(valid("00000003123456780000", NULL));
    assert_true(valid("0000000700AB1c234000", NULL));
    assert_true(valid("00000010123456789000", NULL));
    assert_true(valid("00000099123456789000", "00000099"));
    assert_true(valid("00000011123456789000", "00000011"));

    assert_false(valid("", NULL));
    assert_false(valid("0000000182328844400", NULL));
    assert_false(valid("000000018232884440000", NULL));
    assert_false(valid("00000000823288444000", NULL));
    assert_false(valid("00000099123456789000", NULL));
    assert_false(valid("00000011123456789000", "00000099"));
    assert_false(valid("00000003123456789000", NULL));
    assert_false(valid("00000001823288444001", NULL));
    assert_false(valid("00000001-23288444000", NULL));
    assert_false(valid("00000001 23288444000", NULL));
    assert_false(valid("0000000182328844\xc3\xab" "00", NULL));
}


/* A certificate of which the subject is given: never signed, since that is not read here. */
static X509 *
certificate(void)
{
    X509      *x509;
    EVP_PKEY  *key;

    x509 = X509_new();
    assert_non_null(x509);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);

    key = EVP_EC_gen("P-256");
    X509_set_pubkey(x509, key);
    X509_sign(x509, key, EVP_sha256());
    EVP_PKEY_free(key);

    return x509;
}


static ggi_reason_e
judge(int n, int type, const char *value, int len, int set)
{
    int                i;
    X509              *x509;
    X509_NAME         *subject;
    ggi_reason_e       reason;
    ggi_certificate_t  read;

    x509 = certificate();
    subject = X509_get_subject_name(x509);

    for (i = 0; i < n; i++) {
        assert_true(X509_NAME_add_entry_by_NID(subject, NID_serialNumber, type,
                                               (unsigned char *) value, len,
                                               -1, i ? set : 0));
    }

    assert_true(ggi_certificate_read(&read, x509));
    assert_true(read.not_after - read.not_before == 3660);
    reason = ggi_certificate_oin(&read, NULL, 0);
    X509_free(x509);

    return reason;
}


static void
test_serial_number(void **state)
{
    (void) state;

    assert_int_equal(judge(0, V_ASN1_PRINTABLESTRING, "", 0, 0), GGI_REASON_OIN_MISSING);
    assert_int_equal(judge(1, V_ASN1_PRINTABLESTRING, OIN, 20, 0), GGI_REASON_NONE);
    assert_int_equal(judge(1, V_ASN1_UTF8STRING, OIN, 20, 0), GGI_REASON_NONE);
    assert_int_equal(judge(2, V_ASN1_PRINTABLESTRING, OIN, 20, 0), GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(2, V_ASN1_PRINTABLESTRING, OIN, 20, -1), GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(1, V_ASN1_PRINTABLESTRING, "", 0, 0), GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(1, V_ASN1_IA5STRING, OIN, 20, 0), GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(1, V_ASN1_BMPSTRING, "\0001\0002\0003\0004\0005\0006\0007\0008\0009\0000", 20, 0),
                     GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(1, V_ASN1_UTF8STRING, "00000001823288444000\0", 21, 0), GGI_REASON_OIN_INVALID);
    assert_int_equal(judge(1, V_ASN1_UTF8STRING, "0000000182328844\0" "000", 20, 0), GGI_REASON_OIN_INVALID);
}


static void
test_is_of(void **state)
{
    ggi_certificate_t  read;
    const ggi_str_t    oins[] = { ggi_str("00000001002564440000"), ggi_str(OIN) };

    (void) state;

    memset(&read, 0, sizeof(read));
    memcpy(read.oin, OIN, GGI_OIN_LEN);

    assert_false(ggi_certificate_is_of(&read, oins, 2));
    read.oin_readable = 1;
    assert_true(ggi_certificate_is_of(&read, oins, 2));
    assert_false(ggi_certificate_is_of(&read, oins, 1));
    assert_false(ggi_certificate_is_of(&read, NULL, 0));
    read.oin[19] = '1';
    assert_false(ggi_certificate_is_of(&read, oins, 2));
}


/* What is read of the organisation that a certificate has as bytes of a type, until the next call. */
static ggi_str_t
organisation(int type, const char *value, int len)
{
    X509       *x509;
    ggi_str_t   text;

    static ggi_certificate_t  read;

    x509 = certificate();
    add(X509_get_subject_name(x509), NID_organizationName, type, value, len);
    assert_true(ggi_certificate_read(&read, x509));
    X509_free(x509);
    text.data = read.organisation;
    text.len = read.organisation_len;

    return text;
}


static void
test_organisation(void **state)
{
    int                i;
    char               name[400];
    X509              *x509;
    ggi_certificate_t  read;

    (void) state;

    x509 = certificate();
    assert_true(ggi_certificate_read(&read, x509));
    assert_int_equal(read.organisation_len, 0);
    X509_free(x509);

    assert_organisation(V_ASN1_UTF8STRING, "Gemeente S\xc3\xba" "dwest", 17, "Gemeente S\xc3\xba" "dwest");
    assert_organisation(V_ASN1_T61STRING, "Gemeente \xcb", 10, "Gemeente \xc3\x8b");
    assert_organisation(V_ASN1_BMPSTRING, "\0G\x20\xac", 4, "G\xe2\x82\xac");

    /* no name of an organisation has control characters: they are shown, a NUL as well */
    assert_organisation(V_ASN1_UTF8STRING, "Gemeente\0 A\n", 12, "Gemeente\\00 A\\0A");
    assert_organisation(V_ASN1_BMPSTRING, "\0G\0\0", 4, "G\\00");

    /* OpenSSL holds the length of a name it makes to 64; a hostile certificate does not */
    memset(name, 'x', sizeof(name));
    assert_int_equal(organisation(V_ASN1_UTF8STRING, name, sizeof(name)).len, GGI_CERTIFICATE_ORGANISATION_MAX);

    /* no character is cut in two */
    for (i = 1; i + 1 < (int) sizeof(name); i += 2) {
        memcpy(name + i, "\xc3\xab", 2);
    }
    assert_int_equal(organisation(V_ASN1_UTF8STRING, name, sizeof(name) - 1).len, GGI_CERTIFICATE_ORGANISATION_MAX - 1);
}


static void
test_subject(void **state)
{
    char        text[GGI_CERTIFICATE_SUBJECT_MAX];
    X509       *x509;
    size_t      len;
    X509_NAME  *subject;

    (void) state;

    x509 = certificate();
    subject = X509_get_subject_name(x509);
    assert_int_equal(ggi_name_text(text, sizeof(text), subject), 0);

    X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_ASC, (unsigned char *) "NL", -1, -1, 0);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (unsigned char *) "Caf\xc3\xa9, \"1\"\n", -1, -1, 0);
    len = ggi_name_text(text, sizeof(text), subject);
    assert_bytes(text, len, "CN=Caf\xc3\xa9\\, \\\"1\\\"\\0A,C=NL");
    assert_int_equal(ggi_name_text(text, 5, subject), 5);
    assert_int_equal(ggi_name_text(text, 7, subject), 6);
    ggi_crl_name_text(subject, text, 8);
    assert_string_equal(text, "CN=Caf");
    X509_free(x509);
}


static X509 *
valid_between(time_t from, time_t until)
{
    X509  *x509;

    x509 = certificate();
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x509), from));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x509), until));

    return x509;
}


static void
test_period(void **state)
{
    ggi_period_t     period;
    STACK_OF(X509)  *chain;

    (void) state;

    chain = sk_X509_new_null();
    sk_X509_push(chain, valid_between(500, 600));
    assert_true(ggi_certificate_period(&period, chain));
    assert_true(period.from < 0 && period.until > 4000000000);

    sk_X509_push(chain, valid_between(100, 900));
    assert_true(ggi_certificate_period(&period, chain));
    assert_true(period.from == 100 && period.until == 900);

    sk_X509_push(chain, valid_between(200, 1000));
    sk_X509_push(chain, valid_between(50, 800));
    assert_true(ggi_certificate_period(&period, chain));
    assert_true(period.from == 200 && period.until == 800);

    assert_true(ASN1_STRING_set(X509_getm_notAfter(sk_X509_value(chain, 3)), "soon", 4));
    assert_false(ggi_certificate_period(&period, chain));

    sk_X509_pop_free(chain, X509_free);
}


/* Anybody can send a certificate with a time that is none: it is read as one that is valid at no time. */
static void
test_no_time(void **state)
{
    X509              *x509;
    ggi_certificate_t  read;

    (void) state;

    x509 = valid_between(500, 4000000000);
    assert_true(ggi_certificate_read(&read, x509));
    assert_true(read.not_before == 500 && read.not_after == 4000000000);

    assert_true(ASN1_STRING_set(X509_getm_notAfter(x509), "soon", 4));
    assert_true(ggi_certificate_read(&read, x509));
    assert_true(read.not_before == 0 && read.not_after == 0);
    X509_free(x509);

    x509 = valid_between(500, 4000000000);
    assert_true(ASN1_STRING_set(X509_getm_notBefore(x509), "", 0));
    assert_true(ggi_certificate_read(&read, x509));
    assert_true(read.not_before == 0 && read.not_after == 0);
    X509_free(x509);
}


/* The version of leaf and root is no matter. */
static void
test_chain_version(void **state)
{
    int              i;
    STACK_OF(X509)  *chain;

    (void) state;

    chain = sk_X509_new_null();

    for (i = 0; i < 4; i++) {
        sk_X509_push(chain, certificate());
        X509_set_version(sk_X509_value(chain, i), i == 0 || i == 3 ? X509_VERSION_1 : X509_VERSION_3);
    }

    assert_int_equal(ggi_certificate_chain_error(chain), X509_V_OK);

    for (i = X509_VERSION_1; i < X509_VERSION_3; i++) {
        X509_set_version(sk_X509_value(chain, 2), i);
        assert_int_equal(ggi_certificate_chain_error(chain), X509_V_ERR_INVALID_CA);
    }

    sk_X509_pop_free(chain, X509_free);
}


static void
test_chain_usage(void **state)
{
    size_t           i;
    X509            *x509;
    STACK_OF(X509)  *chain;
    X509_EXTENSION  *usage;

    static const struct {
        const char  *usage;
        long         error;
    } cases[] = {
        { "digitalSignature", X509_V_OK },
        { "keyAgreement,digitalSignature", X509_V_OK },
        { "keyAgreement", X509_V_ERR_INVALID_PURPOSE },
        { "critical,nonRepudiation,keyEncipherment", X509_V_ERR_INVALID_PURPOSE },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        x509 = certificate();
        X509_set_version(x509, X509_VERSION_3);
        usage = X509V3_EXT_nconf_nid(NULL, NULL, NID_key_usage, cases[i].usage);
        assert_true(usage && X509_add_ext(x509, usage, -1));
        X509_EXTENSION_free(usage);

        chain = sk_X509_new_null();
        sk_X509_push(chain, x509);
        sk_X509_push(chain, certificate());
        assert_int_equal(ggi_certificate_chain_error(chain), cases[i].error);
        sk_X509_pop_free(chain, X509_free);
    }
}


static void
test_verify_reasons(void **state)
{
    (void) state;

    assert_int_equal(ggi_certificate_verify_reason(X509_V_OK), GGI_REASON_NONE);
    assert_int_equal(ggi_certificate_verify_reason(X509_V_ERR_CERT_HAS_EXPIRED), GGI_REASON_CERTIFICATE_EXPIRED);
    assert_int_equal(ggi_certificate_verify_reason(X509_V_ERR_CERT_REVOKED), GGI_REASON_CERTIFICATE_REVOKED);
    assert_int_equal(ggi_certificate_verify_reason(X509_V_ERR_CRL_HAS_EXPIRED), GGI_REASON_REVOCATION_UNKNOWN);
    assert_int_equal(ggi_certificate_verify_reason(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT),
                     GGI_REASON_CERTIFICATE_UNTRUSTED);
    assert_int_equal(ggi_certificate_verify_reason(-1), GGI_REASON_CERTIFICATE_UNTRUSTED);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_oin),
        cmocka_unit_test(test_serial_number),
        cmocka_unit_test(test_is_of),
        cmocka_unit_test(test_organisation),
        cmocka_unit_test(test_subject),
        cmocka_unit_test(test_period),
        cmocka_unit_test(test_no_time),
        cmocka_unit_test(test_chain_version),
        cmocka_unit_test(test_chain_usage),
        cmocka_unit_test(test_verify_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
