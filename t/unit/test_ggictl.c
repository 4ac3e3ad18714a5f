/* SPDX-License-Identifier: EUPL-1.2 */

/* The nginx-free parts of the operator's tool: the target of a request. */

#include "unit.h"

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


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_target_path),
        cmocka_unit_test(test_target_method)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
