/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_profile_compile.h"
#include "ggi_profiles.h"
#include "ggi_velden.h"


const ggi_document_kind_t  ggi_profiles_kind = {
    "profiles", "profielen", "OIN", "diensten", &ggi_profile_shape
};


int
ggi_profiles_read(ggi_documents_t *profiles, const char *file, ggi_fault_t *fault)
{
    return ggi_documents_read(&ggi_profiles_kind, profiles, file, fault);
}


int
ggi_profiles_have(const ggi_documents_t *profiles, ggi_str_t dienst)
{
    int                   has, one;
    size_t                i;
    const ggi_profile_t  *profile;

    for (i = 0, has = GGI_HAS_NOT; i < profiles->n && has != GGI_HAS_VELDEN; i++) {
        profile = (const ggi_profile_t *) profiles->documents[i];
        one = ggi_agreement_has(&profile->document, profile->diensten, dienst);
        has = (one > has) ? one : has;
    }

    return has;
}


const ggi_profile_t *
ggi_profiles_find(const ggi_documents_t *profiles, ggi_str_t oin)
{
    return (const ggi_profile_t *) ggi_documents_find(profiles, oin);
}
