/* SPDX-License-Identifier: EUPL-1.2 */

/* How the characters of a burgerservicenummer can be spelled. */

#include "ggi_bsn_spelling.h"
#include "ggi_word.h"

#include <stdint.h>
#include <string.h>


/* Returns how many bytes of a text that are not ASCII can begin an Arabic or full-width digit. */
static unsigned
ggi_bsn_wide_digits(const char *text, size_t len)
{
    size_t    i;
    unsigned  n;

    n = 0;

    for (i = 0; i < len; i++) {
        n += (text[i] == '\xd9' || text[i] == '\xdb' || text[i] == '\xef');
    }

    return n;
}


/*
 * Returns how many of eight bytes are digits. The exclusive or leaves less than ten of a
 * digit, which does not reach the high bit.
 */
static inline unsigned
ggi_bsn_digits(uint64_t word)
{
    word ^= GGI_WORD_EACH('0');
    word = ~(((word & GGI_WORD_EACH(0x7f)) + GGI_WORD_EACH(0x76)) | word)
           & GGI_WORD_EACH(0x80);

    return (unsigned) (((word >> 7) * GGI_WORD_EACH(1)) >> 56);
}


/* Looks at eight bytes at a time. Of the last eight, those before the rest are cleared. */
int
ggi_bsn_possible(const char *text, size_t len)
{
    size_t    i;
    uint64_t  word, rest, high;
    unsigned  digits;

    static const unsigned char  after[16] = {
        0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
    };

    if (len < GGI_BSN_MIN) {
        return 0;
    }

    memcpy(&word, text + len - 8, 8);
    memcpy(&rest, after + len % 8, 8);
    high = word;
    digits = ggi_bsn_digits(word & rest);

    for (i = 0; i + 8 <= len; i += 8) {
        memcpy(&word, text + i, 8);
        high |= word;
        digits += ggi_bsn_digits(word);
    }

    if (digits < GGI_BSN_MIN && ggi_word_marked(high)) {
        digits += ggi_bsn_wide_digits(text, len);
    }

    return digits >= GGI_BSN_MIN;
}


/*
 * Sets *ch to the byte that the "%" at the beginning of a text stands for, decoded as often
 * as it was encoded. Returns the number of bytes in which it is spelled.
 */
static size_t
ggi_bsn_unescape(const char *text, size_t len, char *ch)
{
    int     high, low;
    size_t  n;

    *ch = '%';

    for (n = 1; n + 3 < len && text[n] == '2' && text[n + 1] == '5'; n += 2) {
        /* the "%" is encoded itself */
    }

    if (n + 1 >= len) {
        return n;
    }

    high = ggi_hex_value(text[n]);
    low = ggi_hex_value(text[n + 1]);

    if (low < 0 || high < 0 || (high < 2 && high * 16 + low != '\t')) {
        /* control characters are not encoded: the "%" stands for itself */
        return n;
    }

    *ch = (char) (high * 16 + low);

    return n + 2;
}


/* Sets *ch to the byte that a text begins with, percent-encoded or not. Returns its length. */
static size_t
ggi_bsn_byte(const char *text, size_t len, char *ch)
{
    if (len == 0) {
        *ch = '\0';
        return 0;
    }

    if (*text == '%') {
        return ggi_bsn_unescape(text, len, ch);
    }

    *ch = *text;

    return 1;
}


/*
 * Sets *ch to the full-width (EF BC 90 to EF BC 99) or Arabic digit (D9 A0 to D9 A9, DB B0
 * to DB B9) that a text begins with. Returns its length, or 0 when there is none.
 */
static size_t
ggi_bsn_wide_digit(const char *text, size_t len, char *ch)
{
    char    lead, last;
    size_t  n;

    n = ggi_bsn_byte(text, len, &lead);
    n += ggi_bsn_byte(text + n, len - n, &last);

    if (lead == '\xef') {
        if (last != '\xbc') {
            return 0;
        }

        n += ggi_bsn_byte(text + n, len - n, &last);
    }

    /* the high half of the last byte: A0, B0 or 90 */

    if ((last & 0xf0) != (lead == '\xd9' ? 0xa0 : lead == '\xdb' ? 0xb0 : 0x90)
        || (last & 0x0f) > 9)
    {
        return 0;
    }

    *ch = (char) ('0' + (last & 0x0f));

    return n;
}


/* Returns the character that a code point of Unicode stands for here, or 0 for any other. */
static char
ggi_bsn_of_unicode(uint32_t code)
{
    static const uint32_t  digits[] = { 0xff10, 0x0660, 0x06f0 };
    size_t                 i;

    if (code < 0x80) {
        return (char) code;
    }

    for (i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
        if (code >= digits[i] && code < digits[i] + 10) {
            return (char) ('0' + code - digits[i]);
        }
    }

    return (code == 0xa0 || code == 0xad || (code >= 0x2000 && code <= 0x2015)
            || code == 0x202f || code == 0x2212 || code == 0xfeff)
           ? ' ' : 0;
}


/*
 * Reads a number of 1 to max digits to a base, 10 or 16. Returns the number of digits, and
 * sets *code.
 */
static size_t
ggi_bsn_number(const char *text, size_t len, size_t max, int base, uint32_t *code)
{
    int     value;
    size_t  n;

    *code = 0;

    for (n = 0; n < len && n < max; n++) {
        value = ggi_hex_value(text[n]);

        if (value < 0 || value >= base) {
            break;
        }

        *code = *code * (uint32_t) base + (uint32_t) value;
    }

    return n;
}


/*
 * Sets *ch to the character of "&#49;", "&#x31;", "\u0031" or "%u0031", with which a text
 * begins. Returns its length, or 0 when there is none.
 */
static size_t
ggi_bsn_reference(const char *text, size_t len, char *ch)
{
    size_t    n, from;
    uint32_t  code;

    if (len < 5) {
        return 0;
    }

    if (*text == '&') {
        if (text[1] != '#') {
            return 0;
        }

        from = ((text[2] | 0x20) == 'x') ? 3 : 2;
        n = ggi_bsn_number(text + from, len - from, 6, from == 3 ? 16 : 10, &code);

        if (n == 0 || from + n >= len || text[from + n] != ';') {
            return 0;
        }

        n++;

    } else {
        from = 2;
        n = ((text[1] | 0x20) == 'u') ? ggi_bsn_number(text + from, len - from, 4, 16, &code) : 0;

        if (n < 4) {
            return 0;
        }
    }

    *ch = ggi_bsn_of_unicode(code);

    return from + n;
}


size_t
ggi_bsn_char(const char *text, size_t len, char *ch)
{
    size_t  n, wide;

    n = (*text == '&' || *text == '\\' || *text == '%') ? ggi_bsn_reference(text, len, ch) : 0;

    if (n) {
        return n;
    }

    n = ggi_bsn_byte(text, len, ch);

    if (*ch == '\xd9' || *ch == '\xdb' || *ch == '\xef') {
        wide = ggi_bsn_wide_digit(text, len, ch);
        n = wide ? wide : n;
    }

    return n;
}
