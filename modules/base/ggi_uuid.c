/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_uuid.h"


char *
ggi_hex_write(char *dst, const unsigned char *src, size_t len)
{
    size_t             i;

#define GGI_HEX_PAIR(a, b)  { a, b }
#define GGI_HEX_ROW(a)                                                         \
    GGI_HEX_PAIR(a, '0'), GGI_HEX_PAIR(a, '1'), GGI_HEX_PAIR(a, '2'),          \
    GGI_HEX_PAIR(a, '3'), GGI_HEX_PAIR(a, '4'), GGI_HEX_PAIR(a, '5'),          \
    GGI_HEX_PAIR(a, '6'), GGI_HEX_PAIR(a, '7'), GGI_HEX_PAIR(a, '8'),          \
    GGI_HEX_PAIR(a, '9'), GGI_HEX_PAIR(a, 'a'), GGI_HEX_PAIR(a, 'b'),          \
    GGI_HEX_PAIR(a, 'c'), GGI_HEX_PAIR(a, 'd'), GGI_HEX_PAIR(a, 'e'),          \
    GGI_HEX_PAIR(a, 'f')

    /*
     * both digits of a byte are looked up at once, since a record has some two hundred
     * digits
     */

    static const char  hex[256][2] = {
        GGI_HEX_ROW('0'), GGI_HEX_ROW('1'), GGI_HEX_ROW('2'), GGI_HEX_ROW('3'),
        GGI_HEX_ROW('4'), GGI_HEX_ROW('5'), GGI_HEX_ROW('6'), GGI_HEX_ROW('7'),
        GGI_HEX_ROW('8'), GGI_HEX_ROW('9'), GGI_HEX_ROW('a'), GGI_HEX_ROW('b'),
        GGI_HEX_ROW('c'), GGI_HEX_ROW('d'), GGI_HEX_ROW('e'), GGI_HEX_ROW('f')
    };

#undef GGI_HEX_ROW
#undef GGI_HEX_PAIR

    for (i = 0; i < len; i++) {
        memcpy(dst + 2 * i, hex[src[i]], 2);
    }

    return dst + 2 * len;
}


void
ggi_uuid7_write(char dst[GGI_UUID_LEN], uint64_t ms,
    const unsigned char random[GGI_UUID_RANDOM])
{
    int            i;
    char          *p;
    unsigned char  uuid[16];

    for (i = 0; i < 6; i++) {
        uuid[i] = (unsigned char) (ms >> (8 * (5 - i)));
    }

    memcpy(uuid + 6, random, GGI_UUID_RANDOM);
    uuid[6] = (unsigned char) (0x70 | (uuid[6] & 0x0f));
    uuid[8] = (unsigned char) (0x80 | (uuid[8] & 0x3f));

    p = ggi_hex_write(dst, uuid, 4);
    *p++ = '-';
    p = ggi_hex_write(p, uuid + 4, 2);
    *p++ = '-';
    p = ggi_hex_write(p, uuid + 6, 2);
    *p++ = '-';
    p = ggi_hex_write(p, uuid + 8, 2);
    *p++ = '-';
    ggi_hex_write(p, uuid + 10, 6);
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
