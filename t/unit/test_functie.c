/* SPDX-License-Identifier: EUPL-1.2 */

/* Functions of applications: what is accepted as such, and what they allow. */

#include "unit.h"
#include "unit_name.h"

#include "ggi_common_name.h"
#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_time.h"
#include "ggi_value.h"

#define DIENSTEN                                                               \
    "\"diensten\":{\"brp\":{\"methoden\":[\"GET\"],\"paden\":[\"/brp/**\"],"   \
    "\"doelbindingen\":[\"Doel\"]}}"

#define FUNCTIES                                                               \
    "{\"toepassing\":\"zaaksysteem\",\"versie\":3,\"geldig_tot\":\"2027-01-01\"," \
    "\"functies\":{\"vergunning\":{" DIENSTEN "},\"leeg\":{\"diensten\":{}}}}"


static ggi_reason_e
judge(const ggi_functies_t *functies, const char *now, const char *gebruiker,
    const char *functie, const char *dienst)
{
    ggi_agreement_query_t   query;
    ggi_functie_caller_t    caller;
    const ggi_agreement_t  *found;

    memset(&query, 0, sizeof(query));
    assert_true(ggi_time_read(str(now), &query.now));
    query.dienst = str(dienst);
    query.method = str("GET");
    query.path = str("/brp/1");
    caller.functies = functies;
    caller.gebruiker = str(gebruiker);
    caller.functie = str(functie);

    return ggi_functie_judge(&caller, &query, &found);
}


static void
test_judge(void **state)
{
    ggi_fault_t      fault = ggi_fault_init;
    ggi_functies_t  *f;

    (void) state;

    f = ggi_functies_parse(FUNCTIES, strlen(FUNCTIES), NULL, &fault);
    assert_non_null(f);
    assert_bytes(ggi_document_text(&f->document, f->document.key).data, f->document.key.len,
                 "zaaksysteem");

    assert_int_equal(judge(f, "2026-06-01", "jan", "vergunning", "brp"), GGI_REASON_NONE);
    assert_int_equal(judge(NULL, "2026-06-01", "", "", "brp"), GGI_REASON_APPLICATION_UNKNOWN);
    assert_int_equal(judge(f, "2027-01-01", "", "", "brp"), GGI_REASON_APPLICATION_EXPIRED);
    assert_int_equal(judge(f, "2026-06-01", "", "", "brp"), GGI_REASON_USER_MISSING);
    assert_int_equal(judge(f, "2026-06-01", "jan", "", "brp"), GGI_REASON_FUNCTION_MISSING);
    assert_int_equal(judge(f, "2026-06-01", "jan", "Vergunning", "brp"),
                     GGI_REASON_FUNCTION_UNKNOWN);
    assert_int_equal(judge(f, "2026-06-01", "jan", "leeg", "brp"),
                     GGI_REASON_DIENST_NOT_AUTHORISED);
    assert_int_equal(judge(f, "2026-06-01", "jan", "vergunning", "brp2"),
                     GGI_REASON_DIENST_NOT_AUTHORISED);
    free(f);
}


static int
accepts(const char *text, ggi_fault_t *fault)
{
    ggi_functies_t  *functies;

    functies = ggi_functies_parse(text, strlen(text), NULL, fault);
    free(functies);

    return functies != NULL;
}


static void
test_faults(void **state)
{
    static const faulty_t  cases[] = {
        { "[]", "$: invalid, expected an object" },
        { "{\"versie\":1,\"functies\":{}}", "$.toepassing: missing" },
        { "{\"toepassing\":\"a b\",\"versie\":1,\"functies\":{}}", "$.toepassing: invalid" },
        { "{\"toepassing\":\"a\",\"functies\":{}}", "$.versie: missing" },
        { "{\"toepassing\":\"a\",\"versie\":1}", "$.functies: missing" },
        { "{\"toepassing\":\"a\",\"versie\":1,\"functies\":[]}", "$.functies: invalid" },
        { "{\"toepassing\":\"a\",\"versie\":1,\"functies\":{\"f\":1}}",
          "$.functies.f: invalid, expected an object" },
        { "{\"toepassing\":\"a\",\"versie\":1,\"functies\":{\"f g\":{\"diensten\":{}}}}",
          "$.functies.f g: invalid name" },
        { "{\"toepassing\":\"a\",\"versie\":1,\"functies\":{\"f\":{}}}",
          "$.functies.f.diensten: missing" },
        { "{\"toepassing\":\"a\",\"versie\":1,\"functies\":{\"f\":{\"diensten\":{\"d\":{}}}}}",
          "$.functies.f.diensten.d.methoden: missing" }
    };

    (void) state;

    assert_faults(EACH(cases), accepts);
}


static void
test_kind(void **state)
{
    void         *parsed;
    ggi_str_t     key;
    ggi_fault_t   fault = ggi_fault_init;

    (void) state;

    assert_true(ggi_kind_key_valid(&ggi_functie_kind, str("Zaak-Systeem_2.0")));
    assert_false(ggi_kind_key_valid(&ggi_functie_kind, str("")));
    assert_false(ggi_kind_key_valid(&ggi_functie_kind, str("a:b")));
    assert_false(ggi_kind_key_valid(&ggi_functie_kind, str(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));

    key = str("zaaksysteem");
    parsed = ggi_document_parse(ggi_functie_kind.shape, FUNCTIES, strlen(FUNCTIES), &key, &fault);
    assert_non_null(parsed);
    free(parsed);
    key = str("ander");
    assert_null(ggi_document_parse(ggi_functie_kind.shape, FUNCTIES, strlen(FUNCTIES), &key,
                                   &fault));
}


/* Reads the commonName of a subject with one attribute, of bytes and a type. */
static void
assert_common_name(int nid, int type, const char *value, int len, const char *expected)
{
    ggi_str_t   read;
    X509_NAME  *name;

    name = X509_NAME_new();
    assert_non_null(name);
    add(name, nid, type, value, len);
    read = ggi_common_name(name);
    assert_bytes(read.data, read.len, expected);
    X509_NAME_free(name);
}


static void
test_common_name(void **state)
{
    char        text[GGI_VALUE_MAX + 1];
    X509_NAME  *name;

    (void) state;

    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "zaaksysteem", 11, "zaaksysteem");
    assert_common_name(NID_commonName, V_ASN1_PRINTABLESTRING, "zaak systeem", 12, "zaak systeem");
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "gemeente-\xc3\xab", 11, "gemeente-\xc3\xab");
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "a,CN=b", 6, "a,CN=b");
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "", 0, "");

    assert_common_name(NID_organizationName, V_ASN1_UTF8STRING, "zaaksysteem", 11, "");
    assert_common_name(NID_commonName, V_ASN1_IA5STRING, "zaaksysteem", 11, "");
    assert_common_name(NID_commonName, V_ASN1_BMPSTRING, "\0z", 2, "");
    assert_common_name(NID_commonName, V_ASN1_T61STRING, "zaaksysteem", 11, "");
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "zaaksysteem\0", 12, "");
    assert_common_name(NID_commonName, V_ASN1_PRINTABLESTRING, "zaak\nsysteem", 12, "");
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, "zaak\xc2\x80", 6, "");

    memset(text, 'x', sizeof(text));
    assert_common_name(NID_commonName, V_ASN1_UTF8STRING, text, GGI_VALUE_MAX + 1, "");

    /* which of two would count is not known, also when they are alike, or in one RDN */
    name = X509_NAME_new();
    assert_non_null(name);
    assert_int_equal(ggi_common_name(name).len, 0);
    assert_true(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                           (const unsigned char *) "a", 1, -1, 0));
    assert_bytes(ggi_common_name(name).data, ggi_common_name(name).len, "a");
    assert_true(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                           (const unsigned char *) "a", 1, -1, -1));
    assert_int_equal(ggi_common_name(name).len, 0);
    X509_NAME_free(name);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_common_name),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_kind)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
