/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_claim.h"
#include "ggi_json.h"


int
ggi_claim_well_formed(ggi_str_t value)
{
    size_t                i, n;
    const unsigned char  *p;

    if (value.len > GGI_CLAIM_MAX) {
        return 0;
    }

    if (ggi_json_is_plain(value.data, value.len)) {
        return 1;
    }

    p = (const unsigned char *) value.data;

    for (i = 0; i < value.len; i += n) {
        n = ggi_json_plain_run(p + i, value.len - i);

        if (n) {
            continue;
        }

        n = ggi_utf8_char(p + i, value.len - i);

        if (n == 0 || p[i] < 0x20 || p[i] == 0x7f
            || (p[i] == 0xc2 && p[i + 1] < 0xa0))
        {
            return 0;
        }
    }

    return 1;
}


int
ggi_claim_is_latin1(ggi_str_t value)
{
    size_t         i;
    unsigned char  ch;

    if (value.len > GGI_CLAIM_MAX) {
        return 0;
    }

    for (i = 0; i < value.len; i++) {
        ch = (unsigned char) value.data[i];

        if (ch < 0x20 || (ch >= 0x7f && ch < 0xa0)) {
            return 0;
        }
    }

    return 1;
}


size_t
ggi_claim_from_latin1(char *dst, ggi_str_t value)
{
    char           *p;
    size_t          i;
    unsigned char   ch;

    p = dst;

    for (i = 0; i < value.len; i++) {
        ch = (unsigned char) value.data[i];

        if (ch < 0x80) {
            *p++ = (char) ch;
        } else {
            *p++ = (char) (0xc0 | ch >> 6);
            *p++ = (char) (0x80 | (ch & 0x3f));
        }
    }

    return (size_t) (p - dst);
}


ggi_niveau_e
ggi_claim_asked(const ggi_claim_query_t *query, const ggi_doelbinding_t *found)
{
    return found ? ggi_niveau_stricter(query->asked, found->niveau) : query->asked;
}


/* Judges the level of assurance that was claimed by the one that is asked. */
static ggi_reason_e
ggi_claim_judge_niveau(ggi_niveau_e asked, ggi_str_t claimed)
{
    ggi_niveau_e  niveau;

    if (asked == GGI_NIVEAU_NONE) {
        return GGI_REASON_NONE;
    }

    niveau = ggi_niveau_read(claimed);

    if (niveau == GGI_NIVEAU_NONE) {
        return GGI_REASON_ASSURANCE_MISSING;
    }

    return (niveau < asked) ? GGI_REASON_ASSURANCE_TOO_LOW : GGI_REASON_NONE;
}


ggi_reason_e
ggi_claim_judge(const ggi_register_t *reg, const ggi_claim_query_t *query,
    const ggi_doelbinding_t **found)
{
    const ggi_doelbinding_t  *d;

    d = ggi_register_find(reg, query->claim);
    *found = d;

    if (d == NULL) {
        return GGI_REASON_CLAIM_UNKNOWN;
    }

    if (query->now < d->geldig_van || query->now >= d->geldig_tot) {
        return GGI_REASON_CLAIM_EXPIRED;
    }

    if (!ggi_str_in(d->diensten, d->diensten_n, query->dienst)) {
        return GGI_REASON_CLAIM_NOT_FOR_DIENST;
    }

    if (query->profile
        && !ggi_str_in(query->profile, query->profile_n, query->claim))
    {
        return GGI_REASON_CLAIM_NOT_IN_PROFILE;
    }

    return ggi_claim_judge_niveau(ggi_claim_asked(query, d), query->niveau);
}
