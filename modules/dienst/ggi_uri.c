/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_uri.h"
#include "ggi_json.h"
#include "ggi_word.h"

#include <stdint.h>
#include <string.h>


/* Returns 1 when the "%" at index i has two hexadecimal digits behind it, 0 otherwise. */
static int
ggi_uri_escape(ggi_str_t path, size_t i)
{
    return path.len - i > 2 && ggi_hex_value(path.data[i + 1]) >= 0
           && ggi_hex_value(path.data[i + 2]) >= 0;
}


/*
 * Returns 1 when the two dots at index i end a segment or its name before ";", 0
 * otherwise. proxy_pass can put what follows a prefix or a capture behind a "/": with
 * "location /v1" and "http://api/v1/" the path "/v1../x" becomes "/v1/../x".
 */
static int
ggi_uri_dots(ggi_str_t path, size_t i)
{
    if (path.len - i < 2 || path.data[i + 1] != '.') {
        return 0;
    }

    return path.len - i == 2 || path.data[i + 2] == '/'
           || path.data[i + 2] == ';' || path.data[i + 2] == '\\';
}


/*
 * Marks the bytes of a word that are not ordinary in a path. "#" and "%" become one byte by
 * the bits in which they differ, and so do ";" and "?": some others become that byte too,
 * and are marked by mistake.
 */
static inline uint64_t
ggi_uri_odd(uint64_t word)
{
    return word | (word - GGI_WORD_EACH(0x21)) | (word + GGI_WORD_EACH(1))
           | ggi_word_equal(word | GGI_WORD_EACH('#' ^ '%'), '#' | '%')
           | ggi_word_equal(word | GGI_WORD_EACH(';' ^ '?'), ';' | '?')
           | ggi_word_equal(word, '.') | ggi_word_equal(word, '\\');
}


/* Marks the slashes of a word that are followed by another slash; next begins a byte later. */
static inline uint64_t
ggi_uri_double(uint64_t word, uint64_t next)
{
    return ((word ^ GGI_WORD_EACH('/')) | (next ^ GGI_WORD_EACH('/'))) - GGI_WORD_EACH(1);
}


int
ggi_uri_ordinary(ggi_str_t path)
{
    size_t    i;
    uint64_t  word, next, marks;

    if (path.len < 9 || path.len > GGI_URI_MAX || path.data[0] != '/') {
        return 0;
    }

    memcpy(&word, path.data + path.len - 9, 8);
    memcpy(&next, path.data + path.len - 8, 8);
    marks = ggi_uri_odd(next) | ggi_uri_double(word, next);

    for (i = 0; i + 9 <= path.len; i += 8) {
        memcpy(&word, path.data + i, 8);
        memcpy(&next, path.data + i + 1, 8);
        marks |= ggi_uri_odd(word) | ggi_uri_double(word, next);
    }

    return !ggi_word_marked(marks);
}


int
ggi_uri_unambiguous(ggi_str_t path)
{
    char    ch;
    size_t  i;

    /* only these few bytes can be ambiguous; the core and the profile look at every path */

    static const unsigned char  suspect[256] = {
        [0 ... ' '] = 1, ['#'] = 1, ['%'] = 1, ['.'] = 1, ['?'] = 1, [0x7f] = 1
    };

    if (ggi_uri_ordinary(path)) {
        return 1;
    }

    if (path.len > GGI_URI_MAX) {
        return 0;
    }

    for (i = 0; i < path.len; i++) {

        if (!suspect[(unsigned char) path.data[i]]) {
            continue;
        }

        ch = path.data[i];

        if (ch == '.') {
            if (ggi_uri_dots(path, i)) {
                return 0;
            }

        } else if (ch != '%' || ggi_uri_escape(path, i)) {
            return 0;
        }
    }

    return 1;
}


/* Returns the index at which the path of a reference begins, or its length when it has none. */
static size_t
ggi_uri_path_begin(ggi_str_t reference)
{
    char    ch;
    size_t  i;

    if (reference.len && reference.data[0] == '/') {
        return 0;
    }

    for (i = 0; i < reference.len; i++) {
        ch = (char) (reference.data[i] | 0x20);

        if (!((ch >= 'a' && ch <= 'z')
              || (i && strchr("+-.0123456789", reference.data[i]))))
        {
            break;
        }
    }

    if (i == 0 || reference.len - i < 3
        || memcmp(reference.data + i, "://", 3) != 0)
    {
        return reference.len;
    }

    for (i += 3; i < reference.len && reference.data[i] != '/'; i++) {
        if (reference.data[i] == '?' || reference.data[i] == '#') {
            return reference.len;
        }
    }

    return i;
}


int
ggi_uri_path(ggi_str_t reference, char *buffer, ggi_str_t *path)
{
    char         ch;
    size_t       i, n;
    const char  *p;

    i = ggi_uri_path_begin(reference);
    p = reference.data;

    for (n = 0; i < reference.len; i++) {
        ch = p[i];

        if (ch == '?' || ch == '#') {
            return 0;
        }

        if (ch == '%') {
            if (reference.len - i < 3 || ggi_hex_value(p[i + 1]) < 0
                || ggi_hex_value(p[i + 2]) < 0)
            {
                return 0;
            }

            ch = (char) (ggi_hex_value(p[i + 1]) * 16
                         + ggi_hex_value(p[i + 2]));
            i += 2;
        }

        buffer[n++] = ch;
    }

    path->data = buffer;
    path->len = n;

    return n > 0;
}


size_t
ggi_uri_show(char *dst, ggi_str_t path)
{
    char                 *p;
    size_t                i, n;
    const unsigned char  *text;
    static const char     hex[] = "0123456789ABCDEF";

    p = dst;
    text = (const unsigned char *) path.data;

    for (i = 0; i < path.len; i += n) {
        n = ggi_utf8_char(text + i, path.len - i);

        if (n && !(text[i] == '%' && ggi_uri_escape(path, i))) {
            memcpy(p, text + i, n);
            p += n;
            continue;
        }

        *p++ = '%';
        *p++ = hex[text[i] >> 4];
        *p++ = hex[text[i] & 15];
        n = 1;
    }

    return (size_t) (p - dst);
}
