/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>

#include "ggi_cluster_slot.h"

#define GGI_CLUSTER_POLYNOMIAL  0x1021u
#define GGI_CLUSTER_DIGITS      16      /* room for a number as text */


static uint32_t  ggi_cluster_numbers[GGI_CLUSTER_SLOTS];        /* of each slot, plus 1 */


/* Returns the CRC16 of a text: the polynomial above, 0 at the start, and no bits reflected. */
static unsigned
ggi_cluster_crc16(ggi_str_t text)
{
    int       bit;
    size_t    i;
    unsigned  crc;

    crc = 0;

    for (i = 0; i < text.len; i++) {
        crc ^= (unsigned) (unsigned char) text.data[i] << 8;

        for (bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000u) ? (crc << 1) ^ GGI_CLUSTER_POLYNOMIAL : crc << 1;
        }

        crc &= 0xffffu;
    }

    return crc;
}


/* Returns the hash tag of a key: what is between the first "{" and the first "}" behind it. */
static ggi_str_t
ggi_cluster_tag(ggi_str_t key)
{
    ggi_str_t    tag;
    const char  *open, *close;

    open = key.len ? memchr(key.data, '{', key.len) : NULL;

    if (open == NULL) {
        return key;
    }

    tag.data = open + 1;
    tag.len = (size_t) (key.data + key.len - tag.data);
    close = tag.len ? memchr(tag.data, '}', tag.len) : NULL;

    if (close == NULL || close == tag.data) {
        return key;
    }

    tag.len = (size_t) (close - tag.data);

    return tag;
}


unsigned
ggi_cluster_slot(ggi_str_t key)
{
    return ggi_cluster_crc16(ggi_cluster_tag(key)) % GGI_CLUSTER_SLOTS;
}


void
ggi_cluster_numbers_find(void)
{
    char       text[GGI_CLUSTER_DIGITS];
    size_t     found;
    unsigned   slot;
    uint32_t   number;
    ggi_str_t  key;

    if (ggi_cluster_numbers[0]) {
        return;
    }

    key.data = text;

    for (number = 0, found = 0; found < GGI_CLUSTER_SLOTS; number++) {
        key.len = (size_t) snprintf(text, sizeof(text), "%u", (unsigned) number);
        slot = ggi_cluster_slot(key);

        if (ggi_cluster_numbers[slot] == 0) {
            ggi_cluster_numbers[slot] = number + 1;
            found++;
        }
    }
}


uint32_t
ggi_cluster_number(unsigned slot)
{
    return ggi_cluster_numbers[slot] - 1;
}
