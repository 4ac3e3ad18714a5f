/* SPDX-License-Identifier: EUPL-1.2 */

/* The call of a request: how it begins, and how it is found again. */

#ifndef GGI_NGX_CALL_H
#define GGI_NGX_CALL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Returns the call of a request or, for a subrequest, that of its main request, also
 * after internal redirects. Returns NULL when there is none. The call lives as long as
 * the main request.
 */
ggi_call_t *ggi_call_get(ngx_http_request_t *r);

/*
 * Makes a new id for the child of the call's span in the trace, so that a further record, or a
 * further request to the API, does not share the child of the one before. Returns NGX_OK; or
 * NGX_ERROR when OpenSSL has no random bytes, and the child stays as it is.
 */
ngx_int_t ggi_call_branch(ggi_call_t *call);

/*
 * Returns the HTTP status with which a request was answered or is about to be, or 0
 * when there is none yet. A status that nginx sets after it has sent the header, as for
 * a post_action, reaches nobody and is not returned.
 */
static inline ngx_uint_t
ggi_answer_status(ngx_http_request_t *r)
{
    return (r->err_status && !r->header_sent) ? r->err_status
                                              : r->headers_out.status;
}


/*
 * For the core alone: begins a new span in the trace of a call, for a further decision about
 * it. The span of the decision before becomes its parent. Returns NGX_OK, or NGX_ERROR when
 * OpenSSL has no random bytes.
 */
ngx_int_t ggi_call_descend(ggi_call_t *call);

/*
 * For the core alone: makes the call of a request that enters its first dienst. Returns
 * the call, which is freed with the request, or NULL without memory or random bytes.
 */
ggi_call_t *ggi_call_create(ngx_http_request_t *r);

/*
 * For the core alone: begins a call of a request in memory that the function's caller
 * owns. The request does not get a call by this. Returns NGX_OK, or NGX_ERROR without
 * random bytes.
 */
ngx_int_t ggi_call_fill(ngx_http_request_t *r, ggi_call_t *call);

/*
 * For the core alone: makes a call by which a subrequest is judged whose main request
 * has no call. The main request does not get a call by this. Returns the call, which is
 * freed with the request, or NULL without memory or random bytes.
 */
ggi_call_t *ggi_call_apart(ngx_http_request_t *r);

/*
 * For the core alone: returns the call that a request has, or makes the one that it
 * will have when it enters a dienst, so that what variables give before then can be
 * remembered in it. ggi_call_get() does not return a call that was made here until the
 * request has entered a dienst. Returns NULL without memory or random bytes.
 */
ggi_call_t *ggi_call_early(ngx_http_request_t *r);

/* Returns 1 when the request still has the path of the call, and that was seen to be ordinary. */
static inline ngx_uint_t
ggi_call_has_ordinary_path(ngx_http_request_t *r, const ggi_call_t *call)
{
    return call->state.path_ordinary && (const char *) r->uri.data == call->path.data
           && r->uri.len == call->path.len;
}


#endif
