/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_uri.h"


static int
ggi_uri_hex(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'f')
           || (ch >= 'A' && ch <= 'F');
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

        if (ch == '%' && path.len - i > 2 && ggi_uri_hex(path.data[i + 1])
            && ggi_uri_hex(path.data[i + 2]))
        {
            return 0;
        }
    }

    return 1;
}
