/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_bsn_alike.h"
#include "ggi_json.h"

#define GGI_UUID_TEXT   36              /* bytes */
#define GGI_TRACE_TEXT  32              /* hexadecimal digits */
#define GGI_HASH_TEXT   64


/* Returns 1 when GGI_UUID_TEXT bytes at p are a UUID, 0 otherwise. */
static int
ggi_uuid_at(const char *p)
{
    int  i;

    if (p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-') {
        return 0;
    }

    for (i = 0; i < GGI_UUID_TEXT; i++) {
        if (i != 8 && i != 13 && i != 18 && i != 23 && ggi_hex_value(p[i]) < 0) {
            return 0;
        }
    }

    return 1;
}


int
ggi_bsn_in_identifier(const char *text, size_t len, size_t start, size_t end)
{
    size_t  i, from, to;

    i = (start + 1 > GGI_UUID_TEXT) ? start + 1 - GGI_UUID_TEXT : 0;

    for (; i <= start && i + GGI_UUID_TEXT <= len; i++) {
        if (end <= i + GGI_UUID_TEXT && ggi_uuid_at(text + i)) {
            return 1;
        }
    }

    for (from = start;
         from && start - from < GGI_HASH_TEXT && ggi_hex_value(text[from - 1]) >= 0;
         from--)
    {
        /* find the first hexadecimal digit */
    }

    for (to = start;
         to < len && to - from <= GGI_HASH_TEXT && ggi_hex_value(text[to]) >= 0;
         to++)
    {
        /* find the end of the last hexadecimal digit */
    }

    return to >= end
           && (to - from == GGI_TRACE_TEXT || to - from == GGI_HASH_TEXT);
}


/* Returns 1 when two digits are a number from min to max, 0 otherwise. */
static int
ggi_bsn_two_digits(const char *digits, int min, int max)
{
    int  value;

    value = (digits[0] - '0') * 10 + digits[1] - '0';

    return value >= min && value <= max;
}


int
ggi_bsn_is_date(const char *digits, unsigned first)
{
    if (first == 4) {
        return ggi_bsn_two_digits(digits, 18, 21)
               && ggi_bsn_two_digits(digits + 4, 1, 12)
               && ggi_bsn_two_digits(digits + 6, 1, 31);
    }

    return first == 2
           && ggi_bsn_two_digits(digits, 1, 31)
           && ggi_bsn_two_digits(digits + 2, 1, 12)
           && ggi_bsn_two_digits(digits + 4, 18, 21);
}
