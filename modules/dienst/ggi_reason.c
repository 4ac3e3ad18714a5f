/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_reason.h"


static const ggi_reason_t  ggi_reasons[GGI_REASON_COUNT] = {
    { "", 0, { "", "" }, { "", "" } },
#define GGI_REASON_ENTRY(id, name, status, t, d, tnl, dnl)                     \
    { name, status, { t, tnl }, { d, dnl } },
    GGI_REASONS(GGI_REASON_ENTRY)
#undef GGI_REASON_ENTRY
};


const ggi_reason_t *
ggi_reason_get(ggi_reason_e reason)
{
    if ((unsigned) reason >= GGI_REASON_COUNT) {
        reason = GGI_REASON_NONE;
    }

    return &ggi_reasons[reason];
}
