/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_claim.h"


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
