/* SPDX-License-Identifier: EUPL-1.2 */

/* The core's side of the seam: the table through which the gates call the core. */

#include "ggi_ngx_core.h"
#include "ggi_seam_digest.h"
#include "ggi_version.h"


#define GGI_CORE_ENTRY(name)  ggi_##name,

const ggi_core_t  ggi_core = {
    GGI_SEAM,
    GGI_VERSION,
    GGI_CORE_FUNCTIONS(GGI_CORE_ENTRY)
};
