/* SPDX-License-Identifier: EUPL-1.2 */

/* What is read from a refused certificate, whatever its holder put into it. */

#include "unit.h"
#include "unit_name.h"

#include <openssl/asn1t.h>
#include <openssl/x509v3.h>

#include "ggi_claimed_certificate.h"

#define OIN  "00000001823288444000"


static char                       room[GGI_CLAIMED_ROOM];
static ggi_claimed_certificate_t  claimed;


static X509 *
certificate(void)
{
    X509  *x509;

    x509 = X509_new();
    assert_non_null(x509);
    assert_true(ASN1_TIME_set_string(X509_getm_notBefore(x509), "20250101000000Z"));
    assert_true(ASN1_TIME_set_string(X509_getm_notAfter(x509), "20260102030405Z"));

    return x509;
}


/* Reads a certificate, and frees it. */
static void
read_it(X509 *x509)
{
    memset(room, 0x55, sizeof(room));
    ggi_claimed_certificate_read(&claimed, room, x509);
    X509_free(x509);
}


/* How the organisation is read that a certificate has as bytes of a type. */
static ggi_str_t
organisation(int type, const char *value, int len)
{
    X509  *x509;

    x509 = certificate();
    add(X509_get_subject_name(x509), NID_organizationName, type, value, len);
    read_it(x509);

    return claimed.organisation;
}


static void
test_all(void **state)
{
    X509       *x509;
    X509_NAME  *name;

    (void) state;

    x509 = certificate();
    name = X509_get_subject_name(x509);
    add(name, NID_organizationName, V_ASN1_UTF8STRING, "Gemeente S\xc3\xba" "dwest", 17);
    add(name, NID_organizationName, V_ASN1_UTF8STRING, "another", 7);
    add(name, NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20);
    name = X509_get_issuer_name(x509);
    add(name, NID_countryName, V_ASN1_PRINTABLESTRING, "NL", 2);
    add(name, NID_organizationName, V_ASN1_UTF8STRING, "A, B \xc3\xab", 7);
    add(name, NID_commonName, V_ASN1_UTF8STRING, "Some CA", 7);
    assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x509), 0x1a2bc));
    read_it(x509);

    assert_bytes(claimed.oin.data, claimed.oin.len, OIN);
    assert_bytes(claimed.organisation.data, claimed.organisation.len, "Gemeente S\xc3\xba" "dwest");
    assert_bytes(claimed.issuer.data, claimed.issuer.len, "CN=Some CA,O=A\\, B \xc3\xab,C=NL");
    assert_bytes(claimed.serial.data, claimed.serial.len, "01A2BC");
    assert_bytes(claimed.not_after.data, claimed.not_after.len, "2026-01-02T03:04:05Z");
}


/* what a certificate does not say is not there */
static void
test_nothing(void **state)
{
    (void) state;

    read_it(X509_new());
    assert_int_equal(claimed.oin.len, 0);
    assert_int_equal(claimed.organisation.len, 0);
    assert_int_equal(claimed.issuer.len, 0);
    assert_int_equal(claimed.serial.len, 0);
    assert_int_equal(claimed.not_after.len, 0);
    assert_organisation(V_ASN1_UTF8STRING, "", 0, "");
}


/* all serialNumbers count, since each of them could be meant */
static void
test_serial_numbers(void **state)
{
    int         i;
    char        ones[GGI_CLAIMED_OIN_MAX];
    X509       *x509;
    X509_NAME  *name;

    (void) state;

    memset(ones, '1', sizeof(ones));
    x509 = certificate();
    name = X509_get_subject_name(x509);
    add(name, NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20);
    add(name, NID_serialNumber, V_ASN1_UTF8STRING, "2", 1);
    add(name, NID_serialNumber, V_ASN1_IA5STRING, "3", 1);
    read_it(x509);
    assert_bytes(claimed.oin.data, claimed.oin.len, OIN ", 2, 3");

    /* none of them runs into the next, neither an empty one nor one that leaves no room for a separator */
    x509 = certificate();
    add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_PRINTABLESTRING, "", 0);
    add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20);
    read_it(x509);
    assert_bytes(claimed.oin.data, claimed.oin.len, ", " OIN);

    for (i = GGI_CLAIMED_OIN_MAX - 3; i <= GGI_CLAIMED_OIN_MAX; i++) {
        x509 = certificate();
        add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_PRINTABLESTRING, ones, i);
        add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_PRINTABLESTRING, "22222", 5);
        read_it(x509);
        assert_int_equal(claimed.oin.len, i == GGI_CLAIMED_OIN_MAX - 3 ? GGI_CLAIMED_OIN_MAX : i);
        assert_int_equal(memchr(claimed.oin.data, '2', claimed.oin.len) != NULL, i == GGI_CLAIMED_OIN_MAX - 3);
    }

    x509 = certificate();
    for (i = 0; i < 3000; i++) {
        add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_PRINTABLESTRING, OIN, 20);
    }
    read_it(x509);
    assert_int_equal(claimed.oin.len, GGI_CLAIMED_OIN_MAX);
    assert_memory_equal(claimed.oin.data, OIN ", " OIN ", ", 44);
}


#define BYTES(literal)  (literal), sizeof(literal) - 1

static void
test_texts(void **state)
{
    size_t  i;

    static const struct {
        int          type;
        const char  *data;
        size_t       len;
        const char  *expected;
    } cases[] = {
        { V_ASN1_PRINTABLESTRING, BYTES("Gemeente"), "Gemeente" },
        { V_ASN1_T61STRING, BYTES("Gemeente \xcb"), "Gemeente \xc3\x8b" },
        { V_ASN1_BMPSTRING, BYTES("\0G\x20\xac"), "G\xe2\x82\xac" },
        { V_ASN1_UNIVERSALSTRING, BYTES("\0\0\0G\0\x01\xf6\x00"), "G\xf0\x9f\x98\x80" },

        /* what is no text of its type is written as DER */
        { V_ASN1_BMPSTRING, BYTES("\xd8\0\0G"), "#1E04D8000047" },
        { V_ASN1_UNIVERSALSTRING, BYTES("\0\x11\0\0"), "#1C0400110000" },

        /* control characters, and what escapes them */
        { V_ASN1_UTF8STRING, BYTES("a\0b\r\n\x1b[2J\x7f\""), "a\\00b\\0D\\0A\\1B[2J\\7F\"" },
        { V_ASN1_UTF8STRING, BYTES("a\\00b, c"), "a\\\\00b, c" },
        { V_ASN1_BMPSTRING, BYTES("\0\0\0\x0a"), "\\00\\0A" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_organisation(cases[i].type, cases[i].data, (int) cases[i].len, cases[i].expected);
    }
}


static void
test_lengths(void **state)
{
    char   *large;
    X509   *x509;
    size_t  i;

    (void) state;

    large = malloc(65536);
    memset(large, 'x', 65536);
    x509 = certificate();
    add(X509_get_subject_name(x509), NID_organizationName, V_ASN1_UTF8STRING, large, 65536);
    add(X509_get_subject_name(x509), NID_serialNumber, V_ASN1_UTF8STRING, large, 65536);
    add(X509_get_issuer_name(x509), NID_commonName, V_ASN1_UTF8STRING, large, 65536);
    assert_true(ASN1_STRING_set(X509_get_serialNumber(x509), large, 65536));
    X509_get_serialNumber(x509)->type = V_ASN1_NEG_INTEGER;
    read_it(x509);

    assert_int_equal(claimed.oin.len, GGI_CLAIMED_OIN_MAX);
    assert_int_equal(claimed.organisation.len, GGI_CLAIMED_ORGANISATION_MAX);
    assert_int_equal(claimed.issuer.len, GGI_CLAIMED_ISSUER_MAX);
    assert_int_equal(claimed.serial.len, GGI_CLAIMED_SERIAL_MAX);
    assert_memory_equal(claimed.serial.data, "-7878", 5);

    /* no character is cut in two */
    for (i = 0; i < 65536; i += 2) {
        memcpy(large + i, "\xc3\xab", 2);
    }
    memcpy(large, "x\xc3\xab\xc3\xab\xc3", 6);
    for (i = 5; i < 65535; i += 2) {
        memcpy(large + i, "\xc3\xab", 2);
    }
    assert_int_equal(organisation(V_ASN1_UTF8STRING, large, 65535).len, GGI_CLAIMED_ORGANISATION_MAX - 1);
    free(large);
}


static void
test_times(void **state)
{
    X509  *x509;

    (void) state;

    x509 = certificate();
    assert_true(ASN1_TIME_set_string(X509_getm_notAfter(x509), "99991231235959Z"));
    read_it(x509);
    assert_bytes(claimed.not_after.data, claimed.not_after.len, "9999-12-31T23:59:59Z");

    x509 = certificate();
    assert_true(ASN1_STRING_set(X509_getm_notAfter(x509), "no time", 7));
    read_it(x509);
    assert_int_equal(claimed.not_after.len, 0);
}


static void
test_errors(void **state)
{
    (void) state;

    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_CERTIFICATE_EXPIRED, 0, 1), "certificate has expired");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_CERTIFICATE_EXPIRED, 1, 1),
                        "certificate is not yet valid");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_CERTIFICATE_REVOKED, 0, 1), "certificate revoked");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED, 0, 1),
                        "certificate policy not allowed");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_OIN_MISSING, 0, 0), "no serialNumber in subject");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_OIN_INVALID, 0, 1),
                        "serialNumber in subject is not an OIN");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_OIN_INVALID, 0, 2),
                        "more than one serialNumber in subject");
    assert_string_equal(ggi_claimed_certificate_error(GGI_REASON_CLAIM_MISSING, 0, 1), "");
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_serial_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
