/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggi_redis_words.h"


/* Returns how many of the len bytes at src, from the first on, are a secret; 0: they begin none. */
static size_t
ggi_redis_secret(const char *src, size_t len, ggi_str_t secret)
{
    return (secret.len && len >= secret.len && memcmp(src, secret.data, secret.len) == 0)
           ? secret.len : 0;
}


void
ggi_redis_printable(char *dst, size_t size, const char *src, size_t len,
    const ggi_redis_url_t *url)
{
    size_t   i, secret;
    char    *p, *end;

    p = dst;
    end = dst + size - sizeof("\\x00");         /* the most that is written at once */

    for (i = 0; i < len && p <= end; i++) {

        secret = ggi_redis_secret(src + i, len - i, url->password);

        if (secret == 0) {
            secret = ggi_redis_secret(src + i, len - i, url->sentinel_password);
        }

        if (secret) {
            p += sprintf(p, "***");
            i += secret - 1;

        } else if (src[i] < 0x20 || src[i] > 0x7e || src[i] == '\\') {
            p += sprintf(p, "\\x%02x", (unsigned) (unsigned char) src[i]);

        } else {
            *p++ = src[i];
        }
    }

    *p = '\0';
}
