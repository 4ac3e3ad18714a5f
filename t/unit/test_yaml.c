/* SPDX-License-Identifier: EUPL-1.2 */

/* YAML, and the JSON that it stands for. */

#include "unit.h"

#include "ggi_yaml.h"


static int
reads(const char *text, ggi_fault_t *fault)
{
    json_t  *document;

    document = ggi_yaml_parse(text, strlen(text), fault);
    json_decref(document);

    return document != NULL;
}


static void
test_documents(void **state)
{
    char         *text;
    size_t        i;
    json_t       *document;
    ggi_fault_t   fault = ggi_fault_init;

    static const becomes_t  cases[] = {
        { "openapi: 3.0.3\ninfo:\n  title: BRP bevragen\n  version: 1.0\n",
          "{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"BRP bevragen\",\"version\":\"1.0\"}}" },
        { "--- # a comment\n- a\n- [b, 'c ''d''', \"e\\n\"]\n- {f: g}\n...\n",
          "[\"a\",[\"b\",\"c 'd'\",\"e\\n\"],{\"f\":\"g\"}]" },
        { "a: true\nb: false\nc: null\nd: ~\ne:\nf: \"true\"\ng: ''\nh: yes\ni: 0o7\n",
          "{\"a\":true,\"b\":false,\"c\":null,\"d\":null,\"e\":null,\"f\":\"true\",\"g\":\"\","
          "\"h\":\"yes\",\"i\":\"0o7\"}" },
        { "/a/{b}:\n  get:\n    200:\n      description: |\n        x\n        y\n",
          "{\"/a/{b}\":{\"get\":{\"200\":{\"description\":\"x\\ny\\n\"}}}}" },
        { "a: &x b\n", "{\"a\":\"b\"}" },
        { "{\"a\": [1, true]}", "{\"a\":[\"1\",true]}" },
        { "\xc3\xa9: \"\\u00e9\"", "{\"\xc3\xa9\":\"\xc3\xa9\"}" },
        { "a", "\"a\"" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        document = ggi_yaml_parse(cases[i].text, strlen(cases[i].text), &fault);
        assert_non_null(document);
        text = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
        assert_string_equal(text, cases[i].becomes);
        free(text);
        json_decref(document);
    }
}


static void
test_faults(void **state)
{
    static const faulty_t  cases[] = {
        { "", "$: line 1, column 1: expected a document" },
        { "# a comment\n", "$: line 2, column 1: expected a document" },
        { "a: b\nc\n", "$: line 3, column 1: could not find expected ':'" },
        { "a: 1\na: 2\n", "$: line 2, column 1: a key that is there twice" },
        { "a: &x [b]\nc: *x\n", "$: line 2, column 4: an alias, which is not followed" },
        { "[a]: b\n", "$: line 1, column 1: a key that is no text" },
        { "\"a\\0\": b\n", "$: line 1, column 1: a key that is no text" },
        { "a: \"b\\0\"\n", "$: line 1, column 4: a text that JSON cannot have" },
        { "--- a\n--- b\n", "$: line 2, column 1: a second document" },
        { "a: \"\\ud800\"\n", "$: line 1, column 7: found invalid Unicode character escape" },
        { "a: \xff\n", "$: byte 4: invalid leading UTF-8 octet" },
        { "a: [b\n", "$: line 2, column 1: did not find expected ',' or ']'" },
        { "\tb: c", "$: line 1, column 1: found character that cannot start any token" },
        { "%YAML 9.9\n--- a\n", "$: line 1, column 1: found incompatible YAML document" },
    };

    (void) state;
    assert_faults(EACH(cases), reads);
}


static void
test_depth(void **state)
{
    char         text[GGI_YAML_DEPTH_MAX * 2 + 3];
    size_t       depth;
    ggi_fault_t  fault = ggi_fault_init;

    (void) state;

    for (depth = GGI_YAML_DEPTH_MAX - 1; depth <= GGI_YAML_DEPTH_MAX; depth++) {
        memset(text, '[', depth);
        text[depth] = 'a';
        memset(text + depth + 1, ']', depth);
        text[2 * depth + 1] = '\0';
        assert_int_equal(reads(text, &fault), depth < GGI_YAML_DEPTH_MAX);
    }

    assert_non_null(strstr(fault.text, "too many maps and lists in each other"));
}


static void
test_which(void **state)
{
    (void) state;
    assert_int_equal(ggi_yaml_is("a", 1), 1);
    assert_int_equal(ggi_yaml_is("\n\t # a", 6), 1);
    assert_int_equal(ggi_yaml_is("", 0), 0);
    assert_int_equal(ggi_yaml_is(" \r\n", 3), 0);
    assert_int_equal(ggi_yaml_is(" {}", 3), 0);
    assert_int_equal(ggi_yaml_is("[", 1), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_which),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
