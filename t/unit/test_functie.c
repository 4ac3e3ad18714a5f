/* SPDX-License-Identifier: EUPL-1.2 */

/* Functions of applications: what is accepted as such, and what they allow. */

#include "unit.h"

#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_time.h"

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


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_kind)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
