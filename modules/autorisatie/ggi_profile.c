/* SPDX-License-Identifier: EUPL-1.2 */

/* Reading a compiled profile, and judging calls by it. Nothing here takes memory. */

#include "ggi_path.h"
#include "ggi_profile.h"
#include "ggi_uri.h"


ggi_str_t
ggi_profile_text(const ggi_profile_t *profile, ggi_ref_t ref)
{
    ggi_str_t  text;

    text.data = (const char *) profile + ref.offset;
    text.len = ref.len;

    return text;
}


ggi_str_t
ggi_profile_item(const ggi_profile_t *profile, ggi_ref_t list, size_t i)
{
    const ggi_ref_t  *refs;

    refs = (const ggi_ref_t *) (const void *)
           ((const char *) profile + list.offset);

    return ggi_profile_text(profile, refs[i]);
}


static int
ggi_profile_has(const ggi_profile_t *profile, ggi_ref_t list, ggi_str_t text)
{
    size_t  i;

    for (i = 0; i < list.len; i++) {
        if (ggi_str_eq(ggi_profile_item(profile, list, i), text)) {
            return 1;
        }
    }

    return 0;
}


const ggi_profile_dienst_t *
ggi_profile_find_dienst(const ggi_profile_t *profile, ggi_str_t naam)
{
    size_t                       i;
    const ggi_profile_dienst_t  *dienst;

    dienst = (const ggi_profile_dienst_t *) (const void *)
             ((const char *) profile + profile->diensten.offset);

    for (i = 0; i < profile->diensten.len; i++) {
        if (ggi_str_eq(ggi_profile_text(profile, dienst[i].naam), naam)) {
            return &dienst[i];
        }
    }

    return NULL;
}


static int
ggi_profile_allows_path(const ggi_profile_t *profile, ggi_ref_t paden,
    ggi_str_t path)
{
    size_t  i;

    if (!ggi_uri_ordinary(path)
        && (!ggi_path_plain(path) || !ggi_uri_unambiguous(path)))
    {
        return 0;
    }

    for (i = 0; i < paden.len; i++) {
        if (ggi_path_match(ggi_profile_item(profile, paden, i), path)) {
            return 1;
        }
    }

    return 0;
}


ggi_reason_e
ggi_profile_judge(const ggi_profile_t *profile,
    const ggi_profile_query_t *query, const ggi_profile_dienst_t **dienst)
{
    const ggi_profile_dienst_t  *d;

    d = ggi_profile_find_dienst(profile, query->dienst);
    *dienst = d;

    if (query->now < profile->geldig_van || query->now >= profile->geldig_tot) {
        return GGI_REASON_PROFILE_EXPIRED;
    }

    if (d == NULL) {
        return GGI_REASON_DIENST_NOT_AUTHORISED;
    }

    if (!ggi_profile_has(profile, d->methoden, query->method)) {
        return GGI_REASON_METHOD_NOT_AUTHORISED;
    }

    if (!ggi_profile_allows_path(profile, d->paden, query->path)) {
        return GGI_REASON_PATH_NOT_AUTHORISED;
    }

    if (query->on_behalf_of.len
        && !ggi_str_eq(query->on_behalf_of, query->oin)
        && !ggi_profile_has(profile, d->namens, query->on_behalf_of))
    {
        return GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    return GGI_REASON_NONE;
}
