/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_profile_compile.h"
#include "ggi_profile_kind.h"
#include "ggi_redis_keys.h"


const ggi_kind_t  ggi_profile_kind =
    GGI_KIND("ggi_autorisatie", PROFILE, "profile", "profiles", "OIN", GGI_REDIS_KEY_PREFIX,
             GGI_REDIS_CHANNEL, "ggi_profielen:16m", &ggi_profile_shape);
