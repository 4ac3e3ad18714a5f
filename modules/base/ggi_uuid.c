/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_uuid.h"


void
ggi_uuid7_write(char dst[GGI_UUID_LEN], uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM])
{
    int            i;
    char           digits[32];
    unsigned char  uuid[16];

    for (i = 0; i < 6; i++) {
        uuid[i] = (unsigned char) (ms >> (8 * (5 - i)));
    }

    memcpy(uuid + 6, random, GGI_UUID_RANDOM);
    uuid[6] = (unsigned char) (0x70 | (uuid[6] & 0x0f));
    uuid[8] = (unsigned char) (0x80 | (uuid[8] & 0x3f));

    ggi_hex_write(digits, uuid, 16);
    memcpy(dst, digits, 8);
    memcpy(dst + 9, digits + 8, 4);
    memcpy(dst + 14, digits + 12, 4);
    memcpy(dst + 19, digits + 16, 4);
    memcpy(dst + 24, digits + 20, 12);
    dst[8] = dst[13] = dst[18] = dst[23] = '-';
}


int
ggi_uuid_read(char dst[GGI_UUID_LEN], const void *src, size_t len)
{
    char         uuid[GGI_UUID_LEN];
    size_t       i;
    const char  *p;

    if (len != GGI_UUID_LEN) {
        return 0;
    }

    p = src;

    for (i = 0; i < len; i++) {

        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (p[i] != '-') {
                return 0;
            }

            uuid[i] = '-';

        } else if ((p[i] >= '0' && p[i] <= '9')
                   || (p[i] >= 'a' && p[i] <= 'f'))
        {
            uuid[i] = p[i];

        } else if (p[i] >= 'A' && p[i] <= 'F') {
            uuid[i] = (char) (p[i] + ('a' - 'A'));

        } else {
            return 0;
        }
    }

    if (uuid[14] < '1' || uuid[14] > '8' || strchr("89ab", uuid[19]) == NULL) {
        return 0;
    }

    memcpy(dst, uuid, GGI_UUID_LEN);
    return 1;
}
