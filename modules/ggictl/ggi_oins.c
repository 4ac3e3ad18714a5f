/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_oins.h"


int
ggi_oins_has(const ggi_oins_t *oins, ggi_str_t oin)
{
    size_t  i;

    if (oin.len != GGI_OIN_LEN) {
        return 0;
    }

    for (i = 0; i < oins->n; i++) {
        if (memcmp(oins->oin[i], oin.data, GGI_OIN_LEN) == 0) {
            return 1;
        }
    }

    return 0;
}


void
ggi_oins_add(ggi_oins_t *oins, ggi_str_t oin)
{
    if (oin.len == GGI_OIN_LEN && oins->n < GGI_OINS_MAX && !ggi_oins_has(oins, oin)) {
        memcpy(oins->oin[oins->n++], oin.data, GGI_OIN_LEN);
    }
}
