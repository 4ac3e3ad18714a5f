/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What is written or judged eight bytes at a time, or by what is known of most texts, beside
 * the same thing done byte by byte: at each place of texts of each length.
 */

#include "unit.h"

#include "ggi_bsn.h"
#include "ggi_bsn_spelling.h"
#include "ggi_json.h"
#include "ggi_path.h"
#include "ggi_uri.h"
#include "ggi_uuid.h"

#define LONGEST  26


/* Calls look() with each text of "a" up to LONGEST in which one byte is another one. */
static void
each_byte(void (*look)(ggi_str_t text, unsigned char ch))
{
    int        ch;
    char      *text;
    size_t     len, i;
    ggi_str_t  whole;

    for (len = 1; len <= LONGEST; len++) {
        text = malloc(len);             /* so that a sanitizer sees what is read behind it */
        assert_non_null(text);
        whole.data = text;
        whole.len = len;

        for (i = 0; i < len; i++) {
            memset(text, 'a', len);

            for (ch = 0; ch < 256; ch++) {
                text[i] = (char) ch;
                look(whole, (unsigned char) ch);
            }
        }

        free(text);
    }
}


/* Writes a text as a JSON string, byte by byte. No byte of 0x80 and more is valid UTF-8. Returns its length. */
static size_t
quote(char *dst, ggi_str_t text)
{
    char    *p;
    size_t   i;

    p = dst;
    *p++ = '"';

    for (i = 0; i < text.len; i++) {
        if ((unsigned char) text.data[i] >= 0x80) {
            p += sprintf(p, "\xef\xbf\xbd");

        } else if (text.data[i] == '"' || text.data[i] == '\\') {
            p += sprintf(p, "\\%c", text.data[i]);

        } else if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
            p += sprintf(p, "\\u%04x", (unsigned) text.data[i]);

        } else {
            *p++ = text.data[i];
        }
    }

    *p++ = '"';

    return (size_t) (p - dst);
}


static void
look_quoted(ggi_str_t text, unsigned char ch)
{
    int          plain;
    char         expected[6 * LONGEST + 2], *buf;
    size_t       len, size;
    ggi_json_t   json;

    plain = ch >= 0x20 && ch < 0x7f && ch != '"' && ch != '\\';
    assert_int_equal(ggi_json_is_plain(text.data, text.len), plain);
    len = quote(expected, text);

    /* with all the room that there can be, just enough, and too little */

    for (size = len - 1; size <= len + 1; size++) {
        buf = malloc(size);
        assert_non_null(buf);
        ggi_json_init(&json, buf, size);
        ggi_json_str(&json, NULL, text.data, text.len);
        assert_int_equal(ggi_json_len(&json), size < len ? 0 : len);
        assert_memory_equal(buf, expected, size < len ? 0 : len);
        free(buf);
    }

    buf = malloc(text.len + 2);
    assert_non_null(buf);

    if (plain) {
        assert_ptr_equal(ggi_json_write_plain(buf, text.data, text.len), buf + len);
        assert_memory_equal(buf, expected, len);

    } else {
        assert_null(ggi_json_write_plain(buf, text.data, text.len));
    }

    free(buf);
}


static void
test_quoted(void **state)
{
    (void) state;

    each_byte(look_quoted);
}


static void
assert_number(int64_t value)
{
    char        expected[32], *buf;
    size_t      len, size;
    ggi_json_t  json;

    len = (size_t) sprintf(expected, "%lld", (long long) value);

    for (size = 0; size <= len + 1; size++) {
        buf = malloc(size ? size : 1);
        assert_non_null(buf);
        ggi_json_init(&json, buf, size);
        ggi_json_int(&json, NULL, value);
        assert_int_equal(ggi_json_len(&json), size < len ? 0 : len);
        assert_memory_equal(buf, expected, size < len ? 0 : len);
        free(buf);
    }

    buf = malloc(64);
    assert_non_null(buf);
    ggi_json_init(&json, buf, 64);
    ggi_json_int(&json, NULL, value);
    assert_bytes(buf, ggi_json_len(&json), expected);
    free(buf);
}


static void
test_numbers(void **state)
{
    int       i, near;
    char      digits[GGI_DECIMAL_MAX];
    uint64_t  power;

    (void) state;

    for (power = 1, i = 0; i < 19; i++, power *= 10) {
        for (near = -2; near <= 2; near++) {
            assert_number((int64_t) power + near);
            assert_number(-(int64_t) power + near);
            assert_number((int64_t) (power * 9) + near);
        }
    }

    for (i = 0; i < 100000; i += 7) {
        assert_number(i);
    }

    assert_number(INT64_MAX);
    assert_number(INT64_MIN);
    assert_bytes(digits, (size_t) (ggi_decimal_write(digits, UINT64_MAX) - digits), "18446744073709551615");
    assert_bytes(digits, (size_t) (ggi_decimal_write(digits, 10000000000000000000u) - digits), "10000000000000000000");
}


static void
test_hex(void **state)
{
    char           digits[2 * 64 + 1], expected[2 * 64 + 1];
    size_t         len, i;
    unsigned char  bytes[64];

    (void) state;

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char) (i * 0x9d + 0x0a);
    }

    for (len = 0; len <= sizeof(bytes); len++) {
        memset(digits, 'z', sizeof(digits));
        ggi_hex_write(digits, bytes, len);

        for (i = 0; i < len; i++) {
            sprintf(expected + 2 * i, "%02x", bytes[i]);
        }

        assert_memory_equal(digits, expected, 2 * len);
        assert_int_equal(digits[2 * len], 'z');
    }
}


/* A path of "/" and the text is ordinary only where the closer looks find nothing either. */
static void
look_ordinary(ggi_str_t text, unsigned char ch)
{
    char       *path;
    ggi_str_t   whole;

    path = malloc(text.len + 1);
    assert_non_null(path);
    path[0] = '/';
    memcpy(path + 1, text.data, text.len);
    whole.data = path;
    whole.len = text.len + 1;

    if (ggi_uri_ordinary(whole)) {
        assert_true(whole.len >= 9);
        assert_true(ggi_path_plain(whole));
        assert_true(ch > 0x20 && ch < 0x7f && !strchr("#%.;?\\", ch));

    } else if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_') {
        assert_true(whole.len < 9);
    }

    path[0] = 'a';
    assert_false(ggi_uri_ordinary(whole));
    free(path);
}


static void
test_ordinary(void **state)
{
    char       text[LONGEST];
    size_t     len, i;
    ggi_str_t  path = { 0, text };

    (void) state;

    each_byte(look_ordinary);

    for (len = 9; len <= LONGEST; len++) {
        path.len = len;
        memset(text, 'a', len);
        text[0] = '/';

        for (i = 0; i + 1 < len; i++) {
            text[i] = text[i + 1] = '/';
            assert_false(ggi_uri_ordinary(path));
            assert_false(ggi_path_plain(path));
            text[i] = text[i + 1] = 'a';
            text[0] = '/';
            assert_true(ggi_uri_ordinary(path));
        }

        text[len - 1] = '/';            /* an empty segment at the end is none between two others */
        assert_true(ggi_uri_ordinary(path));
    }
}


/* So many digits, behind so many other bytes and before others. */
static void
assert_digits(size_t before, size_t digits, size_t after)
{
    char       *text, buffer[LONGEST * 2 + GGI_BSN_SPELLING_MAX];
    size_t      len;
    ggi_str_t   whole, masked;

    len = before + digits + after;
    text = malloc(len ? len : 1);
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text + before, "123456782012345678201234", digits);

    assert_int_equal(ggi_bsn_possible(text, len), digits >= GGI_BSN_MIN);
    whole.data = text;
    whole.len = len;
    masked = ggi_bsn_masked(buffer, LONGEST, whole);
    assert_int_equal(masked.len, len > LONGEST ? LONGEST : len);
    assert_ptr_equal(masked.data, digits >= GGI_BSN_MIN ? buffer : text);

    if (digits == GGI_BSN_LEN && len <= LONGEST) {
        memset(text + before, '*', digits);
        assert_memory_equal(masked.data, text, len);
    }

    free(text);
}


static void
test_digits(void **state)
{
    size_t  before, digits, after;

    (void) state;

    for (before = 0; before < 20; before++) {
        for (digits = 0; digits < 24; digits++) {
            for (after = 0; after < 10; after++) {
                assert_digits(before, digits, after);
            }
        }
    }
}


/* The next segment of a path, which is shortened by it; more: a slash follows. */
static ggi_str_t
cut_segment(ggi_str_t *path, int *more)
{
    ggi_str_t    segment;
    const char  *slash;

    slash = path->len ? memchr(path->data, '/', path->len) : NULL;
    *more = (slash != NULL);
    segment.data = path->data;
    segment.len = slash ? (size_t) (slash - path->data) : path->len;
    path->data += segment.len + (slash ? 1 : 0);
    path->len -= segment.len + (slash ? 1 : 0);

    return segment;
}


/* Matches as ggi_path.h says, a segment at a time. */
static int
match(ggi_str_t pattern, ggi_str_t path)
{
    int        more_pattern, more_path;
    ggi_str_t  want, have;

    do {
        want = cut_segment(&pattern, &more_pattern);
        have = cut_segment(&path, &more_path);

        if (ggi_str_eq(want, str("**")) && !more_pattern) {
            return 1;
        }

        if (ggi_str_eq(want, str("*")) ? have.len == 0 : !ggi_str_eq(want, have)) {
            return 0;
        }

    } while (more_pattern && more_path);

    return !more_pattern && !more_path;
}


/* A path of four segments, by the digits of a number, some of which leave a slash out. */
static void
make_path(char *path, unsigned number)
{
    static const char  *part[] = { "", "/", "/a", "/*", "/**", "/ab", "/a*", "/*x", "/bevragen" };

    sprintf(path, "%s%s%s%s", part[number % 9], part[number / 9 % 9], part[number / 81 % 9], part[number / 729]);
}


static void
test_match(void **state)
{
    int       matches;
    char      pattern[64], path[64];
    unsigned  i, j;

    (void) state;

    for (matches = 0, i = 0; i < 6561; i += 3) {
        make_path(pattern, i);

        for (j = i % 5; j < 6561; j += 5) {
            make_path(path, j);
            matches += ggi_path_match(str(pattern), str(path));

            if (ggi_path_match(str(pattern), str(path)) != match(str(pattern), str(path))) {
                fail_msg("%s against %s", path, pattern);
            }
        }
    }

    assert_true(matches > 1000);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_quoted),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_ordinary),
        cmocka_unit_test(test_digits),
        cmocka_unit_test(test_match)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
