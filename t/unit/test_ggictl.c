/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The nginx-free parts of the operator's tool: the target of a request, and where the
 * lists of CAs are.
 */

#include "unit.h"

#include <openssl/x509v3.h>

#include "ggi_list_name.h"
#include "ggi_points.h"
#include "ggi_target.h"


static void
assert_path(const char *target, const char *expected)
{
    char       buf[128];
    ggi_str_t  path;

    if (!ggi_target_path(str(target), buf, &path)) {
        fail_msg("%s is rejected", target);
    }

    if (path.len != strlen(expected) || memcmp(path.data, expected, path.len) != 0) {
        fail_msg("%s: %.*s, expected %s", target, (int) path.len, path.data, expected);
    }
}


static void
test_target_path(void **state)
{
    size_t       i;
    static const char *cases[][2] = { { "/", "/" },
                                      { "/brp", "/brp" },
                                      { "/brp/", "/brp/" },
                                      { "//", "/" },
                                      { "/a//b", "/a/b" },
                                      { "///a///", "/a/" },
                                      { "/a?b=/../c", "/a" },
                                      { "/?", "/" },
                                      { "/a#b", "/a" },
                                      { "/a/./b", "/a/b" },
                                      { "/a/.", "/a/" },
                                      { "/.", "/" },
                                      { "/a/../b", "/b" },
                                      { "/a/..", "/" },
                                      { "/a/..?x", "/" },
                                      { "/a/.#x", "/a/" },
                                      { "/a/b/../../c", "/c" },
                                      { "/a//../b", "/b" },
                                      { "/a/...", "/a/..." },
                                      { "/a/..b", "/a/..b" },
                                      { "/a/.b", "/a/.b" },
                                      { "/a/..;x", "/a/..;x" },
                                      { "/a%2Fb", "/a/b" },
                                      { "/a%2fb", "/a/b" },
                                      { "/%41", "/A" },
                                      { "/%2e%2e%2fa/b", NULL },
                                      { "/a/%2e%2E/b", "/b" },
                                      { "/a/.%2e", "/" },
                                      { "/a%2F%2Fb", "/a/b" },
                                      { "/a%2541", "/a%41" },
                                      { "/a%3Fb", "/a?b" },
                                      { "/a%23b", "/a#b" },
                                      { "/a/.%23", "/a/.#" },
                                      { "/a/..%3f/b", "/a/..?/b" },
                                      { "/a%20b%0a", "/a b\n" },
                                      { "/a\\..\\b", "/a\\..\\b" },
                                      { "/\xc3\xa9%C3%A9\xff", "/\xc3\xa9\xc3\xa9\xff" },
                                      { "/a+b*", "/a+b*" },
                                      { "/a?%zz", "/a" },
                                      { "/..", NULL },
                                      { "/../a", NULL },
                                      { "/a/../..", NULL },
                                      { "/a/../../b", NULL },
                                      { "/a%", NULL },
                                      { "/a%4", NULL },
                                      { "/a%4?", NULL },
                                      { "/a%zz", NULL },
                                      { "/a%00", NULL },
                                      { "/a b", NULL },
                                      { "/a?b c", NULL },
                                      { "/a\x01", NULL },
                                      { "/a\x7f", NULL },
                                      { "", NULL },
                                      { "a", NULL },
                                      { "*", NULL },
                                      { "?a", NULL },
                                      { "%2Fa", NULL },
                                      { "\\a", NULL },
                                      { "http://h/a/../b", "/b" },
                                      { "http://h", "/" },
                                      { "http://h?x", "/" },
                                      { "HTTPS://h.nl:443/a", "/a" },
                                      { "http://h:/a", "/a" },
                                      { "http://h./a", "/a" },
                                      { "http://[::1]:80/a", "/a" },
                                      { "http://[::1]", "/" },
                                      { "http://h#a", NULL },
                                      { "http:/h/a", NULL },
                                      { "http//h/a", NULL },
                                      { "http:///a", NULL },
                                      { "http://h_/a", NULL },
                                      { "http://u@h/a", NULL },
                                      { "http://h..nl/a", NULL },
                                      { "http://h:8x/a", NULL },
                                      { "http://[::1/a", NULL },
                                      { "http://[::1]x/a", NULL },
                                      { "ht_p://h/a", NULL },
                                      { "http://", NULL },
                                      { "http://./a", NULL },
                                      { "http:", NULL } };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i][1]) {
            assert_path(cases[i][0], cases[i][1]);

        } else {
            char       buf[128];
            ggi_str_t  path;

            if (ggi_target_path(str(cases[i][0]), buf, &path)) {
                fail_msg("%s: %.*s, expected to be rejected", cases[i][0], (int) path.len,
                         path.data);
            }
        }
    }
}


static void
test_target_method(void **state)
{
    (void) state;

    assert_true(ggi_target_method(str("GET")));
    assert_true(ggi_target_method(str("M-SEARCH")));
    assert_true(ggi_target_method(str("A_B")));
    assert_false(ggi_target_method(str("get")));
    assert_false(ggi_target_method(str("Get")));
    assert_false(ggi_target_method(str("GET1")));
    assert_false(ggi_target_method(str("")));
}


static void
test_points_url(void **state)
{
    char         long_url[GGI_POINTS_URL_MAX + 2];
    size_t       i;
    static const char  *good[] = { "http://a", "http://a/", "HTTP://a/b?c=d#e", "https://a:8080/b",
                                   "http://[::1]/x", "http://a/b@c", "http://a?b@c" };
    static const char  *bad[] = { "", "a", "http:", "http:/a", "http://", "http:///a", "http://?a", "ftp://a/",
                                  "file:///a", "ldap://a", "httpx://a", "http://u@a/", "http://u:p@a/",
                                  "http://a b", "http://a/\n", "http://a/\x7f", "http://a/\xc3\xab", "http://a\\b",
                                  " http://a" };

    (void) state;

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!ggi_points_url(good[i])) {
            fail_msg("%s is refused", good[i]);
        }
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ggi_points_url(bad[i])) {
            fail_msg("%s is accepted", bad[i]);
        }
    }

    memset(long_url, 'a', sizeof(long_url));
    memcpy(long_url, "http://", 7);
    long_url[GGI_POINTS_URL_MAX + 1] = '\0';
    assert_false(ggi_points_url(long_url));
    long_url[GGI_POINTS_URL_MAX] = '\0';
    assert_true(ggi_points_url(long_url));
}


/* The name of the file for a list of a CA with this common name and key, of this scope. */
static void
list_name(char name[GGI_LIST_NAME_MAX], const char *cn, EVP_PKEY *key, const char *scope)
{
    X509            *x509;
    X509_NAME       *subject;
    struct {
        ggi_crl_list_t  list;
        char            scope[16];
    } one;

    memset(&one, 0, sizeof(one));
    one.list.scope.at = (uint32_t) (one.scope - (char *) &one);
    one.list.scope.len = (uint32_t) strlen(scope);
    memcpy(one.scope, scope, strlen(scope));

    x509 = X509_new();
    subject = X509_NAME_new();
    assert_true(x509 && subject);

    if (cn) {
        assert_true(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                               (const unsigned char *) cn, -1, -1, 0));
    }

    assert_true(X509_set_subject_name(x509, subject) && X509_set_pubkey(x509, key));
    assert_true(ggi_list_name(name, x509, &one.list));
    assert_true(ggi_list_name_fits(name, subject));
    X509_NAME_free(subject);
    X509_free(x509);
}


static void
test_list_name(void **state)
{
    char        name[GGI_LIST_NAME_MAX], again[GGI_LIST_NAME_MAX];
    size_t      i;
    EVP_PKEY   *one, *two;

    static const becomes_t  cases[] = {
        { "TSP X Private CA - G1", "tsp-x-private-ca-g1-" },
        { "../../etc/passwd", "etc-passwd-" },
        { ".hidden", "hidden-" },
        { "\xc3\xab", "ca-" },
        { "--a--", "a-" },
        { NULL, "ca-" },
        { "0123456789012345678901234567890123456789rest", "0123456789012345678901234567890123456789-" },
        { "012345678901234567890123456789012345678 rest", "012345678901234567890123456789012345678-" },
    };

    (void) state;
    one = EVP_EC_gen("P-256");
    two = EVP_EC_gen("P-256");
    assert_true(one && two);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        list_name(name, cases[i].text, one, "");
        assert_int_equal(strlen(name), strlen(cases[i].becomes) + 16 + 4);
        assert_memory_equal(name, cases[i].becomes, strlen(cases[i].becomes));
        assert_int_equal(strspn(name + strlen(cases[i].becomes), "0123456789abcdef"), 16);
        assert_string_equal(name + strlen(name) - 4, ".crl");
    }

    list_name(name, "A", one, "");
    list_name(again, "A", one, "");
    assert_string_equal(name, again);
    list_name(again, "A", two, "");
    assert_string_not_equal(name, again);
    list_name(again, "A", one, "part");
    assert_string_not_equal(name, again);
    list_name(again, "a", one, "");
    assert_memory_equal(name, again, 2);
    assert_string_not_equal(name, again);

    EVP_PKEY_free(one);
    EVP_PKEY_free(two);
}


/* the names of no other CA fit, nor those that somebody has thought of */
static void
test_list_name_fits(void **state)
{
    X509_NAME  *subject;

    (void) state;
    subject = X509_NAME_new();
    assert_non_null(subject);
    assert_true(ggi_list_name_fits("ca-0123456789abcdef.crl", subject));

    assert_true(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                           (const unsigned char *) "TSP X", -1, -1, 0));
    assert_true(ggi_list_name_fits("tsp-x-0123456789abcdef.crl", subject));
    assert_false(ggi_list_name_fits("ca-0123456789abcdef.crl", subject));
    assert_false(ggi_list_name_fits("tsp-x-g1-0123456789abcdef.crl", subject));
    assert_false(ggi_list_name_fits("tsp-x-0123456789ABCDEF.crl", subject));
    assert_false(ggi_list_name_fits("tsp-x-0123456789abcde.crl", subject));
    assert_false(ggi_list_name_fits("tsp-x-0123456789abcdef0.crl", subject));
    assert_false(ggi_list_name_fits("tsp-x-0123456789abcdef.pem", subject));
    assert_false(ggi_list_name_fits("tsp-x-0123456789abcdef", subject));
    assert_false(ggi_list_name_fits("tsp-x-", subject));
    assert_false(ggi_list_name_fits("tsp", subject));
    assert_false(ggi_list_name_fits("", subject));
    X509_NAME_free(subject);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_target_path),
        cmocka_unit_test(test_target_method),
        cmocka_unit_test(test_points_url),
        cmocka_unit_test(test_list_name),
        cmocka_unit_test(test_list_name_fits)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
