/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_redis_words.h"


void
ggi_redis_printable(char *dst, size_t size, const char *src, size_t len,
    const ggi_redis_url_t *url)
{
    size_t      i;
    char       *p, *end;
    ggi_str_t   secret;

    p = dst;
    end = dst + size - sizeof("\\x00");         /* the most that is written at once */
    secret = url->password;

    for (i = 0; i < len && p <= end; i++) {

        if (secret.len && len - i >= secret.len
            && memcmp(src + i, secret.data, secret.len) == 0)
        {
            p += sprintf(p, "***");
            i += secret.len - 1;

        } else if (src[i] < 0x20 || src[i] > 0x7e || src[i] == '\\') {
            p += sprintf(p, "\\x%02x", (unsigned) (unsigned char) src[i]);

        } else {
            *p++ = src[i];
        }
    }

    *p = '\0';
}
