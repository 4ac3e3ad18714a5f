/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_advice.h"
#include "ggi_functie_compile.h"
#include "ggi_functie_kind.h"
#include "ggi_profile_kind.h"
#include "ggi_profiles.h"
#include "ggictl_kind.h"


const ggictl_kind_t  ggictl_kind_profiel = {
    "profiel", "autorisatieprofiel", "profile", "there was no profile", 1, &ggi_profile_kind,
    &ggi_profiles_kind, ggi_advice_profile
};

const ggictl_kind_t  ggictl_kind_functie = {
    "functie", "functies", "application", "there were no functions", 0, &ggi_functie_kind,
    &ggi_functies_kind, ggi_advice_functions
};
