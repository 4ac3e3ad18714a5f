/* SPDX-License-Identifier: EUPL-1.2 */

/* Reading what is agreed in a compiled document, and judging calls by it. */

#include "ggi_agreement.h"
#include "ggi_path.h"
#include "ggi_uri.h"
#include "ggi_velden.h"


ggi_str_t
ggi_document_item(const ggi_document_t *document, ggi_ref_t list, size_t i)
{
    const ggi_ref_t  *refs;

    refs = (const ggi_ref_t *) (const void *)
           ((const char *) document + list.offset);

    return ggi_document_text(document, refs[i]);
}


static int
ggi_agreement_lists(const ggi_document_t *document, ggi_ref_t list, ggi_str_t text)
{
    size_t  i;

    for (i = 0; i < list.len; i++) {
        if (ggi_str_eq(ggi_document_item(document, list, i), text)) {
            return 1;
        }
    }

    return 0;
}


const ggi_agreement_t *
ggi_agreement_find(const ggi_document_t *document, ggi_ref_t diensten, ggi_str_t naam)
{
    size_t                  i;
    const ggi_agreement_t  *agreement;

    agreement = (const ggi_agreement_t *) (const void *)
                ((const char *) document + diensten.offset);

    for (i = 0; i < diensten.len; i++) {
        if (ggi_str_eq(ggi_document_text(document, agreement[i].naam), naam)) {
            return &agreement[i];
        }
    }

    return NULL;
}


int
ggi_agreement_has(const ggi_document_t *document, ggi_ref_t diensten, ggi_str_t naam)
{
    ggi_str_t               veld;
    const ggi_agreement_t  *agreement;

    agreement = ggi_agreement_find(document, diensten, naam);

    if (agreement == NULL || agreement->velden.len == 0) {
        return agreement ? GGI_HAS : GGI_HAS_NOT;
    }

    veld = ggi_document_item(document, agreement->velden, 0);

    return ggi_velden_limit(&veld, 1) ? GGI_HAS_VELDEN : GGI_HAS;
}


static int
ggi_agreement_allows_path(const ggi_document_t *document, ggi_ref_t paden,
    const ggi_agreement_query_t *query)
{
    size_t     i;
    ggi_str_t  path;

    path = query->path;

    if (!query->path_ordinary && !ggi_uri_ordinary(path)
        && (!ggi_path_plain(path) || !ggi_uri_unambiguous(path)))
    {
        return 0;
    }

    for (i = 0; i < paden.len; i++) {
        if (ggi_path_match(ggi_document_item(document, paden, i), path)) {
            return 1;
        }
    }

    return 0;
}


ggi_reason_e
ggi_agreement_judge(const ggi_document_t *document,
    const ggi_agreement_t *agreement, const ggi_agreement_query_t *query)
{
    if (agreement == NULL) {
        return GGI_REASON_DIENST_NOT_AUTHORISED;
    }

    if (!ggi_agreement_lists(document, agreement->methoden, query->method)) {
        return GGI_REASON_METHOD_NOT_AUTHORISED;
    }

    if (!ggi_agreement_allows_path(document, agreement->paden, query)) {
        return GGI_REASON_PATH_NOT_AUTHORISED;
    }

    if (query->on_behalf_of.len
        && !ggi_str_eq(query->on_behalf_of, query->oin)
        && !ggi_agreement_lists(document, agreement->namens, query->on_behalf_of))
    {
        return GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    return GGI_REASON_NONE;
}
