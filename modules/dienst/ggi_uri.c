/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_uri.h"


static int
ggi_uri_hex(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f')
           || (ch >= 'A' && ch <= 'F');
}


/* Whether the "%" at a place of the path has two hexadecimal digits behind it. */
static int
ggi_uri_escape(ggi_str_t path, size_t i)
{
    return path.len - i > 2 && ggi_uri_hex(path.data[i + 1])
           && ggi_uri_hex(path.data[i + 2]);
}


/*
 * Whether a segment, or its name before ";", ends in two dots, of which the first
 * stands at a place of the path. proxy_pass can put what follows a prefix or a
 * capture behind a "/": "/v1../x" behind "location /v1" and "http://api/v1/"
 * becomes "/v1/../x".
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


int
ggi_uri_unambiguous(ggi_str_t path)
{
    char    ch;
    size_t  i;

    /* the few bytes that can be a fault: both the profile and the core judge each path by this */

    static const unsigned char  suspect[256] = {
        [0 ... ' '] = 1, ['#'] = 1, ['%'] = 1, ['.'] = 1, ['?'] = 1, [0x7f] = 1
    };

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
