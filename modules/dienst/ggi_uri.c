/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_uri.h"


static int
ggi_uri_hex(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f')
           || (ch >= 'A' && ch <= 'F');
}


/*
 * Whether a segment, or its name before ";", ends in two dots. proxy_pass can put
 * what follows a prefix or a capture behind a "/": "/v1../x" behind "location
 * /v1" and "http://api/v1/" becomes "/v1/../x".
 */
static int
ggi_uri_dots(ggi_str_t path, size_t i)
{
    if (path.data[i] != '.' || path.len - i < 2 || path.data[i + 1] != '.') {
        return 0;
    }

    return path.len - i == 2 || path.data[i + 2] == '/'
           || path.data[i + 2] == ';' || path.data[i + 2] == '\\';
}


int
ggi_uri_unambiguous(ggi_str_t path)
{
    size_t         i;
    unsigned char  ch;

    for (i = 0; i < path.len; i++) {
        ch = (unsigned char) path.data[i];

        if (ch >= 'A' && ch != 0x7f) {
            continue;                   /* as nearly all of a path */
        }

        if (ch <= ' ' || ch == 0x7f || ch == '?' || ch == '#') {
            return 0;
        }

        if (ggi_uri_dots(path, i)) {
            return 0;
        }

        if (ch == '%' && path.len - i > 2 && ggi_uri_hex(path.data[i + 1])
            && ggi_uri_hex(path.data[i + 2]))
        {
            return 0;
        }
    }

    return 1;
}
