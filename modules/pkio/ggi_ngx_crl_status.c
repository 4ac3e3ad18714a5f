/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_crl_status.h"


#define GGI_CRL_NAME_TEXT  256          /* bytes of a name as a text */


/* Sets what a sample is of to a copy of a text. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_crl_status_of(ngx_pool_t *pool, ggi_status_sample_t *sample,
    const char *text)
{
    u_char  *copy;

    sample->of.len = ngx_strlen(text);

    copy = ngx_pnalloc(pool, sample->of.len);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(copy, text, sample->of.len);
    sample->of.data = (char *) copy;

    return NGX_OK;
}


static ngx_int_t
ggi_crl_status_files(ngx_pool_t *pool, ggi_crl_source_t *source,
    ggi_status_t *status)
{
    size_t                 i;
    ggi_status_sample_t   *samples;
    ggi_status_family_t    family = {
        .name = "ggi_pkio_crl_faulty",
        .label = "file",
        .help = "1 for each file of revocation lists that cannot be read; \"\" is "
                "the directory."
    };
    const ggi_crl_set_t   *set;
    const ggi_crl_file_t  *file;

    set = ggi_crl_store_current(&source->home->store);

    samples = ngx_palloc(pool, (set->nfiles + 1) * sizeof(ggi_status_sample_t));
    if (samples == NULL) {
        return NGX_ERROR;
    }

    if (set->fault[0]) {
        samples[family.n].of.len = 0;
        samples[family.n].of.data = "";
        samples[family.n++].value = 1;
    }

    for (i = 0; i < set->nfiles; i++) {
        file = &ggi_crl_set_files(set)[i];

        if (file->fault[0] == '\0') {
            continue;
        }

        if (ggi_crl_status_of(pool, &samples[family.n], file->name) != NGX_OK) {
            return NGX_ERROR;
        }

        samples[family.n++].value = 1;
    }

    family.samples = samples;

    return ggi_status_add(pool, status, &family);
}


static ngx_int_t
ggi_crl_status_cas(ngx_pool_t *pool, ggi_crl_source_t *source,
    ggi_status_t *status)
{
    char                  text[GGI_CRL_NAME_TEXT];
    size_t                i;
    X509_NAME            *name;
    ggi_crls_t           *crls;
    ggi_crl_standing_t    standing;
    ggi_status_family_t   family = {
        .name = "ggi_pkio_crl_next_update_timestamp_seconds",
        .label = "issuer",
        .help = "When the revocation list of a CA that is in use expires."
    };
    ggi_status_sample_t  *samples;

    crls = &source->crls;

    samples = ngx_palloc(pool, (crls->n + 1) * sizeof(ggi_status_sample_t));
    if (samples == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < crls->n; i++) {
        name = crls->crls[i].issuer;

        if (i > 0 && ggi_crls_of(crls, i - 1, name)) {
            continue;
        }

        ggi_crl_standing(&standing, crls, name, source->known, ngx_time());

        if (standing.crl == NULL || standing.state == GGI_CRL_WAITING
            || standing.state == GGI_CRL_OUTDATED)
        {
            continue;
        }

        ggi_crl_name_text(name, text, sizeof(text));

        if (ggi_crl_status_of(pool, &samples[family.n], text) != NGX_OK) {
            return NGX_ERROR;
        }

        samples[family.n++].value = (uint64_t) standing.crl->list->next_update;
    }

    family.samples = samples;

    return ggi_status_add(pool, status, &family);
}


ngx_int_t
ggi_crl_source_status(ngx_pool_t *pool, ggi_crl_source_t *source,
    ggi_status_t *status)
{
    if (source->home->store.reader == -1
        || ggi_crl_source_refresh(source) != NGX_OK)
    {
        return NGX_OK;
    }

    if (ggi_crl_status_files(pool, source, status) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_crl_status_cas(pool, source, status);
}
