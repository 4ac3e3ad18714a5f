/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_agreement.h"

#include "ggi_ngx_gate.h"


static const ggi_str_t  ggi_agreement_destination = ggi_str("Destination");


/*
 * Returns where the len bytes at data, which are of a document, will be found for as long
 * as the request lives: where they are when the document is lasting, or in a copy.
 * Returns NULL without memory.
 */
static const char *
ggi_agreement_copy(ngx_http_request_t *r, const char *data, size_t len,
    ngx_uint_t lasting)
{
    char  *copy;

    if (lasting || len == 0) {
        return lasting ? data : "";
    }

    copy = ngx_pnalloc(r->pool, len);

    return copy ? memcpy(copy, data, len) : NULL;
}


ngx_int_t
ggi_agreement_keep(ngx_http_request_t *r, ggi_str_t *dst, ggi_str_t src,
    ngx_uint_t lasting)
{
    dst->data = ggi_agreement_copy(r, src.data, src.len, lasting);
    dst->len = dst->data ? src.len : 0;

    return dst->data ? NGX_OK : NGX_ERROR;
}


/*
 * Keeps the strings of a list in *kept, and how many they are in *n. They may be many, so
 * that they are copied in one piece: a document holds the strings of a list one behind the
 * other.
 */
static ngx_int_t
ggi_agreement_keep_list(ngx_http_request_t *r, const ggi_str_t **kept, size_t *n,
    const ggi_document_t *document, ggi_ref_t list, ngx_uint_t lasting)
{
    size_t       i;
    ggi_str_t   *items, first, last;
    const char  *copy;

    items = ngx_palloc(r->pool, (list.len + 1) * sizeof(ggi_str_t));
    if (items == NULL) {
        return NGX_ERROR;
    }

    *kept = items;
    *n = 0;

    if (list.len == 0) {
        return NGX_OK;
    }

    first = ggi_document_item(document, list, 0);
    last = ggi_document_item(document, list, list.len - 1);
    copy = ggi_agreement_copy(r, first.data,
                              (size_t) (last.data + last.len - first.data), lasting);
    if (copy == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < list.len; i++) {
        items[i] = ggi_document_item(document, list, i);
        items[i].data = copy + (items[i].data - first.data);
    }

    *n = list.len;

    return NGX_OK;
}


/* Keeps what is agreed about a dienst and later gates judge by. */
static ngx_int_t
ggi_agreement_keep_agreed(ngx_http_request_t *r, ggi_findings_t *found,
    const ggi_document_t *document, const ggi_agreement_t *dienst, ngx_uint_t lasting)
{
    if (ggi_agreement_keep_list(r, &found->profile_doelbindingen,
                                &found->profile_doelbindingen_n, document,
                                dienst->doelbindingen, lasting)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (dienst->velden.len == 0 || ggi_gate_mode(r, GGI_GATE_LEVERING) == GGI_MODE_OFF) {
        return NGX_OK;
    }

    return ggi_agreement_keep_list(r, &found->profile_velden, &found->profile_velden_n,
                                   document, dienst->velden, lasting);
}


/*
 * Judges the path that a call that is allowed so far would write to, as the one that it
 * names. A path that cannot be read is none that is agreed on.
 */
static void
ggi_agreement_judge_destination(ggi_call_t *call, ggi_agreement_query_t *query,
    ggi_agreement_judge_pt judge, const void *data)
{
    const ggi_agreement_t  *dienst;

    if (call->reason != GGI_REASON_NONE || !call->state.writes) {
        return;
    }

    query->path = call->destination;
    query->path_ordinary = 0;
    call->reason = judge(data, query, &dienst);

    if (call->reason != GGI_REASON_NONE) {
        call->header = ggi_agreement_destination;
    }
}


ngx_int_t
ggi_agreement_judge_call(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_document_t *document, ggi_agreement_judge_pt judge, const void *data,
    ngx_uint_t lasting)
{
    ggi_agreement_query_t   query;
    const ggi_agreement_t  *dienst;

    query.now = ngx_time();
    query.oin = call->found.oin;
    query.dienst = call->dienst;
    query.method = call->method;
    query.path = call->path;
    query.path_ordinary = call->state.path_ordinary;
    query.on_behalf_of = call->origin;

    call->reason = judge(data, &query, &dienst);
    ggi_agreement_judge_destination(call, &query, judge, data);

    if (ggi_agreement_keep(r, &call->found.profile_versie,
                           ggi_document_text(document, document->versie_text), lasting)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* without the dienst nothing is said of its claims, which counts where the gate observes */

    if (dienst
        && ggi_agreement_keep_agreed(r, &call->found, document, dienst, lasting) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (call->reason == GGI_REASON_NONE && call->state.origin_malformed) {
        call->reason = GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED;
    }

    if (call->reason != GGI_REASON_NONE) {
        return NGX_DECLINED;
    }

    if (!ggi_str_eq(call->origin, call->found.oin)) {
        call->found.on_behalf_of = call->origin;
    }

    return NGX_OK;
}
