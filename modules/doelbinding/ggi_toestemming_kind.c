/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_toestemming_compile.h"
#include "ggi_toestemming_kind.h"


const ggi_kind_t  ggi_toestemming_kind =
    GGI_KIND_NAMED("ggi_doelbinding_toestemmingen", "ggi_doelbinding_toestemmingen_redis",
                   "ggi_doelbinding_toestemmingen_zone", TOESTEMMING, "consent", "consents",
                   "id", GGI_TOESTEMMING_KEY_PREFIX, GGI_TOESTEMMING_CHANNEL,
                   "ggi_toestemmingen:4m", &ggi_toestemming_shape,
                   "ggi_toestemming_dataset_number");
