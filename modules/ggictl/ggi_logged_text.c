/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_json.h"
#include "ggi_logged_text.h"


/* Writes a character of Unicode in UTF-8, in at most three bytes. Returns how many. */
static size_t
ggi_logged_text_utf8(char *dst, unsigned code)
{
    if (code < 0x80) {
        dst[0] = (char) code;
        return 1;
    }

    if (code < 0x800) {
        dst[0] = (char) (0xc0 | code >> 6);
        dst[1] = (char) (0x80 | (code & 0x3f));
        return 2;
    }

    dst[0] = (char) (0xe0 | code >> 12);
    dst[1] = (char) (0x80 | (code >> 6 & 0x3f));
    dst[2] = (char) (0x80 | (code & 0x3f));

    return 3;
}


/*
 * Resolves the escape at the beginning of a text, whose first byte is a backslash. Adds it
 * to dst and moves *len on. Returns how many bytes of the text it took.
 */
static size_t
ggi_logged_text_escape(char *dst, size_t *len, ggi_str_t text)
{
    int          i, digit;
    unsigned     code;
    const char  *p;

    static const char  letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

    p = (text.len > 1 && text.data[1]) ? strchr(letters, text.data[1]) : NULL;

    if (p) {
        dst[(*len)++] = meant[p - letters];
        return 2;
    }

    for (code = 0, i = 2; text.len >= 6 && text.data[1] == 'u' && i < 6; i++) {
        digit = ggi_hex_value(text.data[i]);

        if (digit < 0) {
            break;
        }

        code = code << 4 | (unsigned) digit;
    }

    if (i < 6 || (code >= 0xd800 && code < 0xe000)) {
        dst[(*len)++] = '\\';
        return 1;
    }

    *len += ggi_logged_text_utf8(dst + *len, code);

    return 6;
}


size_t
ggi_logged_text_read(char *dst, ggi_str_t text)
{
    size_t  len, n;

    for (len = 0; text.len; text.data += n, text.len -= n) {
        if (text.data[0] == '\\') {
            n = ggi_logged_text_escape(dst, &len, text);

        } else {
            dst[len++] = text.data[0];
            n = 1;
        }
    }

    return len;
}


size_t
ggi_logged_text_write(char *dst, ggi_str_t text)
{
    size_t      len;
    ggi_json_t  json;

    ggi_json_init(&json, dst, 6 * text.len + 2);
    ggi_json_str(&json, NULL, text.data, text.len);
    len = ggi_json_len(&json);

    if (len < 2) {
        return 0;
    }

    memmove(dst, dst + 1, len - 2);

    return len - 2;
}


int
ggi_logged_next(ggi_str_t *array, ggi_str_t *item)
{
    size_t  i, from;

    for (from = 0; from < array->len && array->data[from] != '"'; from++) {
        /* void */
    }

    for (i = ++from; i < array->len && array->data[i] != '"'; i++) {
        i += (array->data[i] == '\\');
    }

    if (i >= array->len) {
        return 0;
    }

    item->data = array->data + from;
    item->len = i - from;
    array->data += i + 1;
    array->len -= i + 1;

    return 1;
}
