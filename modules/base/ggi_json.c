/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_json.h"


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


static void
ggi_json_escape(ggi_json_t *json, unsigned char ch)
{
    char                buf[6];
    static const char  *hex = "0123456789abcdef";

    if (ch == '"' || ch == '\\') {
        buf[0] = '\\';
        buf[1] = (char) ch;
        ggi_json_put(json, buf, 2);
        return;
    }

    if (ch >= 0x80) {
        ggi_json_put(json, "\xef\xbf\xbd", 3);
        return;
    }

    memcpy(buf, "\\u00", 4);
    buf[4] = hex[ch >> 4];
    buf[5] = hex[ch & 15];
    ggi_json_put(json, buf, 6);
}


#define GGI_JSON_EACH(byte)  (0x0101010101010101u * (byte))


/*
 * Returns 1 when all eight bytes are printable ASCII that JSON takes without escaping,
 * 0 otherwise. The computation sets the high bit of each byte that needs attention: one
 * whose high bit is set already, one below 0x20, and a quote, a backslash or 0x7f,
 * which the exclusive or turns into zero. A borrow between bytes can only set the bit
 * of a byte above one that is marked itself, so the verdict on all eight stays right.
 */
static inline int
ggi_json_is_plain(uint64_t eight)
{
    uint64_t  quote, slash, delete;

    quote = eight ^ GGI_JSON_EACH('"');
    slash = eight ^ GGI_JSON_EACH('\\');
    delete = eight ^ GGI_JSON_EACH(0x7f);

    return ((eight | (eight - GGI_JSON_EACH(0x20)) | (quote - GGI_JSON_EACH(1))
             | (slash - GGI_JSON_EACH(1)) | (delete - GGI_JSON_EACH(1)))
            & GGI_JSON_EACH(0x80)) == 0;
}


size_t
ggi_json_plain_run(const void *data, size_t len)
{
    size_t                i;
    uint64_t              eight;
    const unsigned char  *p = data;

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&eight, p + i, 8);

        if (!ggi_json_is_plain(eight)) {
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


/*
 * Writes a string of at least eight bytes, with its quotes, in one pass when nothing in
 * it needs escaping, which holds for nearly every string. The last step may copy some
 * bytes for a second time, so that it is eight bytes long as well. Returns 1; returns
 * 0, with nothing written, when the string is shorter, does not fit, or holds a byte
 * that needs escaping.
 */
static int
ggi_json_quote_plain(ggi_json_t *json, const char *data, size_t len)
{
    char      *dst;
    size_t     i;
    uint64_t   eight;

    if (len < 8 || (size_t) (json->end - json->pos) < len + 2) {
        return 0;
    }

    dst = json->pos;
    *dst++ = '"';

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&eight, data + i, 8);

        if (!ggi_json_is_plain(eight)) {
            return 0;
        }

        memcpy(dst + i, &eight, 8);
    }

    memcpy(&eight, data + len - 8, 8);

    if (!ggi_json_is_plain(eight)) {
        return 0;
    }

    memcpy(dst + len - 8, &eight, 8);
    dst[len] = '"';
    json->pos = dst + len + 1;

    return 1;
}


void
ggi_json_quote(ggi_json_t *json, const void *data, size_t len)
{
    size_t                n;
    const unsigned char  *p, *last;

    if (ggi_json_quote_plain(json, data, len)) {
        return;
    }

    ggi_json_put_char(json, '"');

    p = data;
    last = p + len;

    while (p < last) {
        n = ggi_json_plain_run(p, (size_t) (last - p));

        if (n == 0 && *p >= 0x80) {
            n = ggi_utf8_char(p, (size_t) (last - p));
        }

        if (n == 0) {
            ggi_json_escape(json, *p++);
            continue;
        }

        ggi_json_put(json, p, n);
        p += n;
    }

    ggi_json_put_char(json, '"');
}


char *
ggi_decimal_write(char *dst, uint64_t value)
{
    char      digits[20], *p;
    size_t    n;
    unsigned  two;

    p = digits + sizeof(digits);

    while (value >= 10) {
        two = (unsigned) (value % 100);
        value /= 100;
        *--p = (char) ('0' + two % 10);
        *--p = (char) ('0' + two / 10);
    }

    if (value || p == digits + sizeof(digits)) {
        *--p = (char) ('0' + value);
    }

    n = (size_t) (digits + sizeof(digits) - p);
    memcpy(dst, p, n);

    return dst + n;
}


void
ggi_json_number(ggi_json_t *json, int64_t value)
{
    char  digits[21], *end;

    end = digits;

    if (value < 0) {
        *end++ = '-';
    }

    end = ggi_decimal_write(end, value < 0 ? 0 - (uint64_t) value
                                           : (uint64_t) value);
    ggi_json_put(json, digits, (size_t) (end - digits));
}


size_t
ggi_json_len(const ggi_json_t *json)
{
    return json->overflow ? 0 : (size_t) (json->pos - json->start);
}
