/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_value.h"

#include "ggi_json.h"


int
ggi_value_well_formed(ggi_str_t value)
{
    size_t                i, n;
    const unsigned char  *p;

    if (value.len > GGI_VALUE_MAX) {
        return 0;
    }

    if (ggi_json_is_plain(value.data, value.len)) {
        return 1;
    }

    p = (const unsigned char *) value.data;

    for (i = 0; i < value.len; i += n) {
        n = ggi_json_plain_run(p + i, value.len - i);

        if (n) {
            continue;
        }

        n = ggi_utf8_char(p + i, value.len - i);

        if (n == 0 || p[i] < 0x20 || p[i] == 0x7f
            || (p[i] == 0xc2 && p[i + 1] < 0xa0))
        {
            return 0;
        }
    }

    return 1;
}


int
ggi_value_is_latin1(ggi_str_t value)
{
    size_t         i;
    unsigned char  ch;

    if (value.len > GGI_VALUE_MAX) {
        return 0;
    }

    for (i = 0; i < value.len; i++) {
        ch = (unsigned char) value.data[i];

        if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0)) {
            return 0;
        }
    }

    return 1;
}


size_t
ggi_value_from_latin1(char *dst, ggi_str_t value)
{
    char           *p;
    size_t          i;
    unsigned char   ch;

    p = dst;

    for (i = 0; i < value.len; i++) {
        ch = (unsigned char) value.data[i];

        if (ch < 0x80) {
            *p++ = (char) ch;
        } else {
            *p++ = (char) (0xc0 | ch >> 6);
            *p++ = (char) (0x80 | (ch & 0x3f));
        }
    }

    return (size_t) (p - dst);
}
