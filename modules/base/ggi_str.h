/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Strings of the nginx-free code: bytes with their length, which are not terminated. A
 * ggi_str_t never owns its bytes. And what single bytes of them mean.
 */

#ifndef GGI_STR_H
#define GGI_STR_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>


typedef struct {
    size_t       len;
    const char  *data;                  /* not terminated; may be NULL when len is 0 */
} ggi_str_t;

#define ggi_str(literal)  { sizeof(literal) - 1, literal }


/* Returns 1 when both strings have the same bytes, 0 otherwise. */
static inline int
ggi_str_eq(ggi_str_t a, ggi_str_t b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}


/* Returns 1 when one of the n strings of list equals str, 0 otherwise. */
static inline int
ggi_str_in(const ggi_str_t *list, size_t n, ggi_str_t str)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_str_eq(list[i], str)) {
            return 1;
        }
    }

    return 0;
}


/* Moves *rest behind a literal that it begins with. Returns 1, or 0 when it does not. */
static inline int
ggi_str_skip(ggi_str_t *rest, const char *literal)
{
    size_t  len;

    len = strlen(literal);

    if (rest->len < len || memcmp(rest->data, literal, len) != 0) {
        return 0;
    }

    rest->data += len;
    rest->len -= len;

    return 1;
}


/* Returns an ASCII letter in lower case, and every other byte as it is, whatever the locale. */
static inline char
ggi_lower(char ch)
{
    if (ch >= 'A' && ch <= 'Z') {
        ch |= 0x20;
    }

    return ch;
}


/* Returns 1 when two texts differ in the case of ASCII letters alone, 0 otherwise. */
static inline int
ggi_str_same(ggi_str_t a, ggi_str_t b)
{
    size_t  i;

    if (a.len != b.len) {
        return 0;
    }

    for (i = 0; i < a.len; i++) {
        if (ggi_lower(a.data[i]) != ggi_lower(b.data[i])) {
            return 0;
        }
    }

    return 1;
}


/*
 * Moves *rest behind a literal that it begins with, whatever the case of ASCII letters.
 * Returns 1, or 0 when it does not.
 */
static inline int
ggi_str_skip_same(ggi_str_t *rest, const char *literal)
{
    ggi_str_t  start, word = { strlen(literal), literal };

    start.data = rest->data;
    start.len = (rest->len < word.len) ? rest->len : word.len;

    if (!ggi_str_same(start, word)) {
        return 0;
    }

    rest->data += word.len;
    rest->len -= word.len;

    return 1;
}


/*
 * Returns what stands in a text before the first ch, and moves the text behind that one; or
 * returns all of it without a ch, and leaves none.
 */
static inline ggi_str_t
ggi_str_cut(ggi_str_t *text, char ch)
{
    ggi_str_t    part = *text;
    const char  *end;

    end = text->len ? memchr(text->data, ch, text->len) : NULL;

    if (end) {
        part.len = (size_t) (end - text->data);
        text->len--;
    }

    text->data += part.len + (end != NULL);
    text->len -= part.len;

    return part;
}


/* Returns a text without the blanks and tabs around it (RFC 9110, 5.6.3: optional white space). */
static inline ggi_str_t
ggi_str_trim(ggi_str_t text)
{
    while (text.len && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.len--;
    }

    while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t')) {
        text.len--;
    }

    return text;
}


/* Returns 1 for an ASCII digit, 0 for any other byte, whatever the locale. */
static inline int
ggi_is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}


/*
 * Moves *rest behind the decimal number that it begins with, and sets *number to that. Returns 1;
 * or 0 when it begins with none, or with one above max, which is at least 9: then neither counts.
 */
static inline int
ggi_str_skip_number(ggi_str_t *rest, uint64_t max, uint64_t *number)
{
    size_t    len = rest->len;
    unsigned  digit;

    *number = 0;

    while (rest->len && ggi_is_digit(rest->data[0])) {
        digit = (unsigned) (rest->data[0] - '0');

        if (*number > (max - digit) / 10) {
            return 0;
        }

        *number = 10 * *number + digit;
        rest->data++;
        rest->len--;
    }

    return rest->len < len;
}


/* Returns the value of a hexadecimal digit, of either case, or -1. */
static inline int
ggi_hex_value(char ch)
{
    if (ggi_is_digit(ch)) {
        return ch - '0';
    }

    ch |= 0x20;

    return (ch >= 'a' && ch <= 'f') ? ch - 'a' + 10 : -1;
}


#endif
