/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_oin.h"


static const ggi_str_t  ggi_oin_prefixes[] = {
    ggi_str("00000001"),                /* RSIN */
    ggi_str("00000002"),                /* Fi-nummer */
    ggi_str("00000003"),                /* KvK */
    ggi_str("00000004"),                /* SubOIN */
    ggi_str("00000005"),
    ggi_str("00000006"),                /* Logius */
    ggi_str("00000007"),                /* BRIN */
    ggi_str("00000008"),                /* foreign */
    ggi_str("00000009"),                /* UZI */
    ggi_str("00000010")                 /* TRR-BD */
};

static const ggi_str_t  ggi_oin_kvk = ggi_str("00000003");


static int
ggi_oin_letter(char ch)
{
    return (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
}


int
ggi_oin_prefix_valid(ggi_str_t prefix)
{
    size_t  i;

    if (prefix.len != GGI_OIN_PREFIX_LEN) {
        return 0;
    }

    for (i = 0; i < prefix.len; i++) {
        if (!ggi_is_digit(prefix.data[i])) {
            return 0;
        }
    }

    return 1;
}


int
ggi_oin_spelled(ggi_str_t oin)
{
    size_t  i;

    for (i = 0; i < oin.len; i++) {
        if (!ggi_is_digit(oin.data[i]) && !ggi_oin_letter(oin.data[i])) {
            return 0;
        }
    }

    return oin.len == GGI_OIN_LEN;
}


int
ggi_oin_valid(ggi_str_t oin, const ggi_str_t *extra, size_t n)
{
    size_t     zeros;
    ggi_str_t  prefix;

    if (!ggi_oin_spelled(oin)) {
        return 0;
    }

    prefix.data = oin.data;
    prefix.len = GGI_OIN_PREFIX_LEN;

    if (!ggi_str_in(ggi_oin_prefixes,
                    sizeof(ggi_oin_prefixes) / sizeof(ggi_str_t), prefix)
        && !ggi_str_in(extra, n, prefix))
    {
        return 0;
    }

    zeros = ggi_str_eq(prefix, ggi_oin_kvk) ? 4 : 3;

    return memcmp(oin.data + GGI_OIN_LEN - zeros, "0000", zeros) == 0;
}


/* Takes eight bytes at a time, the last four of them for a second time. */
uint32_t
ggi_oin_hash(ggi_str_t oin)
{
    uint64_t  prefix, middle, last;

    memcpy(&prefix, oin.data, 8);
    memcpy(&middle, oin.data + 8, 8);
    memcpy(&last, oin.data + GGI_OIN_LEN - 8, 8);

    /* the high half of a product depends on all bits of its factors */

    prefix = (prefix ^ (prefix >> 29)) * 0x9e3779b97f4a7c15u;
    middle = (middle ^ (prefix >> 32)) * 0xbf58476d1ce4e5b9u;
    last = (last ^ (middle >> 32)) * 0x94d049bb133111ebu;

    return (uint32_t) ((last ^ middle ^ prefix) >> 32);
}
