/* SPDX-License-Identifier: EUPL-1.2 */

/* autorisatieprofielen: what is accepted as one, and what it allows. */

#include "unit.h"

#include <unistd.h>

#include "ggi_limit.h"
#include "ggi_limits.h"
#include "ggi_path.h"
#include "ggi_profile_compile.h"
#include "ggi_profiles.h"
#include "ggi_dataset.h"
#include "ggi_redis_reply.h"
#include "ggi_redis_words.h"
#include "ggi_time.h"
#include "ggi_velden.h"

#define OIN    "00000001823288444000"
#define OTHER  "00000001002564440000"

#define DIENST                                                                 \
    "\"brp-bevragen\":{\"methoden\":[\"GET\",\"POST\"],"                       \
    "\"paden\":[\"/brp/personen\",\"/brp/personen/*\",\"/brp/alles/**\"],"     \
    "\"doelbindingen\":[\"BRPACT-AlgemeneTaken\"],\"namens\":[\"" OTHER "\"]}"

#define PROFILE                                                                \
    "{\"oin\":\"" OIN "\",\"naam\":\"Gemeente Voorbeeld\",\"versie\":7,"       \
    "\"glo\":\"GLO-2026-014\",\"geldig_van\":\"2026-01-01\","                  \
    "\"geldig_tot\":\"2027-01-01\",\"diensten\":{" DIENST "}}"


static ggi_profile_t *
compile(const char *text, const char *oin, ggi_fault_t *fault)
{
    json_t         *root;
    ggi_str_t       expected;
    ggi_profile_t  *profile;

    root = ggi_source_parse(text, strlen(text), fault);
    if (root == NULL) {
        return NULL;
    }

    expected = str(oin ? oin : "");
    profile = ggi_profile_compile(root, "$", oin ? &expected : NULL, fault);
    json_decref(root);

    return profile;
}


static ggi_reason_e
judge(const ggi_profile_t *profile, const char *now, const char *dienst,
    const char *method, const char *path, const char *on_behalf_of)
{
    ggi_agreement_query_t          query;
    const ggi_agreement_t  *found;

    memset(&query, 0, sizeof(query));
    assert_true(ggi_time_read(str(now), &query.now));
    query.oin = str(OIN);
    query.dienst = str(dienst);
    query.method = str(method);
    query.path = str(path);
    query.on_behalf_of = str(on_behalf_of);

    return ggi_profile_judge(profile, &query, &found);
}


static void
test_judging(void **state)
{
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *p;

    (void) state;

    p = compile(PROFILE, OIN, &fault);
    assert_non_null(p);

    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "/brp/personen", ""), GGI_REASON_NONE);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "POST", "/brp/personen/1", ""), GGI_REASON_NONE);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "/brp/personen", OIN), GGI_REASON_NONE);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "/brp/personen", OTHER), GGI_REASON_NONE);

    assert_int_equal(judge(p, "2025-12-31T23:59:59Z", "brp-bevragen", "GET", "/brp/personen", ""),
                     GGI_REASON_PROFILE_EXPIRED);
    assert_int_equal(judge(p, "2026-01-01", "brp-bevragen", "GET", "/brp/personen", ""), GGI_REASON_NONE);
    assert_int_equal(judge(p, "2026-12-31T23:59:59Z", "brp-bevragen", "GET", "/brp/personen", ""), GGI_REASON_NONE);
    assert_int_equal(judge(p, "2027-01-01", "brp-bevragen", "GET", "/brp/personen", ""), GGI_REASON_PROFILE_EXPIRED);

    assert_int_equal(judge(p, "2027-01-01", "x", "X", "x", "x"), GGI_REASON_PROFILE_EXPIRED);
    assert_int_equal(judge(p, "2026-06-01", "x", "X", "x", "x"), GGI_REASON_DIENST_NOT_AUTHORISED);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "X", "x", "x"), GGI_REASON_METHOD_NOT_AUTHORISED);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "x", "x"), GGI_REASON_PATH_NOT_AUTHORISED);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "/brp/personen", "x"),
                     GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED);

    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "get", "/brp/personen", ""),
                     GGI_REASON_METHOD_NOT_AUTHORISED);
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "HEAD", "/brp/personen", ""),
                     GGI_REASON_METHOD_NOT_AUTHORISED);
    assert_int_equal(judge(p, "2026-06-01", "brp", "GET", "/brp/personen", ""), GGI_REASON_DIENST_NOT_AUTHORISED);

    free(p);
}


static void
test_parse(void **state)
{
    char           *text;
    ggi_str_t       oin = str(OIN), other = str(OTHER);
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *profile;

    (void) state;

    text = malloc(GGI_DOCUMENT_TEXT_MAX + 1);
    assert_non_null(text);
    memset(text, ' ', GGI_DOCUMENT_TEXT_MAX + 1);
    memcpy(text, PROFILE, strlen(PROFILE));

    profile = ggi_profile_parse(text, GGI_DOCUMENT_TEXT_MAX, &oin, &fault);
    assert_non_null(profile);
    free(profile);

    assert_null(ggi_profile_parse(text, GGI_DOCUMENT_TEXT_MAX + 1, &oin, &fault));
    assert_string_equal(fault.text, "$: too large, expected at most 262144 bytes");

    assert_null(ggi_profile_parse(text, 10, &oin, &fault));
    assert_null(ggi_profile_parse(PROFILE, strlen(PROFILE), &other, &fault));

    free(text);
}


static void
test_path_match(void **state)
{
    static const match_t  cases[] = {
        { "/a", "/a", 1 }, { "/a", "/A", 0 }, { "/a", "/a/", 0 }, { "/a", "/ab", 0 }, { "/a/", "/a", 0 },
        { "/a/", "/a/", 1 }, { "/", "/", 1 }, { "/", "/a", 0 }, { "/a/*", "/a/b", 1 }, { "/a/*", "/a/", 0 },
        { "/a/*", "/a", 0 }, { "/a/*", "/a/b/c", 0 }, { "/a/*", "/a/b/", 0 }, { "/a/*/c", "/a/b/c", 1 },
        { "/a/*/c", "/a/b/d", 0 }, { "/a/*/c", "/a//c", 0 }, { "/a/**", "/a/b", 1 }, { "/a/**", "/a/b/c/", 1 },
        { "/a/**", "/a/", 1 }, { "/a/**", "/a", 0 }, { "/a/**", "/ab/c", 0 }, { "/**", "/x", 1 }, { "/**", "/", 1 },
        { "/*", "/x", 1 }, { "/*", "/*", 1 }, { "/a/b", "/a/*", 0 }
    };

    (void) state;

    assert_matches(EACH(cases), ggi_path_match);
}


static void
test_path_plain(void **state)
{
    ggi_str_t  nul = { 4, "/a\0b" };

    static const char *const  plain[] = {
        "/", "/a", "/a/", "/a/b;v=1", "/a/...", "/a/.b", "/a/b..", "/a+b", "/a%b", "/\xc3\xab", "/a/..b;x", "/a;"
    };
    static const char *const  odd[] = {
        "", "a", "//", "//a", "/a//b", "/a//", "/.", "/..", "/./a", "/../a", "/a/.", "/a/..", "/a/..;/b",
        "/a/.;x=1/b", "/a/..;", "/a\\b", "/a/..\\b", "/a\nb", "/a\x7f",
        "/;x", "/a/;", "/a/;x", "/a/;x=1/b"
    };

    (void) state;

    assert_judged(EACH(plain), ggi_path_plain, 1);
    assert_judged(EACH(odd), ggi_path_plain, 0);
    assert_false(ggi_path_plain(nul));
}


static int
accepts(const char *text, ggi_fault_t *fault)
{
    ggi_profile_t  *profile;

    profile = compile(text, OIN, fault);
    free(profile);

    return profile != NULL;
}


static void
test_faults(void **state)
{
    ggi_fault_t  fault = ggi_fault_init;

#define TOP(rest)  "{\"oin\":\"" OIN "\",\"versie\":1," rest "}"

    static const faulty_t  cases[] = {
        { "", "$: line 1, column 0: " },
        { "{", "$: line 1, column 1: " },
        { "[]", "$: invalid, expected an object" },
        { "{}", "$.oin: missing" },
        { "{\"oin\":1}", "$.oin: invalid" },
        { "{\"oin\":\"123\"}", "$.oin: invalid, expected an OIN" },
        { "{\"oin\":\"0000000182328844400 \"}", "$.oin: invalid, expected an OIN" },
        { "{\"oin\":\"" OTHER "\"}", "$.oin: invalid, expected \"" OIN "\"" },
        { "{\"oin\":\"" OIN "\"}", "$.versie: missing" },
        { "{\"oin\":\"" OIN "\",\"versie\":\"1\"}", "$.versie: invalid" },
        { "{\"oin\":\"" OIN "\",\"versie\":-1}", "$.versie: invalid" },
        { "{\"oin\":\"" OIN "\",\"versie\":1.5}", "$.versie: invalid" },
        { "{\"oin\":\"" OIN "\",\"naam\":\"a\\u000ab\"}", "$.naam: invalid" },
        { "{\"oin\":\"" OIN "\",\"glo\":\"\"}", "$.glo: invalid" },
        { "{\"oin\":\"" OIN "\",\"geldig_van\":\"2026\"}", "$.geldig_van: invalid" },
        { "{\"oin\":\"" OIN "\",\"geldig_tot\":\"2026-02-30\"}", "$.geldig_tot: invalid" },
        { "{\"oin\":\"" OIN "\",\"versie\":1,\"geldig_van\":\"2027-01-01\",\"geldig_tot\":\"2026-01-01\"}",
          "$.geldig_tot: invalid, expected a time after geldig_van" },
        { "{\"oin\":\"" OIN "\",\"geldig_tot\":null}", "$.geldig_tot: invalid" },
        { "{\"oin\":\"" OIN "\",\"versie\":1}", "$.diensten: missing" },
        { TOP("\"diensten\":[]"), "$.diensten: invalid" },
        { TOP("\"diensten\":{\"d\":1}"), "$.diensten.d: invalid" },
        { TOP("\"diensten\":{\"d\":{}}"), "$.diensten.d.methoden: missing" },
        { TOP("\"diensten\":{\"d\":{\"methoden\":\"GET\"}}"), "$.diensten.d.methoden: invalid" },
        { TOP("\"diensten\":{\"d\":{\"methoden\":[\"GET\",1]}}"), "$.diensten.d.methoden[1]: invalid" },
        { TOP("\"diensten\":{\"d\":{\"methoden\":[],\"paden\":[]}}"), "$.diensten.d.doelbindingen: missing" },
        { TOP("\"diensten\":{\"d\":{\"methoden\":[],\"paden\":[],\"doelbindingen\":[],\"namens\":{}}}"),
          "$.diensten.d.namens: invalid" },
        { TOP("\"diensten\":{\"d\":{\"methoden\":[],\"paden\":[],\"doelbindingen\":[],\"velden\":\"*\"}}"),
          "$.diensten.d.velden: invalid, expected an array" }
    };

    (void) state;

    assert_faults(EACH(cases), accepts);
    assert_false(accepts("{\"oin\":1,\"oin\":2}", &fault));
    assert_non_null(strstr(fault.text, "duplicate object key"));
}


/* A pattern of a path that is no good is named by its place in the list. */
static void
test_faulty_paden(void **state)
{
    char    json[256];
    size_t  i;

    static const faulty_t  cases[] = {
        { "", "$.diensten.d.paden[1]: invalid" }, { "a", "$.diensten.d.paden[1]: invalid" },
        { "/a/../b", "$.diensten.d.paden[1]: invalid" }, { "/a?b", "$.diensten.d.paden[1]: invalid" },
        { "/a%20b", "$.diensten.d.paden[1]: invalid" }, { "/a*", "$.diensten.d.paden[1]: invalid, expected \"*\"" },
        { "/*a", "$.diensten.d.paden[1]: invalid, expected \"*\"" },
        { "/**/a", "$.diensten.d.paden[1]: invalid, expected \"*\"" },
        { "/***", "$.diensten.d.paden[1]: invalid, expected \"*\"" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const faulty_t  faulty = { json, cases[i].fault };

        snprintf(json, sizeof(json),
                 "{\"oin\":\"" OIN "\",\"versie\":1,\"diensten\":{\"d\":{\"methoden\":[],\"paden\":[\"/\",\"%s\"],"
                 "\"doelbindingen\":[]}}}", cases[i].text);
        assert_faults(&faulty, 1, accepts);
    }
}


#define VELDEN(list)                                                           \
    "{\"oin\":\"" OIN "\",\"versie\":1,\"diensten\":{\"d\":{\"methoden\":[],\"paden\":[],\"doelbindingen\":[],"    \
    "\"velden\":" list "}}}"


/* Returns whether the dienst of a profile allows a field. */
static int
allows(const ggi_profile_t *profile, const char *veld)
{
    size_t                  i;
    ggi_str_t               velden[8];
    const ggi_agreement_t  *dienst;

    dienst = ggi_agreement_find(&profile->document, profile->diensten, str("d"));
    assert_non_null(dienst);
    assert_true(dienst->velden.len <= 8);

    for (i = 0; i < dienst->velden.len; i++) {
        velden[i] = ggi_document_item(&profile->document, dienst->velden, i);
    }

    return ggi_velden_allow(velden, dienst->velden.len, str(veld));
}


/* A field is allowed by its own name and by that of a group above it. */
static void
test_velden(void **state)
{
    size_t          i;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *p;

    static const char  *in[] = {
        "naam", "naam.voornamen", "naam.x.y", "naam_2", "geboorte.datum", "geboorte.datum.type", "a", "Z.z"
    };
    static const char  *out[] = { "naa", "naam2", "naam_", "naam_2x", "Naam", "geboorte", "geboorte.datums", "z", "Z" };

    (void) state;

    p = compile(VELDEN("[\"naam_2\",\"naam.voornamen\",\"Z.z\",\"geboorte.datum\","
                       "\"naam\",\"a\",\"naam.adel.x\",\"a\"]"),
                NULL, &fault);
    assert_non_null(p);

    for (i = 0; i < sizeof(in) / sizeof(in[0]); i++) {
        assert_true(allows(p, in[i]));
    }

    for (i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
        assert_false(allows(p, out[i]));
    }

    free(p);
    p = compile(VELDEN("[\"*\"]"), NULL, &fault);
    assert_non_null(p);
    assert_true(allows(p, "burgerservicenummer"));
    free(p);
    p = compile(VELDEN("[]"), NULL, &fault);
    assert_non_null(p);
    assert_false(allows(p, "naam"));
    free(p);
}


static void
test_faulty_velden(void **state)
{
    char    json[512], name[256];
    size_t  i;

    static const char  *bad[] = {
        "*", "naam.", ".naam", "naam..x", "a b", "naam.*", "a-b", "na\u00e4m", "a/b", "fields[0]"
    };

    (void) state;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const faulty_t  faulty = { json, i ? "$.diensten.d.velden[1]: invalid, expected the path of a field"
                                           : "$.diensten.d.velden[1]: invalid, expected \"*\" as the only one" };

        snprintf(json, sizeof(json), VELDEN("[\"a\",\"%s\"]"), bad[i]);
        assert_faults(&faulty, 1, accepts);
    }

    memset(name, 'a', 201);
    name[201] = '\0';
    assert_false(ggi_veld_valid(str(name)));
    assert_true(ggi_veld_valid(str(name + 1)));
    assert_false(ggi_veld_valid(str("")));
}


/* compiled, a profile is one block that works wherever it is copied to */
static void
test_block(void **state)
{
    char           *copy;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_profile_t  *p;

    (void) state;

    p = compile(PROFILE, NULL, &fault);
    assert_non_null(p);
    copy = malloc(p->document.size);
    memcpy(copy, p, p->document.size);
    memset(p, 0xff, p->document.size);
    free(p);
    p = (ggi_profile_t *) (void *) copy;

    assert_bytes(ggi_document_text(&p->document, p->document.versie_text).data, p->document.versie_text.len, "7");
    assert_bytes(ggi_document_text(&p->document, p->glo).data, p->glo.len, "GLO-2026-014");
    assert_int_equal(judge(p, "2026-06-01", "brp-bevragen", "GET", "/brp/alles/a/b", ""), GGI_REASON_NONE);
    free(copy);
}


/* Each of many is found, and none that is not there. */
static void
test_many(void **state)
{
    int                   len, i, n = 3000;
    char                 *text, *p, oin[32];
    ggi_str_t             got;
    ggi_fault_t           fault = ggi_fault_init;
    ggi_documents_t        profiles;
    const ggi_profile_t  *profile;

    (void) state;

    p = text = malloc((size_t) n * 80 + 3);
    assert_non_null(text);
    *p++ = '[';

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s{\"oin\":\"00000001%09d000\",\"versie\":1,\"diensten\":{}}", i ? "," : "", 7 * i);
    }

    memcpy(p, "]", 2);
    assert_true(ggi_profiles_read(&profiles, file_of(text), &fault));
    assert_int_equal(profiles.n, n);

    for (i = 0; i < 7 * n; i++) {
        len = sprintf(oin, "00000001%09d000", i);
        profile = ggi_profiles_find(&profiles, str(oin));

        if (i % 7) {
            assert_null(profile);
            continue;
        }

        assert_non_null(profile);
        got = ggi_document_text(&profile->document, profile->document.key);
        assert_int_equal(got.len, len);
        assert_memory_equal(got.data, oin, got.len);
    }

    ggi_documents_free(&profiles);
    free(text);
}


static void
test_files(void **state)
{
    size_t          i;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_documents_t  profiles;

#define SMALL(oin)  "{\"oin\":\"" oin "\",\"versie\":1,\"diensten\":{}}"
#define THIRD       "0000000700AB1C234000"

    static const char  *good[] = {
        "[" SMALL(OIN) "," SMALL(THIRD) "," SMALL(OTHER) "]",
        "{\"profielen\":[" SMALL(OTHER) "," SMALL(OIN) "," SMALL(THIRD) "]}",
        "{\"" THIRD "\":" SMALL(THIRD) ",\"" OIN "\":" SMALL(OIN) ",\"" OTHER "\":" SMALL(OTHER) "}"
    };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(ggi_profiles_read(&profiles, file_of(good[i]), &fault));
        assert_int_equal(profiles.n, 3);
        assert_non_null(ggi_profiles_find(&profiles, str(OIN)));
        assert_non_null(ggi_profiles_find(&profiles, str(OTHER)));
        assert_non_null(ggi_profiles_find(&profiles, str(THIRD)));
        assert_null(ggi_profiles_find(&profiles, str("00000001823288444001")));
        assert_null(ggi_profiles_find(&profiles, str("")));
        ggi_documents_free(&profiles);
    }

    assert_true(ggi_profiles_read(&profiles, file_of(PROFILE), &fault));
    assert_int_equal(profiles.n, 1);
    ggi_documents_free(&profiles);

    assert_true(ggi_profiles_read(&profiles, file_of("[]"), &fault));
    assert_null(ggi_profiles_find(&profiles, str(OIN)));
    ggi_documents_free(&profiles);

    assert_false(ggi_profiles_read(&profiles, file_of("[" SMALL(OIN) "," SMALL(OIN) "]"), &fault));
    assert_non_null(strstr(fault.text, "OIN " OIN " has two profiles"));

    assert_false(ggi_profiles_read(&profiles, file_of("[" SMALL(OIN) ",{}]"), &fault));
    assert_string_equal(strtok(fault.text, ","), "$[1].oin: missing");

    assert_false(ggi_profiles_read(&profiles, file_of("{\"profielen\":[1]}"), &fault));
    assert_non_null(strstr(fault.text, "$.profielen[0]: "));

    assert_false(ggi_profiles_read(&profiles, file_of("{\"" OTHER "\":" SMALL(OIN) "}"), &fault));
    assert_non_null(strstr(fault.text, "$." OTHER ".oin: "));

    assert_false(ggi_profiles_read(&profiles, file_of("7"), &fault));
    assert_false(ggi_profiles_read(&profiles, "/nonexistent", &fault));
    assert_false(ggi_profiles_read(&profiles, "/dev/zero", &fault));
}


static void
test_time(void **state)
{
    size_t   i;
    int64_t  t;

    ggi_time_second_t  second = { 0 };

    static const char  *bad[] = {
        "", "2026", "2026-1-1", "2026-13-01", "2026-02-29", "2026-00-01", "2026-01-00", "2026-01-01T00:00:00",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+1",
        "2026-01-01T00:00:00+24:00", "2026-01-01x", "20260101", "2026-01-01T00:00:00.5Z"
    };

    (void) state;

    assert_true(ggi_time_read(str("2026-01-01"), &t));
    assert_int_equal(t, 1767225600);
    assert_true(ggi_time_read(str("2026-01-01T01:00:00+01:00"), &t));
    assert_int_equal(t, 1767225600);
    assert_true(ggi_time_read(str("2025-12-31T22:30:00-01:30"), &t));
    assert_int_equal(t, 1767225600);
    assert_true(ggi_time_read(str("2024-02-29"), &t));

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ggi_time_read(str(bad[i]), &t)) {
            fail_msg("\"%s\" is no time", bad[i]);
        }
    }

    assert_memory_equal(ggi_time_write(&second, 0), "1970-01-01T00:00:00.000Z", GGI_TIME_TEXT);
    assert_memory_equal(ggi_time_write(&second, 1709164800000), "2024-02-29T00:00:00.000Z", GGI_TIME_TEXT);
    assert_memory_equal(ggi_time_write(&second, 1709164800999), "2024-02-29T00:00:00.999Z", GGI_TIME_TEXT);
    assert_memory_equal(ggi_time_write(&second, 1709251199010), "2024-02-29T23:59:59.010Z", GGI_TIME_TEXT);
    assert_memory_equal(ggi_time_write(&second, UINT64_MAX), "9999-12-31T23:59:59.615Z", GGI_TIME_TEXT);
}


static void
test_redis_urls(void **state)
{
    size_t           i;
    ggi_str_t        nul = ggi_str("redis://a\0b");
    ggi_fault_t      fault;
    ggi_redis_url_t  url;

    static const char  *bad[] = {
        "", "redis://", "http://host", "redis://:0", "redis://host:0", "redis://host:65536", "redis://host/x",
        "redis://u:%@host", "redis://u:%4@host", "redis://u:%+f@host", "redis://u:% f@host", "redis://u:%-1@host",
        "redis://u:%0x@host", "redis://u:%00@host", "unix://", "unix://u:p@", "redis://host/-1",
        "redis://::1", "redis://[::1", "redis://[::x]", "redis://[]", "redis://[host]", "redis://[127.0.0.1]",
        "redis://[::1]x", "redis://a,b", "redis://a,", "redis-cluster://a,,b", "redis-cluster://a/1",
        "redis-cluster://", "redis-cluster://a,b:0", "sentinel://a", "sentinel://a/", "sentinel://a//0",
        "sentinel://a/my master", "sentinel://a/m/x", "sentinel://a/m/0/1", "sentinel://,a/m", "sentinel://a,::1/m",
        "sentinelss://a/m", "redis-clusterss://a", "redis://[1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:a:b:c:d:e:f]"
    };

    (void) state;

    fault = (ggi_fault_t) ggi_fault_init;
    assert_true(ggi_redis_url_parse(&url, str("rediss://gate:p%40ss%2f@[::1]:6380/3"), &fault));
    assert_string_equal(url.hosts[0].name.data, "[::1]");
    assert_string_equal(url.hosts[0].address, "::1");
    assert_string_equal(url.user.data, "gate");
    assert_string_equal(url.password.data, "p@ss/");
    assert_true(url.tls && url.hosts[0].port == 6380 && url.db == 3);

    assert_true(ggi_redis_url_parse(&url, str("unix:///run/redis.sock?db=2"), &fault));
    assert_string_equal(url.path.data, "/run/redis.sock");
    assert_true(!url.tls && url.db == 2 && url.password.len == 0);

    assert_true(ggi_redis_url_parse(&url, str("redis://127.0.0.1:1"), &fault));
    assert_string_equal(url.hosts[0].address, "127.0.0.1");
    assert_true(ggi_redis_url_parse(&url, str("redis://127.0.0.1.nl"), &fault));
    assert_string_equal(url.hosts[0].address, "");

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fault = (ggi_fault_t) ggi_fault_init;

        if (ggi_redis_url_parse(&url, str(bad[i]), &fault) || fault.n == 0) {
            fail_msg("\"%s\" is no URL of Redis", bad[i]);
        }
    }

    assert_false(ggi_redis_url_parse(&url, nul, &fault));
}


/* URLs of several hosts: Sentinels and nodes of a Cluster. */
static void
test_redis_hosts(void **state)
{
    int              n, len;
    char             text[256];
    ggi_fault_t      fault = ggi_fault_init;
    ggi_redis_url_t  url;

    (void) state;

    assert_true(ggi_redis_url_parse(&url, str("sentinels://gate:p%2c%40@a,[::1]:1,10.0.0.3/my.master_1-x/7"), &fault));
    assert_true(url.kind == GGI_REDIS_SENTINEL && url.tls && url.nhosts == 3 && url.db == 7);
    assert_string_equal(ggi_redis_url_scheme(&url), "sentinels://");
    assert_string_equal(url.password.data, "p,@");
    assert_string_equal(url.master.data, "my.master_1-x");
    assert_string_equal(url.hosts[0].name.data, "a");
    assert_string_equal(url.hosts[0].address, "");
    assert_int_equal(url.hosts[0].port, 26379);
    assert_string_equal(url.hosts[1].address, "::1");
    assert_int_equal(url.hosts[1].port, 1);
    assert_string_equal(url.hosts[2].address, "10.0.0.3");

    assert_true(ggi_redis_url_parse(&url, str("sentinel://a:2/m"), &fault));
    assert_true(!url.tls && url.nhosts == 1 && url.db == 0 && url.password.len == 0);

    assert_true(ggi_redis_url_parse(&url, str("redis-cluster://:secret@a,b:7001/0"), &fault));
    assert_true(url.kind == GGI_REDIS_CLUSTER && !url.tls && url.nhosts == 2 && url.master.len == 0);
    assert_int_equal(url.hosts[0].port, 6379);
    assert_int_equal(url.hosts[1].port, 7001);
    assert_true(ggi_redis_url_parse(&url, str("redis-clusters://a"), &fault));
    assert_string_equal(ggi_redis_url_scheme(&url), "redis-clusters://");
    assert_true(ggi_redis_url_parse(&url, str("unix:///x"), &fault));
    assert_string_equal(ggi_redis_url_scheme(&url), "unix://");

    /* as many as there is room for, and not one more */

    len = snprintf(text, sizeof(text), "redis-cluster://:secret@h0");

    for (n = 1; n <= GGI_REDIS_HOSTS_MAX; n++) {
        fault = (ggi_fault_t) ggi_fault_init;
        assert_int_equal(ggi_redis_url_parse(&url, str(text), &fault), 1);
        assert_int_equal(url.nhosts, n);
        len += snprintf(text + len, sizeof(text) - (size_t) len, ",h%d", n);
    }

    assert_false(ggi_redis_url_parse(&url, str(text), &fault));
    assert_null(strstr(fault.text, "secret"));
    assert_non_null(strstr(fault.text, "at most 16 hosts"));
}


/* A reply as text: its type, and what it holds. */
static void
render(const ggi_reply_t *reply, char *text, size_t size)
{
    static const char *const  names[] = {
        [GGI_REPLY_NIL] = "nil",
        [GGI_REPLY_STRING] = "string",
        [GGI_REPLY_STATUS] = "status",
        [GGI_REPLY_INTEGER] = "integer",
        [GGI_REPLY_ARRAY] = "array",
        [GGI_REPLY_ERROR] = "error"
    };

    size_t  i, len;

    (void) snprintf(text, size, "%s(%s", names[reply->type],
                    reply->data ? reply->data : "");

    for (i = 0; i < reply->n; i++) {
        len = strlen(text);
        render(reply->elements[i], text + len, size - len);
    }

    len = strlen(text);
    (void) snprintf(text + len, size - len, ")");
}


/* expected: "-" for what is no reply that can be had, "" for one that is not whole yet */
static void
assert_reply(const char *name, const char *wire, const char *expected,
    size_t piece)
{
    char                 text[512];
    size_t               pos, len, n;
    ggi_reply_t         *reply;
    ggi_redis_reader_t   reader;

    assert_true(ggi_redis_reader_create(&reader));

    text[0] = '\0';
    len = strlen(wire);

    for (pos = 0; pos < len && text[0] == '\0'; pos += n) {
        n = len - pos < piece ? len - pos : piece;

        if (!ggi_redis_reader_feed(&reader, wire + pos, n)
            || !ggi_redis_reader_next(&reader, &reply))
        {
            (void) snprintf(text, sizeof(text), "-");

        } else if (reply) {
            render(reply, text, sizeof(text));
            ggi_reply_free(reply);
        }
    }

    ggi_redis_reader_free(&reader);

    if (strcmp(text, expected) != 0) {
        fail_msg("%s: \"%s\" instead of \"%s\"", name, text, expected);
    }
}


static void
test_replies(void **state)
{
    static const struct {
        const char  *name;
        const char  *wire;
        const char  *expected;
    } cases[] = {
        { "string", "$5\r\nhello\r\n", "string(hello)" },
        { "empty string", "$0\r\n\r\n", "string()" },
        { "status", "+OK\r\n", "status(OK)" },
        { "error", "-WRONGPASS no\r\n", "error(WRONGPASS no)" },
        { "integer", ":1\r\n", "integer()" },
        { "nil", "$-1\r\n", "nil()" },
        { "nil array", "*-1\r\n", "nil()" },
        { "empty array", "*0\r\n", "array()" },
        { "message", "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nid\r\n",
          "array(string(message)string(c)string(id))" },
        { "more elements than memory is taken for at first", "*5\r\n+a\r\n+b\r\n+c\r\n+d\r\n+e\r\n",
          "array(status(a)status(b)status(c)status(d)status(e))" },
        { "arrays in an array", "*2\r\n*2\r\n:1\r\n*1\r\n+a\r\n*0\r\n",
          "array(array(integer()array(status(a)))array())" },
        { "as deep as may be", "*1\r\n*1\r\n*1\r\n*1\r\n+a\r\n",
          "array(array(array(array(status(a)))))" },

        { "not whole", "$5\r\nhell", "" },
        { "an element is missing", "*2\r\n+a\r\n", "" },

        { "as many elements as may be", "*16384\r\n+a\r\n", "" },
        { "too many elements", "*16385\r\n+a\r\n", "-" },
        { "deeper than may be", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+a\r\n", "-" },
        { "a negative count", "*-2\r\n", "-" },
        { "a huge count", "*9223372036854775807\r\n", "-" },
        { "no RESP", "HTTP/1.1 400 Bad Request\r\n\r\n", "-" },
        { "map of RESP3", "%1\r\n+a\r\n+b\r\n", "-" },
        { "set of RESP3", "~1\r\n+a\r\n", "-" },
        { "push of RESP3", ">1\r\n+a\r\n", "-" },
        { "nil of RESP3", "_\r\n", "-" },
        { "double of RESP3", ",1.5\r\n", "-" },
        { "bool of RESP3", "#t\r\n", "-" },
        { "big number of RESP3", "(12345678901234567890\r\n", "-" },
        { "verbatim string of RESP3", "=5\r\ntxt:a\r\n", "-" },
        { "bool in an array", "*1\r\n#t\r\n", "-" },
    };

    char    *deep, *end;
    size_t   i;

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_reply(cases[i].name, cases[i].wire, cases[i].expected, 4096);
        assert_reply(cases[i].name, cases[i].wire, cases[i].expected, 1);
    }

    /* as deep as the longest reply can be: each level of a recursion would be on the stack */

    deep = malloc(GGI_REDIS_REPLY_MAX + 2);
    assert_non_null(deep);

    for (end = deep; end + 4 <= deep + GGI_REDIS_REPLY_MAX; end += 4) {
        memcpy(end, "*1\r\n", 4);
    }

    *end = '\0';
    assert_reply("arrays in arrays", deep, "-", GGI_REDIS_REPLY_MAX);

    /* the longest reply, and a byte more, of a string that does not end */

    i = (size_t) sprintf(deep, "$%d\r\n", GGI_REDIS_REPLY_MAX);
    memset(deep + i, 'x', GGI_REDIS_REPLY_MAX + 1 - i);
    deep[GGI_REDIS_REPLY_MAX] = '\0';
    assert_reply("as much as may be", deep, "", 65536);

    deep[GGI_REDIS_REPLY_MAX] = 'x';
    deep[GGI_REDIS_REPLY_MAX + 1] = '\0';
    assert_reply("more than may be", deep, "-", 65536);
    free(deep);
}


static void
test_words(void **state)
{
    char             small[12], large[GGI_REDIS_WORDS_LEN], many[600];
    size_t           i;
    ggi_fault_t      fault = ggi_fault_init;
    ggi_redis_url_t  url;

    static const struct {
        const char  *said;
        const char  *logged;
    } cases[] = {
        { "", "" }, { "ERR max number of clients reached", "ERR max number of clients reached" },
        { "a\nb\x1b[0m\x7f\xff\\", "a\\x0ab\\x1b[0m\\x7f\\xff\\x5c" },
        { "beginning with: 'open sesame' 'open sesam'", "beginning with: '***' 'open sesam'" }
    };

    (void) state;

    assert_true(ggi_redis_url_parse(&url, str("redis://:open%20sesame@host"), &fault));

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ggi_redis_printable(large, sizeof(large), cases[i].said, strlen(cases[i].said), &url);
        assert_string_equal(large, cases[i].logged);
    }

    url.sentinel_password = str("guard");
    ggi_redis_printable(large, sizeof(large), "'guard' or 'open sesame'", 24, &url);
    assert_string_equal(large, "'***' or '***'");

    memset(many, '\n', sizeof(many));

    for (i = 0; i < sizeof(many); i++) {
        ggi_redis_printable(small, sizeof(small), many, i, &url);
        assert_in_range(strlen(small), 0, sizeof(small) - 1);
    }

    assert_string_equal(small, "\\x0a\\x0a");

    /* without a password nothing is left out */

    assert_true(ggi_redis_url_parse(&url, str("redis://host"), &fault));
    ggi_redis_printable(large, sizeof(large), "open sesame", 11, &url);
    assert_string_equal(large, "open sesame");
}


/* Judges fields by what is known, and compares what is known afterwards with id and number. */
static void
judged(ggi_dataset_t *known, ggi_dataset_e want, const char *id, const char *number, const char *replaces,
    const char *known_id, uint64_t known_number)
{
    ggi_dataset_fields_t  fields = { str(id), str(number), str(replaces), str("") };

    if (ggi_dataset_judge(known, &fields) != want || strcmp(known->id, known_id) != 0
        || known->number != known_number)
    {
        fail_msg("\"%s\" %s \"%s\": known is %s %ju", id, number, replaces, known->id, (uintmax_t) known->number);
    }
}


static void
test_dataset(void **state)
{
    ggi_dataset_t         known;
    ggi_dataset_fields_t  fields = { str("b"), str("9"), str(""), str("") };

    (void) state;
    memset(&known, 0, sizeof(known));

    judged(&known, GGI_DATASET_MISSING, "", "", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "a", "", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "", "1", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "a b", "1", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "a", "1.5", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "a", "-1", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED, "a", "1000000000000000", "", "", 0);
    judged(&known, GGI_DATASET_MALFORMED,
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1", "", "", 0);
    judged(&known, GGI_DATASET_GOOD, "a", "7", "b c", "a", 7);
    judged(&known, GGI_DATASET_GOOD, "a", "7", "", "a", 7);
    judged(&known, GGI_DATASET_EARLIER_STATE, "a", "6", "a", "a", 7);
    judged(&known, GGI_DATASET_MISSING, "", "", "a", "a", 7);
    judged(&known, GGI_DATASET_GOOD, "a", "999999999999999", "", "a", 999999999999999);
    judged(&known, GGI_DATASET_OTHER, "b", "9", "", "a", 999999999999999);
    judged(&known, GGI_DATASET_OTHER, "b", "9", "aa a-", "a", 999999999999999);
    judged(&known, GGI_DATASET_REPLACED, "b", "1", "x a", "b", 1);
    judged(&known, GGI_DATASET_OTHER, "a", "10", "x", "b", 1);
    judged(&known, GGI_DATASET_REPLACED, "c", "0", "b a", "c", 0);

    /* a slot that is about to get the id that others have already */

    fields.next = str("c");
    assert_int_equal(ggi_dataset_judge(&known, &fields), GGI_DATASET_GOOD);
    assert_true(strcmp(known.id, "c") == 0 && known.number == 0);
    fields.next = str("cc");
    assert_int_equal(ggi_dataset_judge(&known, &fields), GGI_DATASET_OTHER);
    fields.next = str("c");
    known.number = 1;
    assert_int_equal(ggi_dataset_judge(&known, &fields), GGI_DATASET_EARLIER_STATE);
    assert_true(strcmp(known.id, "c") == 0 && known.number == 1);

    assert_true(ggi_dataset_doubtful(GGI_DATASET_MISSING) && ggi_dataset_doubtful(GGI_DATASET_UNREADABLE));
    assert_false(ggi_dataset_doubtful(GGI_DATASET_UNASKED) || ggi_dataset_doubtful(GGI_DATASET_REPLACED));
}


/* Has a data set come after fields and take the place of ids, and compares what it gets. */
static void
succeeds(const char *ids, const char *id, const char *number, const char *replaces, uint64_t next_number,
    const char *next_replaces)
{
    ggi_dataset_next_t    next;
    ggi_dataset_fields_t  fields = { str(id), str(number), str(replaces), str("") };

    memset(&next, 0, sizeof(next));
    ggi_dataset_replace(&next, str(ids));
    ggi_dataset_succeed(&next, &fields);
    assert_int_equal(next.number, next_number);
    assert_string_equal(next.replaces, next_replaces);
}


static void
test_dataset_next(void **state)
{
    size_t              i;
    char                id[GGI_DATASET_ID_MAX + 1];
    ggi_dataset_next_t  next;

    (void) state;
    succeeds("", "", "", "", 1, "");
    succeeds("", "a", "7", "", 8, "a");
    succeeds("c d", "a", "7", "b", 8, "c d a b");
    succeeds("a b", "a", "7", "b c", 8, "a b c");
    succeeds("", "a", "7", "aa a-", 8, "a aa a-");
    succeeds("x", "a!", "7", "b  c! d", 8, "x b d");
    succeeds("", "a", "seven", "", 1, "a");
    succeeds("", "a", "999999999999999", "", 1, "a");
    succeeds("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "a", "1", "b", 2, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");

    /* as many ids as there may be, of as many bytes as one may have */

    memset(&next, 0, sizeof(next));
    memset(id, 'x', GGI_DATASET_ID_MAX);
    id[GGI_DATASET_ID_MAX] = '\0';

    for (i = 0; i < GGI_DATASET_EARLIER + 1; i++) {
        id[0] = (char) ('a' + i);
        ggi_dataset_replace(&next, str(id));
    }

    assert_int_equal(next.n, GGI_DATASET_EARLIER);
    assert_int_equal(strlen(next.replaces), sizeof(next.replaces) - 1);
}


static void
test_limit(void **state)
{
    int          n;
    uint64_t     now, left_out, sum;
    ggi_limit_t  limit = { 0, 0, 0 };

    (void) state;

    /* an hour of a message each 10 ms */

    for (now = 0, n = 0, sum = 0; now < 3600 * 1000; now += 10) {
        if (ggi_limit_pass(&limit, now, &left_out)) {
            n++;
            sum += left_out + 1;
        }
    }

    assert_in_range(n, 60, 70);
    assert_in_range(sum, 360000 - 6000, 360000);

    /* after a rest it begins anew */

    now += 10 * GGI_LIMIT_LAST;
    assert_true(ggi_limit_pass(&limit, now, &left_out));        /* tells of what was left out before */
    now += 10 * GGI_LIMIT_LAST;
    assert_true(ggi_limit_pass(&limit, now, &left_out));
    assert_int_equal(left_out, 0);
    assert_false(ggi_limit_pass(&limit, now + GGI_LIMIT_FIRST - 1, &left_out));
    assert_true(ggi_limit_pass(&limit, now + GGI_LIMIT_FIRST, &left_out));
    assert_int_equal(left_out, 1);
    assert_false(ggi_limit_pass(&limit, now + 3 * GGI_LIMIT_FIRST - 1, &left_out));
}


/* Messages of each of n subjects, each 10 ms of an hour. Returns how many were logged. */
static unsigned
limits_of(ggi_limits_t *limits, uint64_t n, uint64_t kinds)
{
    unsigned  passed;
    uint64_t  now, left_out;

    for (now = 0, passed = 0; now < 3600 * 1000; now += 10) {
        passed += (unsigned) ggi_limits_pass(limits, 1 + now / 10 % n, 1 + now / 10 % kinds,
                                             now, &left_out);
    }

    return passed;
}


static void
test_limits(void **state)
{
    uint64_t      left_out = 9;
    ggi_limits_t  limits;

    (void) state;

    memset(&limits, 0, sizeof(limits));
    assert_true(ggi_limits_pass(&limits, 1, 1, 1000, &left_out));
    assert_int_equal(left_out, 0);
    assert_false(ggi_limits_pass(&limits, 1, 1, 1001, &left_out));      /* the same again */
    assert_true(ggi_limits_pass(&limits, 2, 1, 1002, &left_out));       /* of somebody else */
    assert_int_equal(left_out, 0);
    assert_true(ggi_limits_pass(&limits, 1, 2, 1003, &left_out));       /* another fault */
    assert_int_equal(left_out, 1);
    assert_false(ggi_limits_pass(&limits, 1, 2, 60999, &left_out));
    assert_true(ggi_limits_pass(&limits, 1, 2, 61000, &left_out));      /* a minute later */
    assert_int_equal(left_out, 1);

    memset(&limits, 0, sizeof(limits));
    assert_int_equal(limits_of(&limits, 1, 1), 60);
    memset(&limits, 0, sizeof(limits));
    assert_int_equal(limits_of(&limits, 1, 2), 60 * GGI_LIMITS_CHANGES);
    memset(&limits, 0, sizeof(limits));
    assert_int_equal(limits_of(&limits, GGI_LIMITS_KNOWN, 1), 60 * GGI_LIMITS_KNOWN);

    /* more than can be remembered: the first, and of the others one a minute */

    memset(&limits, 0, sizeof(limits));
    assert_in_range(limits_of(&limits, 10007, 1), 60 * GGI_LIMITS_KNOWN,
                    60 * GGI_LIMITS_KNOWN + 70);

    assert_true(ggi_limits_hash(0, "a", 1) != ggi_limits_hash(0, "b", 1));
    assert_true(ggi_limits_hash(ggi_limits_hash(0, "a", 1), "b", 1) != ggi_limits_hash(0, "ab", 2));
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_judging),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_path_match),
        cmocka_unit_test(test_path_plain),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_faulty_paden),
        cmocka_unit_test(test_velden),
        cmocka_unit_test(test_faulty_velden),
        cmocka_unit_test(test_block),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_redis_urls),
        cmocka_unit_test(test_redis_hosts),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_dataset),
        cmocka_unit_test(test_dataset_next),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
