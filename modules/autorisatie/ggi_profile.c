/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_profile.h"


ggi_reason_e
ggi_profile_judge(const ggi_profile_t *profile,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst)
{
    *dienst = ggi_agreement_find(&profile->document, profile->diensten, query->dienst);

    if (!ggi_document_valid(&profile->document, query->now)) {
        return GGI_REASON_PROFILE_EXPIRED;
    }

    return ggi_agreement_judge(&profile->document, *dienst, query);
}
