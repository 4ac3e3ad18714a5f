/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"


const ggi_kind_t  ggi_functie_kind =
    GGI_KIND("ggi_functie", FUNCTIE, "functions", "functions of applications", "application",
             GGI_FUNCTIE_KEY_PREFIX, GGI_FUNCTIE_CHANNEL, "ggi_functies:4m",
             &ggi_functies_shape);
