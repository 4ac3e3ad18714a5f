/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_json.h"
#include "ggi_word.h"


size_t
ggi_utf8_char(const unsigned char *p, size_t left)
{
    unsigned char  lo, hi;
    size_t         n, i;

    if (left == 0) {
        return 0;
    }

    if (p[0] < 0x80) {
        return 1;
    }

    lo = 0x80;
    hi = 0xbf;

    if (p[0] >= 0xc2 && p[0] <= 0xdf) {
        n = 2;

    } else if (p[0] >= 0xe0 && p[0] <= 0xef) {
        n = 3;
        lo = (p[0] == 0xe0) ? 0xa0 : 0x80;      /* a lower second byte would be an overlong form */
        hi = (p[0] == 0xed) ? 0x9f : 0xbf;      /* a higher second byte would be a surrogate */

    } else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        n = 4;
        lo = (p[0] == 0xf0) ? 0x90 : 0x80;
        hi = (p[0] == 0xf4) ? 0x8f : 0xbf;      /* up to U+10FFFF */

    } else {
        return 0;
    }

    if (left < n || p[1] < lo || p[1] > hi) {
        return 0;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return 0;
        }
    }

    return n;
}


size_t
ggi_utf8_shown(const unsigned char *p, size_t left)
{
    size_t  n;

    n = ggi_utf8_char(p, left);

    if (n == 0 || p[0] < ' ' || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0)) {
        return 0;
    }

    if (p[0] == 0xd8 && p[1] == 0x9c) {
        return 0;                       /* U+061C */
    }

    if (p[0] == 0xe2 && p[1] == 0x80) {
        /* U+200E, U+200F, U+2028 to U+202E */
        return (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae)) ? 0 : n;
    }

    return (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9) ? 0 : n;
}


size_t
ggi_utf8_cut(const char *text, size_t len, size_t max)
{
    size_t  back, n;

    if (len <= max) {
        return len;
    }

    for (back = 1; back < 4 && back <= max; back++) {
        n = ggi_utf8_char((const unsigned char *) text + max - back, len - max + back);

        if (n) {
            return (n > back) ? max - back : max;
        }
    }

    return max;
}


/*
 * Writes the escape of a byte that cannot stand in a JSON string as it is, to dst, which
 * has room for 6 bytes. Returns the position behind it.
 */
static char *
ggi_json_escape(char *dst, unsigned char ch)
{
    static const char  *hex = "0123456789abcdef";

    if (ch == '"' || ch == '\\') {
        *dst++ = '\\';
        *dst++ = (char) ch;
        return dst;
    }

    if (ch >= 0x80) {
        return (char *) memcpy(dst, "\xef\xbf\xbd", 3) + 3;
    }

    memcpy(dst, "\\u00", 4);
    dst[4] = hex[ch >> 4];
    dst[5] = hex[ch & 15];

    return dst + 6;
}


/*
 * Returns a word in which the high bit of some byte is set when not all eight bytes are
 * printable ASCII that JSON takes without escaping. It sets the high bit of each byte that
 * needs attention: one whose high bit is set already; one below 0x21 when the exclusive
 * or has changed places of the blank and the quote, which leaves those below 0x20 there; a
 * backslash; and 0x7f, to which one is added.
 */
static inline uint64_t
ggi_json_marks(uint64_t eight)
{
    return eight | ((eight ^ GGI_WORD_EACH('"' ^ 0x20)) - GGI_WORD_EACH(0x21))
           | ggi_word_equal(eight, '\\')
           | (eight + GGI_WORD_EACH(1));
}


size_t
ggi_json_plain_run(const void *data, size_t len)
{
    size_t                i;
    uint64_t              eight;
    const unsigned char  *p = data;

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&eight, p + i, 8);

        if (ggi_word_marked(ggi_json_marks(eight))) {
            break;
        }
    }

    while (i < len && p[i] >= 0x20 && p[i] < 0x7f && p[i] != '"'
           && p[i] != '\\')
    {
        i++;
    }

    return i;
}


int
ggi_json_is_plain(const void *data, size_t len)
{
    size_t       i;
    uint64_t     eight, marks;
    const char  *p = data;

    if (len < 8) {
        return ggi_json_plain_run(p, len) == len;
    }

    memcpy(&eight, p + len - 8, 8);
    marks = ggi_json_marks(eight);

    for (i = 0; i + 8 < len; i += 8) {
        memcpy(&eight, p + i, 8);
        marks |= ggi_json_marks(eight);
    }

    return !ggi_word_marked(marks);
}


/*
 * Copies less than eight bytes, of which some may be copied for a second time, and returns
 * their marks.
 */
static inline uint64_t
ggi_json_copy_short(char *dst, const char *data, size_t len)
{
    char      a, b, c;
    uint32_t  first, last;

    if (len >= 4) {
        memcpy(&first, data, 4);
        memcpy(&last, data + len - 4, 4);
        memcpy(dst, &first, 4);
        memcpy(dst + len - 4, &last, 4);
        return ggi_json_marks((uint64_t) first << 32 | last);
    }

    if (len == 0) {
        return 0;
    }

    a = data[0];
    b = data[len / 2];
    c = data[len - 1];
    dst[0] = a;
    dst[len / 2] = b;
    dst[len - 1] = c;

    return ggi_json_marks(0x7878787878000000 | (unsigned) (unsigned char) a << 16
                          | (unsigned) (unsigned char) b << 8 | (unsigned char) c);
}


/*
 * Looks at eight bytes at a time, and only when all are copied whether one of them was
 * marked, since nearly no string needs an escape. The last step may copy some bytes for a
 * second time, so that it is eight bytes long as well.
 */
ggi_json_inline char *
ggi_json_copy_quoted(char *dst, const char *data, size_t len)
{
    size_t    i;
    uint64_t  eight, marks;

    *dst++ = '"';

    if (len < 8) {
        marks = ggi_json_copy_short(dst, data, len);

    } else {
        memcpy(&eight, data + len - 8, 8);
        memcpy(dst + len - 8, &eight, 8);
        marks = ggi_json_marks(eight);

        for (i = 0; i + 8 < len; i += 8) {
            memcpy(&eight, data + i, 8);
            memcpy(dst + i, &eight, 8);
            marks |= ggi_json_marks(eight);
        }
    }

    dst[len] = '"';

    return ggi_word_marked(marks) ? NULL : dst + len + 1;
}


char *
ggi_json_write_plain(char *dst, const void *data, size_t len)
{
    return ggi_json_copy_quoted(dst, data, len);
}


/*
 * Returns how many bytes at the start of a text can stand in a JSON string as they are, up
 * to the first that needs an escape or a look at what follows it.
 */
static size_t
ggi_json_verbatim(const unsigned char *p, size_t len)
{
    size_t  n;

    n = ggi_json_plain_run(p, len);

    return (n == 0 && *p >= 0x80) ? ggi_utf8_char(p, len) : n;
}


/* Writes a string that needs escapes, as ggi_json_write_quoted() does. */
static char *
ggi_json_write_escaped(char *dst, const char *end, const unsigned char *p,
    size_t len)
{
    char                  escape[6];
    size_t                n, width;
    const void           *from;
    const unsigned char  *last;

    last = p + len;
    *dst++ = '"';

    while (p < last) {
        n = ggi_json_verbatim(p, (size_t) (last - p));
        from = n ? (const void *) p : escape;
        width = n ? n : (size_t) (ggi_json_escape(escape, *p) - escape);

        if ((size_t) (end - dst) <= width) {
            return NULL;                /* the quote at the end has to fit too */
        }

        memcpy(dst, from, width);
        dst += width;
        p += n ? n : 1;
    }

    *dst++ = '"';

    return dst;
}


char *
ggi_json_write_quoted(char *dst, const char *end, const void *data, size_t len)
{
    char    *p;
    size_t   room;

    room = (size_t) (end - dst);

    if (room < 2) {
        return NULL;
    }

    p = (room - 2 >= len) ? ggi_json_copy_quoted(dst, data, len) : NULL;

    return p ? p : ggi_json_write_escaped(dst, end, data, len);
}


/* The digits of 0 to 99. */
static const char  ggi_decimal_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";


/* Writes the two digits of a value below 100. */
static inline void
ggi_decimal_two(char *dst, uint32_t value)
{
    memcpy(dst, ggi_decimal_pairs + 2 * value, 2);
}


/* Writes the four digits of a value below 10,000. */
static inline void
ggi_decimal_four(char *dst, uint32_t value)
{
    ggi_decimal_two(dst, value / 100);
    ggi_decimal_two(dst + 2, value % 100);
}


/* Writes a value below 10,000 without leading zeros. Returns the position behind it. */
static inline char *
ggi_decimal_short(char *dst, uint32_t value)
{
    if (value < 10) {
        *dst = (char) ('0' + value);
        return dst + 1;
    }

    if (value < 100) {
        ggi_decimal_two(dst, value);
        return dst + 2;
    }

    if (value < 1000) {
        *dst = (char) ('0' + value / 100);
        ggi_decimal_two(dst + 1, value % 100);
        return dst + 3;
    }

    ggi_decimal_four(dst, value);

    return dst + 4;
}


/* Writes the eight digits of a value below 100,000,000. */
static inline void
ggi_decimal_eight(char *dst, uint32_t value)
{
    ggi_decimal_four(dst, value / 10000);
    ggi_decimal_four(dst + 4, value % 10000);
}


/* Does what ggi_decimal_write() does for a value of five digits and more. */
static char *
ggi_decimal_long(char *dst, uint64_t value)
{
    if (value >= 100000000) {
        dst = ggi_decimal_write(dst, value / 100000000);
        ggi_decimal_eight(dst, (uint32_t) (value % 100000000));
        return dst + 8;
    }

    dst = ggi_decimal_short(dst, (uint32_t) value / 10000);
    ggi_decimal_four(dst, (uint32_t) value % 10000);

    return dst + 4;
}


char *
ggi_decimal_write(char *dst, uint64_t value)
{
    return (value < 10000) ? ggi_decimal_short(dst, (uint32_t) value)
                           : ggi_decimal_long(dst, value);
}


char *
ggi_json_write_number(char *dst, const char *end, int64_t value)
{
    char      digits[GGI_DECIMAL_MAX + 1], *p;
    size_t    n;

    p = digits;

    if (value < 0) {
        *p++ = '-';
    }

    p = ggi_decimal_write(p, value < 0 ? 0 - (uint64_t) value : (uint64_t) value);
    n = (size_t) (p - digits);

    return (size_t) (end - dst) < n ? NULL : (char *) memcpy(dst, digits, n) + n;
}
