/* SPDX-License-Identifier: EUPL-1.2 */

/* A call that is judged by what is agreed about its dienst, and what is found by that. */

#ifndef GGI_NGX_AGREEMENT_H
#define GGI_NGX_AGREEMENT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_agreement.h"
#include "ggi_call.h"


/*
 * Judges a call by a document, which is data: sets *dienst to what is agreed about the
 * dienst, or to NULL, and returns the first reason that applies.
 */
typedef ggi_reason_e (*ggi_agreement_judge_pt)(const void *data,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst);

/* Defines a ggi_agreement_judge_pt, name, by a function for the type of its document. */
#define GGI_AGREEMENT_JUDGE(name, judge)                                       \
    static ggi_reason_e                                                        \
    name(const void *data, const ggi_agreement_query_t *query,                 \
        const ggi_agreement_t **dienst)                                        \
    {                                                                          \
        return judge(data, query, dienst);                                     \
    }


/*
 * Judges a call by a document, by means of the function judge, to which data is passed. The
 * path of the header Destination, to which COPY and MOVE write, is judged in the same way. What
 * later gates and the record need from the document is noted in the findings of the call: with
 * lasting 1, when the document lives as long as the request, by pointing to it, and with 0 in
 * copies. Returns NGX_OK; NGX_DECLINED with the reason in the call when it is refused; or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_agreement_judge_call(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_document_t *document, ggi_agreement_judge_pt judge, const void *data,
    ngx_uint_t lasting);

/*
 * Sets dst to a text of a document for as long as the request lives. With lasting 1 the
 * document lives as long, and dst points into it; with 0 the text is copied to the request's
 * pool. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_agreement_keep(ngx_http_request_t *r, ggi_str_t *dst, ggi_str_t src,
    ngx_uint_t lasting);


#endif
