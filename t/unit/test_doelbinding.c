/* SPDX-License-Identifier: EUPL-1.2 */

/* The register of doelbindingen, and claims judged by it. */

#include "unit.h"

#include <unistd.h>

#include "ggi_claim.h"
#include "ggi_value.h"
#include "ggi_niveau.h"
#include "ggi_time.h"

#define ENTRY(rest)                                                            \
    "{\"id\":\"A\",\"doel\":\"d\",\"grondslag\":{\"avg\":\"6.1.e\"},"          \
    "\"diensten\":[\"brp\"]" rest "}"
#define REGISTER(entries)  "{\"versie\":\"2026-11-01\",\"doelbindingen\":[" entries "]}"


static void
test_judging(void **state)
{
    size_t                    i;
    ggi_str_t                 profile[2];
    ggi_fault_t               fault = ggi_fault_init;
    ggi_register_t            reg;
    ggi_claim_query_t         query;
    const ggi_doelbinding_t  *found;

    static const struct {
        const char    *now;
        const char    *claim;
        const char    *dienst;
        int            with_profile;
        ggi_reason_e   reason;
    } cases[] = {
        { "2026-06-01", "B", "brp", 1, GGI_REASON_NONE },
        { "2026-06-01", "B", "brp", 0, GGI_REASON_NONE },
        { "2026-06-01", "b", "brp", 1, GGI_REASON_CLAIM_UNKNOWN },
        { "2026-06-01", "", "brp", 1, GGI_REASON_CLAIM_UNKNOWN },
        { "2026-06-01", "BB", "brp", 1, GGI_REASON_CLAIM_UNKNOWN },
        { "2025-12-31T23:59:59Z", "B", "x", 1, GGI_REASON_CLAIM_EXPIRED },
        { "2026-01-01", "B", "brp", 1, GGI_REASON_NONE },
        { "2027-01-01", "B", "brp", 1, GGI_REASON_CLAIM_EXPIRED },
        { "2026-06-01", "B", "x", 1, GGI_REASON_CLAIM_NOT_FOR_DIENST },
        { "2026-06-01", "A", "brp", 1, GGI_REASON_CLAIM_NOT_IN_PROFILE },
        { "2026-06-01", "A", "brp", 0, GGI_REASON_NONE }
    };

    (void) state;

    assert_true(ggi_register_read(&reg, file_of(
        REGISTER("{\"id\":\"C\",\"doel\":\"d\",\"grondslag\":{\"wet\":\"w\"},\"diensten\":[]},"
                 "{\"id\":\"B\",\"doel\":\"d\",\"grondslag\":{\"avg\":\"6.1.c\",\"wet\":\"w\"},"
                 "\"geldig_van\":\"2026-01-01\",\"geldig_tot\":\"2027-01-01\","
                 "\"diensten\":[\"x\",\"brp\"],\"vertrouwelijkheid\":\"vertrouwelijk\","
                 "\"bewaartermijn\":\"P5Y\"}," ENTRY(""))), &fault));
    assert_int_equal(reg.n, 3);

    memset(&query, 0, sizeof(query));
    profile[0] = str("B");
    profile[1] = str("C");

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_true(ggi_time_read(str(cases[i].now), &query.now));
        query.claim = str(cases[i].claim);
        query.dienst = str(strcmp(cases[i].dienst, "x") ? cases[i].dienst : "y");
        query.profile = cases[i].with_profile ? profile : NULL;
        query.profile_n = cases[i].with_profile ? 2 : 0;
        assert_int_equal(ggi_claim_judge(&reg, &query, &found), cases[i].reason);
        assert_int_equal(found == NULL, cases[i].reason == GGI_REASON_CLAIM_UNKNOWN);
    }

    found = ggi_register_find(&reg, str("B"));
    assert_bytes(found->grondslag_avg.data, found->grondslag_avg.len, "6.1.c");
    assert_bytes(found->vertrouwelijkheid.data, found->vertrouwelijkheid.len, "vertrouwelijk");
    assert_bytes(found->members.data, found->members.len,
                 "\"doelbinding\":\"B\",\"grondslag\":{\"avg\":\"6.1.c\",\"wet\":\"w\"},"
                 "\"vertrouwelijkheid\":\"vertrouwelijk\",\"bewaartermijn\":\"P5Y\"");
    ggi_register_free(&reg);

    /* a profile without doelbindingen is not the same as no profile */
    assert_true(ggi_register_read(&reg, file_of(REGISTER(ENTRY(""))), &fault));
    query.claim = str("A");
    query.dienst = str("brp");
    query.profile = profile;
    query.profile_n = 0;
    assert_int_equal(ggi_claim_judge(&reg, &query, &found), GGI_REASON_CLAIM_NOT_IN_PROFILE);
    ggi_register_free(&reg);

    assert_true(ggi_register_read(&reg, file_of(REGISTER("")), &fault));
    assert_null(ggi_register_find(&reg, str("A")));
    ggi_register_free(&reg);
}


static int
accepts(const char *text, ggi_fault_t *fault)
{
    ggi_register_t  reg;

    return ggi_register_read(&reg, file_of(text), fault);
}


/* Which entries need consent, by the words true and false alone. */
static void
test_consent(void **state)
{
    size_t          i;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_register_t  reg;

    static const char  *const  wrong[] = { "\"true\"", "1", "null", "[]", "\"ja\"" };

    (void) state;

    assert_true(ggi_register_read(&reg, file_of(
        REGISTER(ENTRY(",\"toestemming\":false") ","
                 "{\"id\":\"B\",\"doel\":\"d\",\"grondslag\":{\"avg\":\"6.1.a\"},"
                 "\"diensten\":[\"brp2\"],\"toestemming\":true}")), &fault));
    assert_false(ggi_register_find(&reg, str("A"))->toestemming);
    assert_true(ggi_register_find(&reg, str("B"))->toestemming);
    assert_false(ggi_register_needs_consent(&reg, str("brp")));
    assert_true(ggi_register_needs_consent(&reg, str("brp2")));
    assert_true(ggi_register_has(&reg, str("brp")) && ggi_register_has(&reg, str("brp2")));
    ggi_register_free(&reg);

    for (i = 0; i < sizeof(wrong) / sizeof(char *); i++) {
        char  text[256];

        snprintf(text, sizeof(text), REGISTER(ENTRY(",\"toestemming\":%s")), wrong[i]);
        memset(&fault, 0, sizeof(fault));
        assert_false(accepts(text, &fault));
        assert_non_null(strstr(fault.text, "$.doelbindingen[0].toestemming: invalid, expected true or false"));
    }
}


static void
test_niveaus(void **state)
{
    size_t        i, k;
    ggi_str_t     padded = { 5, "hoog\0" };
    ggi_niveau_e  niveau;

    static const char  *words[] = { "", "laag", "substantieel", "hoog" };
    static const char  *others[] = {
        "Laag", "HOOG", "hoog ", " hoog", "hoo", "hoogg", "hoog,hoog", "laag hoog", "hoog\t", "off", "none", "4",
        "high", "urn:etoegang:core:assurance-class:loa4", "http://eidas.europa.eu/LoA/high", "ho\xc3\xb6g"
    };

    (void) state;

    for (niveau = GGI_NIVEAU_NONE; niveau < GGI_NIVEAUS; niveau++) {
        assert_int_equal(ggi_niveau_read(str(words[niveau])), niveau);
        assert_string_equal(ggi_niveau_name(niveau).data, words[niveau]);
        assert_int_equal(ggi_niveau_name(niveau).len, strlen(words[niveau]));
    }

    assert_int_equal(ggi_niveau_name(GGI_NIVEAUS).len, 0);
    assert_int_equal(ggi_niveau_read(padded), GGI_NIVEAU_NONE);

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_int_equal(ggi_niveau_read(str(others[i])), GGI_NIVEAU_NONE);
    }

    for (i = 0; i < GGI_NIVEAUS; i++) {
        for (k = 0; k < GGI_NIVEAUS; k++) {
            assert_int_equal(ggi_niveau_stricter((ggi_niveau_e) i, (ggi_niveau_e) k), i > k ? i : k);
        }
    }
}


/* Every level that a location and a doelbinding can ask for, and every one that can be claimed. */
static void
test_assurance(void **state)
{
    int                       i, place, entry, claimed, asked;
    ggi_fault_t               fault = ggi_fault_init;
    ggi_reason_e              expected;
    ggi_register_t            reg;
    ggi_claim_query_t         query;
    const ggi_doelbinding_t  *found;

    static const char  *entries[] = { "A", "L", "S", "H" };
    static const char  *words[] = { "", "laag", "substantieel", "hoog", "Hoog", "laag,hoog" };

    (void) state;

#define ASKS(id, niveau)                                                       \
    "{\"id\":\"" id "\",\"doel\":\"d\",\"grondslag\":{\"avg\":\"6.1.e\"},"  \
    "\"diensten\":[\"brp\"],\"betrouwbaarheidsniveau\":\"" niveau "\"}"

    assert_true(ggi_register_read(&reg, file_of(
        REGISTER(ENTRY("") "," ASKS("L", "laag") "," ASKS("S", "substantieel") "," ASKS("H", "hoog"))), &fault));

    for (i = 0; i < 4 * 4 * 6; i++) {
        place = i / 24;
        entry = i / 6 % 4;
        claimed = i % 6;
        asked = place > entry ? place : entry;

        memset(&query, 0, sizeof(query));
        query.claim = str(entries[entry]);
        query.dienst = str("brp");
        query.asked = (ggi_niveau_e) place;
        query.niveau = str(words[claimed]);

        expected = asked == 0 ? GGI_REASON_NONE
                   : claimed == 0 || claimed > 3 ? GGI_REASON_ASSURANCE_MISSING
                   : claimed < asked ? GGI_REASON_ASSURANCE_TOO_LOW : GGI_REASON_NONE;

        assert_int_equal(ggi_claim_judge(&reg, &query, &found), expected);
        assert_int_equal(ggi_claim_asked(&query, found), asked);
        assert_int_equal(ggi_claim_asked(&query, NULL), place);

        /* what is wrong with the claim itself comes first */

        query.dienst = str("x");
        assert_int_equal(ggi_claim_judge(&reg, &query, &found), GGI_REASON_CLAIM_NOT_FOR_DIENST);
        query.dienst = str("brp");
        query.profile = &query.dienst;
        query.profile_n = 1;
        assert_int_equal(ggi_claim_judge(&reg, &query, &found), GGI_REASON_CLAIM_NOT_IN_PROFILE);
    }

    ggi_register_free(&reg);
}


static void
test_faults(void **state)
{
    ggi_fault_t     fault = ggi_fault_init;
    ggi_register_t  reg;

    static const faulty_t  cases[] = {
        { "[]", "$: invalid, expected an object" },
        { "{\"versie\":1}", "$.versie: invalid" },
        { "{\"versie\":\"1\"}", "$.doelbindingen: missing" },
        { "{\"versie\":\"1\",\"doelbindingen\":{}}", "$.doelbindingen: invalid" },
        { REGISTER("1"), "$.doelbindingen[0]: invalid" },
        { REGISTER(ENTRY("") ",{}"), "$.doelbindingen[1].id: missing" },
        { REGISTER("{\"id\":\"A\"}"), "$.doelbindingen[0].doel: missing" },
        { REGISTER("{\"id\":\"A\",\"doel\":\"d\"}"), "$.doelbindingen[0].grondslag: missing" },
        { REGISTER("{\"id\":\"A\",\"doel\":\"d\",\"grondslag\":{}}"), "$.doelbindingen[0].grondslag: invalid" },
        { REGISTER("{\"id\":\"A\",\"doel\":\"d\",\"grondslag\":{\"avg\":1}}"),
          "$.doelbindingen[0].grondslag.avg: invalid" },
        { REGISTER("{\"id\":\"A\",\"doel\":\"d\",\"grondslag\":{\"avg\":\"x\"}}"),
          "$.doelbindingen[0].diensten: missing" },
        { REGISTER(ENTRY(",\"geldig_van\":\"x\"")), "$.doelbindingen[0].geldig_van: invalid" },
        { REGISTER(ENTRY(",\"vertrouwelijkheid\":\"geheim\"")), "$.doelbindingen[0].vertrouwelijkheid: invalid" },
        { REGISTER(ENTRY(",\"bewaartermijn\":\"5Y\"")), "$.doelbindingen[0].bewaartermijn: invalid" },
        { REGISTER(ENTRY(",\"bewaartermijn\":\"P5\"")), "$.doelbindingen[0].bewaartermijn: invalid" },
        { REGISTER(ENTRY(",\"bewaartermijn\":\"PY5\"")), "$.doelbindingen[0].bewaartermijn: invalid" },
        { REGISTER(ENTRY(",\"betrouwbaarheidsniveau\":\"Hoog\"")),
          "$.doelbindingen[0].betrouwbaarheidsniveau: invalid, expected \"laag\", \"substantieel\" or \"hoog\"" },
        { REGISTER(ENTRY(",\"betrouwbaarheidsniveau\":\"\"")),
          "$.doelbindingen[0].betrouwbaarheidsniveau: invalid" },
        { REGISTER(ENTRY(",\"betrouwbaarheidsniveau\":3")),
          "$.doelbindingen[0].betrouwbaarheidsniveau: invalid" },
        { REGISTER(ENTRY(",\"betrouwbaarheidsniveau\":null")),
          "$.doelbindingen[0].betrouwbaarheidsniveau: invalid" },
        { REGISTER(ENTRY(",\"betrouwbaarheidsniveau\":\"off\"")),
          "$.doelbindingen[0].betrouwbaarheidsniveau: invalid" },
        { REGISTER(ENTRY("") "," ENTRY("")), "$.doelbindingen: id \"A\" is used by two entries" }
    };

    (void) state;

    assert_faults(EACH(cases), accepts);
    assert_true(ggi_register_read(&reg, file_of(REGISTER(ENTRY(",\"bewaartermijn\":\"P1Y6MT12H\""))), &fault));
    ggi_register_free(&reg);
}


static void
test_well_formed(void **state)
{
    char       text[GGI_VALUE_MAX + 1];
    ggi_str_t  value = { 0, NULL };

    (void) state;

    assert_true(ggi_value_well_formed(value));
    assert_true(ggi_value_well_formed(str("BRPACT-AlgemeneTaken")));
    assert_true(ggi_value_well_formed(str("Financi\xc3\xable administratie@Correspondentie \"factuur\"")));
    assert_false(ggi_value_well_formed(str("a\tb")));
    assert_false(ggi_value_well_formed(str("a\x7f")));
    assert_false(ggi_value_well_formed(str("a\xc2\x85")));
    assert_false(ggi_value_well_formed(str("Financi\xeb" "le")));
    assert_false(ggi_value_well_formed(str("a\xc3")));

    memset(text, 'x', sizeof(text));
    value.data = text;
    value.len = GGI_VALUE_MAX;
    assert_true(ggi_value_well_formed(value));
    value.len++;
    assert_false(ggi_value_well_formed(value));
}


static void
test_latin1(void **state)
{
    size_t     i, n;
    char       text[2 * GGI_VALUE_MAX], latin1[GGI_VALUE_MAX + 1];
    ggi_str_t  value;

    (void) state;

    assert_true(ggi_value_is_latin1(str("")));
    assert_true(ggi_value_is_latin1(str("Financi\xeb" "le administratie \xa0\xff")));
    assert_false(ggi_value_is_latin1(str("a\tb")));
    assert_false(ggi_value_is_latin1(str("a\x7f")));
    assert_false(ggi_value_is_latin1(str("a\x80")));
    assert_false(ggi_value_is_latin1(str("a\x9f")));

    memset(latin1, 0xff, sizeof(latin1));
    value.data = latin1;
    value.len = GGI_VALUE_MAX;
    assert_true(ggi_value_is_latin1(value));
    value.len++;
    assert_false(ggi_value_is_latin1(value));

    n = ggi_value_from_latin1(text, str("Financi\xeb" "le \xa0\xff"));
    assert_int_equal(n, strlen("Financi\xc3\xab" "le \xc2\xa0\xc3\xbf"));
    assert_memory_equal(text, "Financi\xc3\xab" "le \xc2\xa0\xc3\xbf", n);

    /* every byte that is accepted becomes well-formed UTF-8 */
    for (i = 0; i < 256; i++) {
        latin1[0] = (char) i;
        value.len = 1;

        if (ggi_value_is_latin1(value)) {
            value.len = ggi_value_from_latin1(text, value);
            value.data = text;
            assert_true(ggi_value_well_formed(value));
            value.data = latin1;
        }
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_judging),
        cmocka_unit_test(test_consent),
        cmocka_unit_test(test_niveaus),
        cmocka_unit_test(test_assurance),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_well_formed),
        cmocka_unit_test(test_latin1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
