/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_facts.h"

#define GGI_FACTS_MARK       "GGI1"     /* of this form of the facts */
#define GGI_FACTS_MARK_LEN   4
#define GGI_FACTS_HEAD       (GGI_FACTS_MARK_LEN + 8 + 1)


size_t
ggi_facts_write(unsigned char *buf, const ggi_facts_t *facts)
{
    int             shift;
    unsigned char  *p;

    memcpy(buf, GGI_FACTS_MARK, GGI_FACTS_MARK_LEN);
    p = buf + GGI_FACTS_MARK_LEN;

    for (shift = 56; shift >= 0; shift -= 8) {
        *p++ = (unsigned char) (facts->time >> shift);
    }

    *p++ = (unsigned char) facts->n;

    if (facts->n) {
        memcpy(p, facts->cas, facts->n * SHA256_DIGEST_LENGTH);
    }

    return GGI_FACTS_HEAD + facts->n * SHA256_DIGEST_LENGTH;
}


int
ggi_facts_read(ggi_facts_t *facts, const void *data, size_t len)
{
    int                   i;
    const unsigned char  *p = data;

    if (len < GGI_FACTS_HEAD || memcmp(p, GGI_FACTS_MARK, GGI_FACTS_MARK_LEN) != 0) {
        return 0;
    }

    p += GGI_FACTS_MARK_LEN;
    facts->time = 0;

    for (i = 0; i < 8; i++) {
        facts->time = facts->time << 8 | *p++;
    }

    facts->n = *p++;
    facts->cas = p;

    return facts->n <= GGI_FACTS_CAS && len == GGI_FACTS_HEAD + facts->n * SHA256_DIGEST_LENGTH;
}
