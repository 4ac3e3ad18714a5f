/* SPDX-License-Identifier: EUPL-1.2 */

/* What is read of an OpenAPI document, and what a dienst begins with. */

#include "unit.h"

#include "ggi_openapi.h"
#include "ggi_openapi_text.h"
#include "ggi_skeleton.h"

#define HEAD  "\"openapi\":\"3.0.3\",\"info\":{\"title\":\"BRP\"},"

/* documents with one path: with an item, one that has a GET, or one that refers to another */
#define AT(path, item)  "{" HEAD "\"paths\":{\"" path "\":" item "}}"
#define GET(path)       AT(path, "{\"get\":{}}")
#define REF(ref)        AT("/a", "{\"$ref\":" ref "}")

/* documents with one server: any object, or one with a URL */
#define SERVER(server)  "{" HEAD "\"servers\":[" server "],\"paths\":{}}"
#define URL(url)        SERVER("{\"url\":\"" url "\"}")


static int
reads(const char *text, ggi_fault_t *fault)
{
    int             good;
    json_t         *document;
    ggi_openapi_t   api;

    document = ggi_source_parse(text, strlen(text), fault);
    good = document && ggi_openapi_read(&api, document, fault);

    if (good) {
        ggi_openapi_free(&api);
    }

    json_decref(document);

    return good;
}


static void
warned(void *data, const char *text)
{
    snprintf(data, 512, "%s", text);
}


/* The paths of a document, each with the bits of its methods, a root, and the last warning. */
static void
assert_api(const char *text, const char *expected)
{
    char            shown[1024], warning[512], root[GGI_SOURCE_TEXT_MAX + 1];
    size_t          i, n;
    json_t         *document;
    ggi_fault_t     fault = ggi_fault_init;
    ggi_openapi_t   api;

    warning[0] = '\0';
    fault.warn = warned;
    fault.data = warning;
    document = ggi_source_parse(text, strlen(text), &fault);
    assert_non_null(document);

    if (!ggi_openapi_read(&api, document, &fault)) {
        fail_msg("%s: %s", text, fault.text);
    }

    for (n = 0, i = 0; i < api.n; i++) {
        n += (size_t) snprintf(shown + n, sizeof(shown) - n, "%s=%x ", api.paths[i].pad,
                               api.paths[i].methods);
        assert_true(n < sizeof(shown));
    }

    ggi_openapi_root(&api, root);
    snprintf(shown + n, sizeof(shown) - n, "root %s %s", root, warning);
    assert_string_equal(shown, expected);
    ggi_openapi_free(&api);
    json_decref(document);
}


static void
test_paths(void **state)
{
    (void) state;
    assert_api("{" HEAD "\"paths\":{\"/a\":{\"get\":{}},\"x-a\":1}}", "/a=1 root /a ");
    assert_api("{" HEAD "\"paths\":{\"/\":{\"get\":{},\"options\":{}}}}", "/=41 root / ");
    assert_api("{" HEAD "\"paths\":{\"/a/{x}\":{\"get\":{}},\"/a/{y}\":{\"head\":{}},"
               "\"/a\":{\"get\":{},\"head\":{}}}}", "/a/*=3 /a=3 root /a ");
    assert_api("{" HEAD "\"paths\":{\"/persoon\":{\"get\":{}},\"/personen\":{\"get\":{}}}}",
               "/persoon=1 /personen=1 root / ");
    assert_api("{" HEAD "\"servers\":[{\"url\":\"https://x.nl/api/{v}/\",\"variables\":"
               "{\"v\":{\"default\":\"v1\"}}}],\"paths\":{\"/p/{a}\":{\"get\":{}},"
               "\"/q\":{\"get\":{}}}}", "/api/v1/p/*=1 /api/v1/q=1 root /api/v1/ ");
    assert_api("{" HEAD "\"servers\":[{\"url\":\"https://x.nl\"}],"
               "\"paths\":{\"/p/\":{\"get\":{}}}}", "/p/=1 root /p/ ");
    assert_api("{" HEAD "\"servers\":[{\"url\":\"/\"}],\"paths\":{\"/p/{a}/b\":{\"get\":{}}}}",
               "/p/*/b=1 root /p/ ");
}


static void
test_references(void **state)
{
    (void) state;
    assert_api("{" HEAD "\"paths\":{\"/a\":{\"$ref\":\"#/paths/~1b~1%7Bc%7D\"},"
               "\"/b/{c}\":{\"$ref\":\"#/components/pathItems/P\"}},"
               "\"components\":{\"pathItems\":{\"P\":{\"put\":{}}}}}", "/a=8 /b/*=8 root / ");
    assert_api("{" HEAD "\"paths\":{\"/a\":{\"get\":{},\"$ref\":\"#/x/0\"}},"
               "\"x\":[{\"post\":{}}]}", "/a=5 root /a ");
}


static void
test_warnings(void **state)
{
    (void) state;
    assert_api("{" HEAD "\"paths\":{\"/a.{t}\":{\"get\":{}}}}",
               "/*=1 root / $.paths./a.{t}: a part of the segment \"a.{t}\" is a template: \"*\" "
               "stands for any segment");
    assert_api("{" HEAD "\"paths\":{\"/a\":{\"get\":{},\"trace\":{}}}}",
               "/a=1 root /a $.paths./a: \"trace\" is left out, since nginx refuses TRACE");
    assert_api("{" HEAD "\"paths\":{\"/a\":{\"get\":{}},\"/b\":{\"delete\":{}}}}",
               "/a=1 /b=20 root / $.paths: a profile allows each method on each path, so that it "
               "allows 2 of which the document knows nothing, such as DELETE /a: name fewer "
               "methods, or make a dienst of its own for these paths");
}


static void
test_faults(void **state)
{
    static const faulty_t  cases[] = {
        { "[]", "$: invalid, expected an object" },
        { "{\"swagger\":\"2.0\"}", "$.swagger: the document is of OpenAPI 2: convert" },
        { "{}", "$.openapi: missing, expected a version of 3.0 or 3.1" },
        { "{\"openapi\":\"3.2.0\"}", "$.openapi: invalid, expected a version of 3.0 or 3.1" },
        { "{\"openapi\":3.0}", "$.openapi: missing, expected" },
        { "{\"openapi\":\"3.0.0\"}", "$.info: missing, expected an object" },
        { "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"a\\nb\"}}", "$.info.title: invalid" },
        { "{" HEAD "\"x\":1}", "$.paths: expected an object with 1 to 1000 paths" },
        { "{" HEAD "\"paths\":{}}", "$.paths: expected an object with 1 to 1000 paths" },
        { AT("/a", "{}"), "$.paths: no path has a method" },
        { AT("/a", "[]"), "$.paths./a: invalid, expected an object" },
        { AT("/a", "{\"get\":1}"), "$.paths./a: \"get\" is invalid" },
        { GET("a"), "$.paths.a: invalid, expected a path that" },
        { GET("/a//b"), "$.paths./a//b: invalid, expected" },
        { GET("/../b"), "$.paths./../b: invalid, expected" },
        { GET("/a\\\"b"), "$.paths./a\"b: \"\"b\" cannot be" },
        { GET("/a\\nb"), "$.paths./a?b: \"?b\" cannot be in" },
        { GET("/a b"), "$.paths./a b: \" b\" cannot be in a" },
        { GET("/a\\\\b"), "$.paths./a\\b: \"\\b\" cannot be" },
        { GET("/*"), "$.paths./*: \"*\" cannot be in a path" },
        { GET("/a%20"), "$.paths./a%20: \"%20\" cannot be" },
        { GET("/\\u00e9"), "$.paths./\xc3\xa9: \"\xc3\xa9\"" },
        { GET("/{}"), "$.paths./{}: \"}\" cannot be in a" },
        { GET("/{a"), "$.paths./{a: \"a\" cannot be in a" },
        { GET("/{a{b}}"), "$.paths./{a{b}}: \"{b}}\" cannot" },
        { GET("/a}"), "$.paths./a}: \"}\" cannot be in a" },
        { REF("\"#/paths/~1a\""), "$.paths./a: its references go round in a circle" },
        { REF("\"b.json\""), "$.paths./a: refers to another document" },
        { REF("\"#/none\""), "$.paths./a: refers to \"#/none\"" },
        { REF("\"#none\""), "$.paths./a: refers to \"#none\"" },
        { REF("7"), "$.paths./a: refers to another document" },
        { URL("v1"), "$.servers[0].url: invalid" },
        { SERVER("{}"), "$.servers[0].url: missing" },
        { URL("/{v}"), "$.servers[0].url: has a variable for which" },
        { URL("/{v"), "$.servers[0].url: has \"{\"" },
        { URL("/a;}b"), "$.servers[0].url: \"}b\" cannot be in a path" },
    };

    (void) state;
    assert_faults(EACH(cases), reads);
}


static void
test_names(void **state)
{
    char    name[GGI_DIENST_NAME_MAX + 1];
    size_t  i;

    static const becomes_t  cases[] = {
        { "BRP bevragen", "brp-bevragen" }, { "  a  --b  ", "a-b" },
        { "Haal!Centraal!", "haal-centraal" },
        { "x\";}\nserver{", "x-server" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789",
          "0123456789012345678901234567890123456789012345678901234567890123" },
    };

    (void) state;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(ggi_skeleton_name(name, str(cases[i].text)), 1);
        assert_string_equal(name, cases[i].becomes);
    }

    assert_int_equal(ggi_skeleton_name(name, str("\xc3\xa9")), 0);
    assert_int_equal(ggi_skeleton_name(name, str("Off")), 0);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
