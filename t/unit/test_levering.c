/* SPDX-License-Identifier: EUPL-1.2 */

/* Fields that a call asks for: how they are read from a body and a query, and which are allowed. */

#include "unit.h"

#include "ggi_fields_json.h"
#include "ggi_fields_name.h"
#include "ggi_fields_query.h"

#define MALFORMED  GGI_REASON_FIELDS_MALFORMED
#define MISSING    GGI_REASON_FIELD_MISSING

static char  room[65536];


/* Returns the fields with blanks between them, or the name of the reason. */
static const char *
told(ggi_reason_e reason, const ggi_fields_t *fields)
{
    size_t       i, n;
    static char  text[65536];

    if (reason != GGI_REASON_NONE) {
        return ggi_reason_get(reason)->name;
    }

    for (i = 0, n = 0; i < fields->n; i++) {
        n += (size_t) sprintf(text + n, "%s%.*s", i ? " " : "", (int) fields->item[i].len,
                              fields->item[i].data);
    }

    return text;
}


static const char *
of_body(const char *body)
{
    ggi_fields_t  fields = { .n = 0 };

    return told(ggi_fields_read_json(&fields, str("fields"), str(body)), &fields);
}


static const char *
of_query(const char *args)
{
    ggi_fields_t  fields = { .n = 0 };

    return told(ggi_fields_read_query(&fields, str("fields"), str(args), room), &fields);
}


/* What is found, or "" for fields_malformed and "-" for field_missing. */
typedef struct {
    const char  *text;
    const char  *found;
} case_t;


static void
assert_cases(const case_t *cases, size_t n, const char *(*read)(const char *text))
{
    size_t       i;
    const char  *expected;

    for (i = 0; i < n; i++) {
        expected = cases[i].found;
        expected = (*expected == '\0') ? "fields_malformed" : (*expected == '-') ? "field_missing" : expected;

        if (strcmp(read(cases[i].text), expected) != 0) {
            fail_msg("%s: %s, expected %s", cases[i].text, read(cases[i].text), expected);
        }
    }
}


static void
test_body(void **state)
{
    static const case_t  cases[] = {
        { "{\"fields\":[\"naam\"]}", "naam" },
        { " {\n\t\"a\" : 1 , \"fields\" : [ \"naam\" , \"geboorte.datum\" ] , \"b\" : [ ] }\r\n ",
        "naam geboorte.datum" },
        { "{\"type\":\"RaadpleegMetBurgerservicenummer\",\"burgerservicenummer\":[\"999993653\"],"
          "\"fields\":[\"a\",\"a\"]}",
        "a a" },
        { "{\"a\":{\"fields\":[\"x\"],\"fields\":1,\"\\u0066\":\"\\ud83d\\ude00\\\"\"},"
          "\"fields\":[\"b\"],\"n\":[-0,1.5e+3,0E1,true,null,\"\xc3\xab\"]}",
        "b" },
        { "{\"field\":1,\"fieldss\":[\"x\"],\"_fields\":2,\"fields\":[\"c\"]}", "c" },
        { "{\"fields_\":1,\"fields-x\":2,\"xfields\":3,\"fields2\":4,\"-\":5,\"\":6,\"fields\":[\"d\"]}", "d" },

        { "", "-" }, { "{}", "-" }, { "{\"fields\":[]}", "-" }, { "{\"a\":\"fields\"}", "-" },
        { "{\"a\":{\"fields\":[\"x\"]}}", "-" },

        { " ", "" }, { "[]", "" }, { "\"fields\"", "" }, { "null", "" }, { "{", "" }, { "{}x", "" }, { "{}{}", "" },
        { "\xef\xbb\xbf{\"fields\":[\"a\"]}", "" }, { "{\"fields\":[\"a\"]} // x", "" }, { "{'fields':['a']}", "" },
        { "{\"fields\":[\"a\"],}", "" }, { "{\"fields\":[\"a\",]}", "" }, { "{,\"fields\":[\"a\"]}", "" },
        { "{\"fields\":[\"a\"]", "" }, { "{\"fields\":[\"a\"", "" }, { "{\"fields\":[\"a", "" },
        { "{\"fields\"", "" },

        { "{\"fields\":[\"a\"],\"fields\":[\"a\"]}", "" }, { "{\"fields\":[],\"fields\":[\"a\"]}", "" },
        { "{\"fields\":[\"a\"],\"\\u0066ields\":[\"b\"]}", "" }, { "{\"\\u0066ields\":[\"a\"]}", "" },
        { "{\"fields\":[\"a\"],\"Fields\":[\"b\"]}", "" }, { "{\"FIELDS\":[\"a\"]}", "" },
        { "{\"field\xc5\xbf\":[\"a\"]}", "" },
        { "{\"fields\":[\"a\"],\" fields\":[\"b\"]}", "" }, { "{\"fields\":[\"a\"],\"fields \":[\"b\"]}", "" },
        { "{\"fields\":[\"a\"],\"fields[]\":[\"b\"]}", "" }, { "{\"fields\":[\"a\"],\"fields.0\":\"b\"}", "" },
        { "{\"fields\":[\"a\"],\"fi-elds\":[\"b\"]}", "" },
        { "{\"fields\":[\"a\"],\"\xc3\xab\":1}", "" }, { "{\"fields\":[\"a\"],\"a\\u0000\":1}", "" },

        { "{\"fields\":\"a\"}", "" }, { "{\"fields\":null}", "" }, { "{\"fields\":{\"a\":1}}", "" },
        { "{\"fields\":[[\"a\"]]}", "" },
        { "{\"fields\":[1]}", "" }, { "{\"fields\":[null]}", "" }, { "{\"fields\":[\"a\",{}]}", "" },
        { "{\"fields\":[\"\"]}", "" },
        { "{\"fields\":[\"a b\"]}", "" }, { "{\"fields\":[\"a.\"]}", "" }, { "{\"fields\":[\"*\"]}", "" },
        { "{\"fields\":[\"a,b\"]}", "" },
        { "{\"fields\":[\"n\\u0061am\"]}", "" }, { "{\"fields\":[\"na\xc3\xab\"]}", "" },

        { "{\"fields\":[\"a\"],\"n\":01}", "" }, { "{\"fields\":[\"a\"],\"n\":1.}", "" },
        { "{\"fields\":[\"a\"],\"n\":.5}", "" },
        { "{\"fields\":[\"a\"],\"n\":+1}", "" }, { "{\"fields\":[\"a\"],\"n\":1e}", "" },
        { "{\"fields\":[\"a\"],\"n\":NaN}", "" },
        { "{\"fields\":[\"a\"],\"n\":tru}", "" }, { "{\"fields\":[\"a\"],\"n\":}", "" },
        { "{\"fields\":[\"a\"],\"n\"}", "" },
        { "{\"fields\":[\"a\"],\"n\":\"\n\"}", "" }, { "{\"fields\":[\"a\"],\"n\":\"\xff\"}", "" },
        { "{\"fields\":[\"a\"],\"n\":\"\\x\"}", "" },
        { "{\"fields\":[\"a\"],\"n\":\"\\u00g0\"}", "" }, { "{\"fields\":[\"a\"],\"n\":\"\xed\xa0\x80\"}", "" }
    };

    (void) state;

    assert_cases(EACH(cases), of_body);
}


static void
test_query(void **state)
{
    static const case_t  cases[] = {
        { "fields=naam", "naam" }, { "a=1&fields=naam,geboorte.datum&b", "naam geboorte.datum" },
        { "fields=naam%2Cgeboorte%2edatum", "naam geboorte.datum" }, { "fields=a&fields=b,c", "a b c" },
        { "fields=a&field=b&fieldss=c&x.fields=d&fields_=e&fields-x=f&q=fields", "a" },
        { "fields=a&x=1;y=2", "a" }, { "&&fields=a&", "a" }, { "x=a%26b&fields=a&x=a%3Bfieldss=2", "a" },

        { "", "-" }, { "a=fields", "-" }, { "fields", "-" }, { "fields=", "-" }, { "fields=a&fields=", "-" },
        { "fields=&fields=a", "-" },

        { "%66ields=a", "" }, { "fields=a&%66ields=b", "" }, { "fields=a&fields%5B%5D=b", "" }, { "fields[]=a", "" },
        { "fields[0]=a", "" },
        { "fields=a&Fields=b", "" }, { "FIELDS=a", "" }, { "fields=a&+fields=b", "" }, { "fields=a&%20fields=b", "" },
        { "fields=a&fields%00=b", "" }, { "fields=a&fields+=b", "" }, { "fields=a&%2566ields=b", "" },
        { "fields=a&%zz=b", "" },
        { "fields=a&x%=b", "" }, { "fields=a;fields=b", "" }, { "x=1;fields=a", "" }, { "fields=a;x=1", "" },
        { "fields=a&fields[x]=b", "" }, { "fields=a&fields.0=b", "" }, { "fields=a&[fields]=b", "" },
        { "fields=a&field%C5%BF=b", "" }, { "fields=a&%u0066ields=b", "" }, { "fields=a&f\xc4\xb1""elds=b", "" },
        { "fields=a&x=1%26fields=b", "" }, { "fields=a&x=1%26fields%3Db", "" }, { "fields=a&x=1%3bfields=b", "" },
        { "fields=a%26fields=b", "" }, { "x=1%26fields=a", "" }, { "fields=a&amp;fields=b", "" },
        { "fields=a&?fields=b", "" }, { "fields=a&fields%09=b", "" }, { "fields=a&f%69elds[0]=b", "" },

        { "fields=a,", "" }, { "fields=,a", "" }, { "fields=a,,b", "" }, { "fields=a+b", "" }, { "fields=a, b", "" },
        { "fields=(a)", "" },
        { "fields=%2561", "" }, { "fields=a%00", "" }, { "fields=a%", "" }, { "fields=a%4", "" }, { "fields=*", "" },
        { "fields=a=b", "" },
        { "fields=a#x", "" }, { "fields=%5B%22a%22%5D", "" }
    };

    (void) state;

    assert_cases(EACH(cases), of_query);
}


static void
test_cookies(void **state)
{
    size_t  i;

    static const struct {
        const char  *cookies;
        int          alike;
    } cases[] = {
        { "", 0 }, { "a=b", 0 }, { "xfields=a; fields-a=b", 0 }, { "a=fields", 0 }, { "fields=a", 1 }, { "fields", 1 },
        { "a=b; fields=c", 1 }, { "a=b,fields=c", 1 }, { "a=b;FIELDS[0]=c", 1 }, { "a=b; f%69elds=c", 1 },
        { "a=b;;fields=", 1 }, { "a=b&fields=c", 1 }, { ",;,", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (ggi_fields_cookie_has(str(cases[i].cookies), str("fields")) != cases[i].alike) {
            fail_msg("\"%s\"", cases[i].cookies);
        }
    }
}


/* As many fields as may be asked for, as deep and as long as they may be, and no more. */
static void
test_bounds(void **state)
{
    int           len;
    size_t        i, n;
    static char   text[65536];

    (void) state;

    for (n = GGI_FIELDS_MAX; n <= GGI_FIELDS_MAX + 1; n++) {
        len = sprintf(text, "{\"fields\":[\"a\"");

        for (i = 1; i < n; i++) {
            len += sprintf(text + len, ",\"a\"");
        }

        sprintf(text + len, "]}");
        assert_int_equal(strcmp(of_body(text), "fields_malformed") == 0, n > GGI_FIELDS_MAX);
    }

    for (n = 31; n <= 32; n++) {
        sprintf(text, "{\"fields\":[\"a\"],\"x\":%.*s%.*s}", (int) n, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", (int) n,
                "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
        assert_string_equal(of_body(text), n == 31 ? "a" : "fields_malformed");
    }
}


static void
test_judge(void **state)
{
    size_t     i;
    ggi_str_t  refused;

    static const ggi_str_t           agreed[] = { ggi_str("adressering"), ggi_str("geboorte.datum"), ggi_str("naam") };
    static const ggi_fields_alias_t  always[] = { { ggi_str("inOnderzoek"), ggi_str("") } };
    static const ggi_fields_alias_t  aliases[] = {
        { ggi_str("adresseringBinnenland"), ggi_str("adressering") },
        { ggi_str("verblijfplaatsBinnenland"), ggi_str("verblijfplaats") }
    };
    static const ggi_fields_rules_t  rules = { agreed, 3, always, 1, aliases, 2 };
    static const ggi_fields_rules_t  none = { NULL, 0, NULL, 0, NULL, 0 };

    static const struct {
        const char  *args;
        const char  *refused;
    } cases[] = {
        { "fields=naam,naam.voornamen,geboorte.datum", NULL }, { "fields=inOnderzoek,inOnderzoek.x", NULL },
        { "fields=adresseringBinnenland,adresseringBinnenland.regel1,adressering.regel1", NULL },
        { "fields=naam,geboorte,x", "geboorte" }, { "fields=naam.x,Naam", "Naam" },
        { "fields=verblijfplaatsBinnenland.x", "verblijfplaatsBinnenland.x" },
        { "fields=adresseringBinnenlandX", "adresseringBinnenlandX" }, { "fields=inOnderzoek2", "inOnderzoek2" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ggi_fields_t  fields = { .n = 0 };

        assert_int_equal(ggi_fields_read_query(&fields, str("fields"), str(cases[i].args), room), GGI_REASON_NONE);
        refused = str("");

        if (cases[i].refused == NULL) {
            assert_int_equal(ggi_fields_judge(&fields, &rules, &refused), GGI_REASON_NONE);
            assert_int_equal(ggi_fields_judge(&fields, &none, &refused), GGI_REASON_FIELD_NOT_AUTHORISED);
            continue;
        }

        assert_int_equal(ggi_fields_judge(&fields, &rules, &refused), GGI_REASON_FIELD_NOT_AUTHORISED);
        assert_bytes(refused.data, refused.len, cases[i].refused);
    }
}


/* A name with "_" is one for readers that put "_" or a capital where another character stands. */
static void
test_names(void **state)
{
    size_t  i;

    static const char  *alike[] = {
        "my_fields", "my.fields", "my fields", "my[fields", "my-fields", "myFields", "MYFIELDS", "my__fields",
        "my_fields[]", "my.fields[0]", " my_fields", "my_fields.x"
    };
    static const char  *other[] = { "", "my", "my_", "fields", "_my_fields", "my_field", "my_fields_", "my_fields2" };

    (void) state;

    for (i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        if (!ggi_fields_name_alike(str(alike[i]), str("my_fields"))) {
            fail_msg("\"%s\" is no other name", alike[i]);
        }
    }

    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        if (ggi_fields_name_alike(str(other[i]), str("my_fields"))) {
            fail_msg("\"%s\" is another name", other[i]);
        }
    }

    assert_true(ggi_fields_query_has(str("a=1&fields=x"), str("fields")));
    assert_true(ggi_fields_query_has(str("a=1%26Fields[]"), str("fields")));
    assert_false(ggi_fields_query_has(str("a=fields&b=%66ields&fieldss"), str("fields")));
    assert_false(ggi_fields_query_has(str(""), str("fields")));
}


static void
test_types(void **state)
{
    size_t  i;

    static const char  *json[] = {
        "application/json", "Application/JSON", "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\" ; x=y",
        "application/problem+json", "application/json;", "application/json ; charset=UTF-8"
    };
    static const char  *other[] = {
        "", "application/", "text/json", "application/jsonp", "application/json, text/plain",
        "application/json;charset=utf-16",
        "application/json;charset=utf-8;charset=latin1", "application/json; charset = utf-8",
        "application/json;x=\";charset=utf-16\"",
        "application/x-www-form-urlencoded", "application/xml", "+json", "application/json;charset",
        "application/json;charset=utf-8x", "application/x-www-form-urlencoded x+json",
        "application/x-www-form-urlencoded+json", "application/X-www-form-urlencoded,x+json", "application/x y+json",
        "application/json;x=1,application/x-www-form-urlencoded", "application/json\tx", "application/+json",
        "application/json x", "multipart/form-data"
    };

    (void) state;

    for (i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
        assert_true(ggi_fields_type_is_json(str(json[i])));
    }

    for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        if (ggi_fields_type_is_json(str(other[i]))) {
            fail_msg("\"%s\" is taken for JSON", other[i]);
        }
    }
}


/* A field, or one and what it is given as: what they are, or what is no field. */
static void
test_aliases(void **state)
{
    int                 rc;
    size_t              i;
    ggi_str_t           at;
    ggi_fields_alias_t  alias;

    static const struct {
        const char  *text;
        int          named;
        const char  *name;              /* "": it cannot be read */
        const char  *target;            /* or what is at fault */
    } cases[] = {
        { "a.b", 0, "a.b", "" }, { "a=b.c", 1, "a", "b.c" }, { "", 0, "", "" }, { "a=b", 0, "", "a=b" },
        { "a", 1, "", "" }, { "a=", 1, "", "" }, { "=b", 1, "", "" }, { "a=b=c", 1, "", "b=c" },
        { "a.=b", 1, "", "a." }, { "a=.b", 1, "", ".b" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        rc = ggi_fields_read_alias(&alias, str(cases[i].text), cases[i].named, &at);
        assert_int_equal(rc, *cases[i].name != '\0');
        assert_true(!rc || ggi_str_eq(alias.name, str(cases[i].name)));
        assert_true(ggi_str_eq(rc ? alias.target : at, str(cases[i].target)));
    }
}


int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_aliases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
