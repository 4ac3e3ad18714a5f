/* SPDX-License-Identifier: EUPL-1.2 */

/* Consents: what their JSON may be, and calls judged by them. */

#include "unit.h"

#include "ggi_time.h"
#include "ggi_toestemming.h"
#include "ggi_toestemming_compile.h"

#define PERSON  "hmac:5f0bef4c:0b6c1d0c7f1f4a27a3e2f1d5c6b7a890"
#define OIN     "00000001823288444000"
#define CONSENT(id, person, oin, rest)                                         \
    "{\"id\":\"" id "\",\"versie\":3,\"betrokkene\":\"" person "\",\"afnemer\":\"" oin "\"," rest "}"
#define REST    "\"diensten\":[\"brp2\",\"brp\"],\"doelbinding\":\"Wonen\",\"gegeven\":\"2026-01-01\""


static ggi_toestemming_t *
parsed(const char *text, const char *id, ggi_fault_t *fault)
{
    ggi_str_t  stored = str(id ? id : "");

    return ggi_toestemming_parse(text, strlen(text), id ? &stored : NULL, fault);
}


static void
test_judging(void **state)
{
    size_t                    i;
    ggi_fault_t               fault = ggi_fault_init;
    ggi_toestemming_t        *consent, *withdrawn, *endless;
    ggi_toestemming_query_t   query;

    static const struct {
        const char    *now;
        const char    *afnemer;
        const char    *dienst;
        const char    *doelbinding;
        int            of_person;
        ggi_reason_e   reason;
    } cases[] = {
        { "2026-06-01", OIN, "brp", "Wonen", 1, GGI_REASON_NONE },
        { "2026-06-01", OIN, "brp2", "Wonen", 1, GGI_REASON_NONE },
        { "2026-06-01", OIN, "brp", "Wonen", 0, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2026-06-01", "00000001823288444001", "brp", "Wonen", 1, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2026-06-01", "", "brp", "Wonen", 1, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2026-06-01", OIN, "brp3", "Wonen", 1, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2026-06-01", OIN, "br", "Wonen", 1, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2026-06-01", OIN, "brp", "wonen", 1, GGI_REASON_CONSENT_NOT_FOR_CALL },
        { "2025-12-31T23:59:59Z", OIN, "brp", "Wonen", 1, GGI_REASON_CONSENT_EXPIRED },
        { "2026-01-01", OIN, "brp", "Wonen", 1, GGI_REASON_NONE },
        { "2026-12-31T23:59:59Z", OIN, "brp", "Wonen", 1, GGI_REASON_NONE },
        { "2027-01-01", OIN, "brp", "Wonen", 1, GGI_REASON_CONSENT_EXPIRED },
        { "2027-01-01", OIN, "brp", "Wonen", 0, GGI_REASON_CONSENT_NOT_FOR_CALL }
    };

    (void) state;

    consent = parsed(CONSENT("a", PERSON, OIN, REST ",\"geldig_tot\":\"2027-01-01\""), "a", &fault);
    endless = parsed(CONSENT("a", PERSON, OIN, REST), NULL, &fault);
    withdrawn = parsed(CONSENT("a", PERSON, OIN, REST ",\"ingetrokken\":\"2099-01-01\""), "a", &fault);
    assert_non_null(consent);
    assert_non_null(endless);
    assert_non_null(withdrawn);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(ggi_time_read(str(cases[i].now), &query.now));
        query.afnemer = str(cases[i].afnemer);
        query.dienst = str(cases[i].dienst);
        query.doelbinding = str(cases[i].doelbinding);
        query.of_person = cases[i].of_person;
        assert_int_equal(ggi_toestemming_judge(consent, &query), cases[i].reason);
    }

    query.of_person = 1;
    assert_int_equal(ggi_toestemming_judge(endless, &query), GGI_REASON_NONE);
    assert_int_equal(ggi_toestemming_judge(withdrawn, &query), GGI_REASON_CONSENT_WITHDRAWN);

    free(consent);
    free(endless);
    free(withdrawn);
}


static void
test_faults(void **state)
{
    size_t        i;
    ggi_fault_t   fault;

    static const struct {
        const char  *text;
        const char  *told;
    } cases[] = {
        { "[]", "$: invalid, expected an object" },
        { "{\"id\":\"a\"}", "$.betrokkene: missing" },
        { CONSENT("a b", PERSON, OIN, REST), "$.id: invalid, expected an id of 1 to 64" },
        { CONSENT("a*", PERSON, OIN, REST), "$.id: invalid" },
        { CONSENT("b", PERSON, OIN, REST), "under which it is stored" },
        { CONSENT("a", "999990019", OIN, REST), "$.betrokkene: invalid, expected the pseudonym" },
        { CONSENT("a", "hmac:5F0bef4c:0b6c1d0c7f1f4a27a3e2f1d5c6b7a890", OIN, REST), "$.betrokkene: invalid" },
        { CONSENT("a", PERSON "0", OIN, REST), "$.betrokkene: invalid" },
        { CONSENT("a", "hmac:5f0bef4c0:b6c1d0c7f1f4a27a3e2f1d5c6b7a890", OIN, REST), "$.betrokkene: invalid" },
        { CONSENT("a", PERSON, "1", REST), "$.afnemer: invalid, expected an OIN" },
        { CONSENT("a", PERSON, OIN, "\"diensten\":[],\"doelbinding\":\"W\",\"gegeven\":\"2026-01-01\""),
          "$.diensten: invalid, expected 1 to 64 diensten" },
        { CONSENT("a", PERSON, OIN, "\"diensten\":[\"Brp\"],\"doelbinding\":\"W\",\"gegeven\":\"2026-01-01\""),
          "$.diensten[0]: invalid, expected the name of a dienst" },
        { CONSENT("a", PERSON, OIN, "\"diensten\":[\"brp\"],\"gegeven\":\"2026-01-01\""), "$.doelbinding: missing" },
        { CONSENT("a", PERSON, OIN, "\"diensten\":[\"brp\"],\"doelbinding\":\"W\""), "$.gegeven: missing" },
        { CONSENT("a", PERSON, OIN, REST ",\"geldig_tot\":\"2026-01-01\""), "expected a time after gegeven" },
        { CONSENT("a", PERSON, OIN, REST ",\"geldig_tot\":1"), "$.geldig_tot: invalid" },
        { CONSENT("a", PERSON, OIN, REST ",\"ingetrokken\":false"), "$.ingetrokken: invalid" },
        { CONSENT("a", PERSON, OIN, REST ",\"ingetrokken\":null"), "$.ingetrokken: invalid" },
        { CONSENT("a", PERSON, OIN, REST ",\"ingetroken\":\"2026-01-01\""), "unknown member \"ingetroken\"" },
        { CONSENT("a", PERSON, OIN, REST ",\"geldig_van\":\"2026-01-01\""), "unknown member \"geldig_van\"" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&fault, 0, sizeof(fault));
        assert_null(parsed(cases[i].text, "a", &fault));

        if (strstr(fault.text, cases[i].told) == NULL) {
            fail_msg("%s: %s", cases[i].told, fault.text);
        }
    }
}


static void
test_ids(void **state)
{
    size_t      i;
    char        text[66];
    ggi_str_t   id = { 64, text };

    static const char  *const  good[] = { "a", "A-1._", "0c1f6a52-6d5e-4f0c-9d0e-0d6f6f0f9b1e", "." };
    static const char  *const  wrong[] = { "", "a b", "*", "a?", "[a]", "a:b", "a/b", "a\n", "\xc3\xab", "a{b}" };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(char *); i++) {
        assert_true(ggi_toestemming_id_valid(str(good[i])));
    }

    for (i = 0; i < sizeof(wrong) / sizeof(char *); i++) {
        assert_false(ggi_toestemming_id_valid(str(wrong[i])));
    }

    memset(text, 'x', sizeof(text));
    assert_true(ggi_toestemming_id_valid(id));
    id.len++;
    assert_false(ggi_toestemming_id_valid(id));
    id.len = 3;
    text[1] = '\0';
    assert_false(ggi_toestemming_id_valid(id));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_judging),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
