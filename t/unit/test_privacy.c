/* SPDX-License-Identifier: EUPL-1.2 */

/* Which spellings of a BSN are masked, which numbers are left alone, and what is taken out of log messages. */

#include "unit.h"

#include "ggi_bsn_again.h"
#include "ggi_message.h"


/* Memory of exactly its size, so that a sanitizer sees a read of one byte too many. */
static char *
copy_of(const char *text, size_t len)
{
    char  *copy;

    copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);

    return copy;
}


/* change() makes out of in; it returns the new length. */
static void
assert_becomes(const char *in, const char *out, size_t (*change)(char *text, size_t len))
{
    char    *text;
    size_t   len;

    len = strlen(in);
    text = copy_of(in, len);
    len = change(text, len);

    if (strlen(out) != len || memcmp(text, out, len) != 0) {
        fail_msg("\"%s\" became \"%.*s\" instead of \"%s\"", in, (int) len, text, out);
    }

    free(text);
}


static size_t
mask(char *text, size_t len)
{
    ggi_bsn_mask(text, len);

    return len;
}


static void
assert_masked(const char *in, const char *out)
{
    assert_becomes(in, out, mask);
}


/* All of the text, which has no "*", or none of it. */
static void
assert_all_masked(const char *in)
{
    size_t  len;
    char    stars[128];

    len = strlen(in);
    assert_true(len < sizeof(stars));
    memset(stars, '*', len);
    stars[len] = '\0';
    assert_masked(in, stars);
}


static void
assert_kept(const char *in)
{
    assert_masked(in, in);
}


static void
test_spellings(void **state)
{
    size_t              i;
    static const char  *all[] = {
        "123456782", "111222333", "999990019", "012345672",
        "1234.56.782", "123-456-782", "123 456 782", "1234 56 782",
        "12 34 56 782", "1 2 3 4 5 6 7 8 2", "123 - 456 - 782", "123_456_782",
        "123+456+782", "123\t456.782",
        "0123456782", "0 123456782", "0123.456.782",
        "12345672", "10000021", "12.345.672", "1234567-2", "20260106",
        "%31%32%33%34%35%36%37%38%32", "%31234%356782", "1234%2E56%2e782",
        "123%20456%20782", "123%2d456%2D782", "123%09456782",
        "%2531%2532%2533%2534%2535%2536%2537%2538%2532", "%252531234%2535678%32",
        "123%2520456%2520782", "%30123456782", "%31234567%32",
        "123\302\240456\302\240782", "123%C2%A0456%c2%a0782", "123\240456\240782",
        "123\342\200\257456 782", "123%E2%80%91456%E2%80%91782", "123%25E2%2580%2593456782",
        "123\342\210\222456-782", "1234\302\25556782",
        "123~456~782", "&#49;&#50;&#51;456782", "&#x31;&#X32;&#x0033;456782", "\\u0031\\u00323456782",
        "%u0031%u0032%u0033456782", "123&#160;456&#xa0;782", "123\\u2011456%u2011782", "123&#32;456782",
        "\\uff11\\u0662\\u06f3456782", "\331\241\331\242\331\243456782",
        "\331\241\331\242\331\243\331\244\331\245\331\246\331\247\331\250\331\242",
        "\333\261\333\262\333\263\333\264\333\265\333\266\333\267\333\270\333\262",
        "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93\xef\xbc\x94\xef\xbc\x95\xef\xbc\x96\xef\xbc\x97\xef\xbc\x98\xef\xbc\x92",
        "\357\274\221\357\274\222\357\274\223.\357\274\224\357\274\225\357\274\226 782",
        "%EF%BC%91%ef%bc%92%EF%BC%93456782", "%25D9%25A1%d9%a2%D9%A3456782", "1234\357\273\27756782"
    };

    (void) state;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_all_masked(all[i]);
    }
}


static void
test_surroundings(void **state)
{
    (void) state;

    assert_masked("/personen/123456782", "/personen/*********");
    assert_masked("/123456782/x/111222333", "/*********/x/*********");
    assert_masked("123456782-", "*********-");
    assert_masked("-123456782", "-*********");
    assert_masked("x123456782", "x*********");
    assert_masked("xxxxxxxx123456782y123456782", "xxxxxxxx*********y*********");
    assert_masked("1x1x1x1x1x123456782x", "1x1x1x1x1x*********x");
    assert_masked("12345678x12345678x123456782", "12345678x12345678x*********");
    assert_masked("1234567821x123456782", "1234567821x*********");
    assert_masked("2026 123456782", "2026 *********");
    assert_masked("2026 1234.56.782", "2026 ***********");
    assert_masked("123456782 7", "********* 7");
    assert_masked("123456782 111222333", "********* *********");
    assert_masked("123456782/111222333/12", "*********/*********/12");
    assert_masked("zaak%2F123456782", "zaak%2F*********");
    assert_masked("zaak%252F123456782", "zaak%252F*********");
    assert_masked("zaak%40123456782", "zaak%40*********");
    assert_masked("100%123456782", "100%*********");
    assert_masked("100%25123456782", "100%25*********");
    assert_masked("100%999990019", "100%*********");
    assert_masked("1234\357\273\27756782", "************");
    assert_masked("1234%EF%BB%BF56782", "******************");
    assert_masked("bsn=%31%32%33%34%35%36%37%38%32%", "bsn=***************************%");
    assert_masked("1 2 3 4 5 6 7 8 9 0 1 2 3 123456782", "1 2 3 4 5 6 7 8 9 0 1 2 3 *********");
}


static void
test_other_numbers(void **state)
{
    size_t              i;
    static const char  *all[] = {
        "123\342\202\254456782", "123\303\251456782", "123\342\200\231456782",
        "", "%", "%2", "%25", "%2525", "1", "123456783", "000000000", "00000000",
        "1123456782", "00123456782", "12345678", "1234567", "00000001123456782000",
        "00000001823288444000", "1234567821", "NL123456789012",
        "2026-01-06", "06-02-2026", "04-02-2026", "2026-01-18T10:00:00", "2026-01-18 10:00",
        "12345672-1234-4123-8123-123456789012", "5f0bef4c-f66f-4311-84a5-123456782359",
        "urn:uuid:12345672-0000-1234-5678-2abcdefabcde",
        "0af7651916cd43dd123456782a1c319c",
        "0af7651916cd43dd123456782a1c319c0af7651916cd43dd123456782a1c319c",
        "127.0.0.1", "/v1/zaken/1234/56", "1234    56782", "123/456/782", "52,370216,4,895168", "123456,78,2",
        "12:34:56.782", "a&b#c\\d", "&#", "&#;", "&#x;", "\\u", "\\u003", "%u", "%u003", "\331", "\357\274", "\357",
        "123\357\274\232456782", "123&#127;456782", "123&#x12345678;456782", "123\\u00e9456782",
        "\331\252\331\242\331\243\331\244\331\245\331\246\331\247\331\250\331\252"
    };

    (void) state;

    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_kept(all[i]);
    }

    /* an identifier is as long as it is, and no longer */
    assert_masked("0af7651916cd43dd123456782a1c319", "0af7651916cd43dd*********a1c319");
    assert_masked("12345672-1234-4123-8123-12345678901", "********-1234-4123-8123-12345678901");
}


static void
test_cut(void **state)
{
    char    dst[8 + GGI_BSN_SPELLING_MAX];
    size_t  len;

    (void) state;

    len = ggi_bsn_copy(dst, 8, "/x/123456782/y", 14);
    assert_bytes(dst, len, "/x/*****");
    len = ggi_bsn_copy(dst, 8, "%31%32%33456782", 15);
    assert_bytes(dst, len, "********");
    len = ggi_bsn_copy(dst, 8, "/x", 2);
    assert_bytes(dst, len, "/x");
    assert_int_equal(ggi_bsn_copy(dst, 8, NULL, 0), 0);

    /* nor is a character cut in two; what is none is cut anywhere */
    len = ggi_bsn_copy(dst, 8, "1234567\xc3\xab", 9);
    assert_bytes(dst, len, "1234567");
    len = ggi_bsn_copy(dst, 8, "123456\xf0\x9f\x98\x80", 10);
    assert_bytes(dst, len, "123456");
    len = ggi_bsn_copy(dst, 8, "12345\xe2\x82\xac" "9", 9);
    assert_bytes(dst, len, "12345\xe2\x82\xac");
    len = ggi_bsn_copy(dst, 8, "123456\xc3\x28\xab", 9);
    assert_bytes(dst, len, "123456\xc3(");
    len = ggi_bsn_copy(dst, 8, "\x80\x80\x80\x80\x80\x80\x80\x80\x80", 9);
    assert_bytes(dst, len, "\x80\x80\x80\x80\x80\x80\x80\x80");
}


/* The BSN that is found in a text, or "" without one. */
static const char *
found_in(const char *text, unsigned digits)
{
    static char  bsn[GGI_BSN_LEN + 1];

    memset(bsn, 0, sizeof(bsn));

    return ggi_bsn_find(bsn, str(text), digits) ? bsn : "";
}


/* The first BSN of a text, of nine digits or of eight as well, in whatever spelling. */
static void
test_find(void **state)
{
    char       *text, bsn[GGI_BSN_LEN];
    size_t      i;
    ggi_str_t   far;

    static const struct {
        const char  *text;
        unsigned     digits;
        const char  *bsn;
    } cases[] = {
        { "/personen/123456782/x", 9, "123456782" }, { "/personen/111222333/123456782", 9, "111222333" },
        { "/123456789/123456782", 9, "123456782" }, { "%31%32%33 456-782", 9, "123456782" },
        { "%zz123456782", 9, "123456782" }, { "0123456782", 9, "123456782" }, { "10000021", 9, "" },
        { "10000021", 8, "010000021" }, { "10000021/123456782", 9, "123456782" }, { "/personen/123456783", 8, "" },
        { "", 8, "" }, { "0a1b2c3d-1234-7abc-8def-123456782000", 8, "" }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(found_in(cases[i].text, cases[i].digits), cases[i].bsn);
    }

    text = malloc(GGI_BSN_FIND_MAX + 9);
    memset(text, 'x', GGI_BSN_FIND_MAX);
    memcpy(text + GGI_BSN_FIND_MAX, "123456782", 9);
    far.data = text;
    far.len = GGI_BSN_FIND_MAX + 9;
    assert_int_equal(ggi_bsn_find(bsn, far, 8), 0);
    assert_int_equal(ggi_bsn_persons(bsn, far, 8), 2);
    far.data = text + 9;
    far.len = GGI_BSN_FIND_MAX;
    assert_int_equal(ggi_bsn_find(bsn, far, 8), 1);
    assert_int_equal(ggi_bsn_persons(bsn, far, 8), 1);
    free(text);
}


/* Of how many persons a text has BSNs. */
static void
test_persons(void **state)
{
    char    bsn[GGI_BSN_LEN];
    size_t  i;

    static const struct {
        const char  *text;
        unsigned     digits;
        unsigned     persons;
    } cases[] = {
        { "", 8, 0 }, { "/personen/123456783", 8, 0 }, { "123456782", 9, 1 }, { "123456782, 123 456 782", 9, 1 },
        { "123456782/%31%32%33456782", 9, 1 }, { "123456782 111222333", 9, 2 }, { "111222333,123456782", 8, 2 },
        { "a=123456782&b=%3111222333", 9, 2 }, { "10000021/123456782", 9, 1 }, { "10000021/123456782", 8, 2 },
        { "123456782 111222333 123456782", 9, 2 }, { "123456782,00111222333", 8, 2 },
        { "123456782,%30%30111222333", 8, 2 }, { "00123456782", 8, 2 }, { "0123456782", 8, 1 },
        { "123456782/20260101120000", 9, 1 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_bsn_persons(bsn, str(cases[i].text), cases[i].digits), cases[i].persons);
    }
}


/* Names that come again with something else than the BSN that one of them has. */
static void
test_again(void **state)
{
    char    *text, many[17 * 16 + 1];
    size_t   i;

    static const struct {
        const char  *text;
        int          again;
    } cases[] = {
        { "", 0 }, { "a=123456782", 0 }, { "a=123456782&a=123456782", 0 }, { "a=123456782&a=%3123456782", 0 },
        { "a=123456782&a=x", 1 }, { "a=x&a=123456782", 1 }, { "a=123456782&a", 1 }, { "a&a=123456782", 1 },
        { "a=123456782&a=", 1 }, { "a=123456782&b=x&ab=y", 0 }, { "a=123456782&a=00111222333", 1 },
        { "a=123456782&a=12345672", 1 }, { "a=123456782&a=123456782,111222333", 1 },
        { "a=123456782&A=x", 1 }, { "a=123456782;a=x", 1 }, { "b=1; a=123456782; a=x", 1 }, { "a=123456782&%61=x", 1 },
        { "a=123456782&%2561=x", 1 }, { "a=123456782&a[]=x", 1 }, { "a[1]=123456782&a%5b2%5D=x", 1 },
        { "a_b=123456782&a.b=x", 1 }, { "a b=123456782&a+b=x", 1 }, { "a=123456782&&;=;=1;&", 0 },
        { "=123456782&=1", 1 }, { "123456782&123456782", 0 }, { "a=111222333&a=x", 0 }, { "a=x&a=y", 0 },
        { "a=123456782&a%", 0 }, { "a=123456782&ab%5", 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ggi_str_t  whole = { strlen(cases[i].text), NULL };

        text = copy_of(cases[i].text, whole.len);
        whole.data = text;

        if (ggi_bsn_comes_again(whole, "123456782") != cases[i].again) {
            fail_msg("\"%s\"", cases[i].text);
        }

        free(text);
    }

    for (i = 0; i <= GGI_BSN_AGAIN_MAX; i++) {
        snprintf(many + 12 * i, sizeof(many) - 12 * i, "%c=123456782&", (char) ('a' + i));
        assert_int_equal(ggi_bsn_comes_again(str(many), "123456782"), i == GGI_BSN_AGAIN_MAX);
    }
}


static void
assert_scrubbed(const char *in, const char *out)
{
    assert_becomes(in, out, ggi_message_scrub);
}


static void
test_messages(void **state)
{
    (void) state;

    assert_scrubbed("", "");
    assert_scrubbed("upstream timed out (110: Connection timed out)",
                    "upstream timed out (110: Connection timed out)");
    assert_scrubbed("open() \"/srv/123456782\" failed (2: No such file)",
                    "open() \"/srv/*********\" failed (2: No such file)");
    assert_scrubbed("rewritten data: \"/x\", args: \"naam=jansen\"", "rewritten data: \"/x\", args: \"...\"");
    assert_scrubbed("rewritten data: \"/x\", args: \"a\"", "rewritten data: \"/x\", args: \".\"");
    assert_scrubbed("rewritten data: \"/x\", args: \"\"", "rewritten data: \"/x\", args: \"\"");
    assert_scrubbed("rewritten redirect: \"/x?naam=jan jansen\"", "rewritten redirect: \"/x\"");
    assert_scrubbed("invalid host in upstream \"x/y?naam=jansen\"", "invalid host in upstream \"x/y\"");
    assert_scrubbed("/x?naam=jansen could not", "/x could not");
    assert_scrubbed("client sent invalid header line: \"X-Naam jansen\"",
                    "client sent invalid header line: \"X-Naam...\"");
    assert_scrubbed("client sent invalid header line: \"X-Naam: \"jan\" \\x00...\"",
                    "client sent invalid header line: \"X-Naam...\"");
    assert_scrubbed("client sent invalid header line: \"X\"", "client sent invalid header line: \"X\"");
    assert_scrubbed("client sent invalid header line: \"", "client sent invalid header line: \"");
    assert_scrubbed("client sent too long header line: \"X-Naam: jan", "client sent too long header line: \"X-Naam...");
    assert_scrubbed("client sent duplicate header line: \"X-Naam: jan\", previous value: \"X-Naam: piet\"",
                    "client sent duplicate header line: \"X-Naam...\"");
    assert_scrubbed("client sent header \"x-naam\" with invalid value: \"jansen\"",
                    "client sent header \"x-naam\" with invalid value: \"...\"");
    assert_scrubbed("client sent invalid :path header: \"x?naam=jansen\"", "client sent invalid :path header: \"x\"");
    assert_scrubbed("client sent invalid header name: \"x naam\"", "client sent invalid header name: \"x naam\"");
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_surroundings),
        cmocka_unit_test(test_other_numbers),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_persons),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
