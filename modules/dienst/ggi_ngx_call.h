/* SPDX-License-Identifier: EUPL-1.2 */

/* The call of a request: where it is kept, and how it begins. */

#ifndef GGI_NGX_CALL_H
#define GGI_NGX_CALL_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/* Returns the call of the main request, whatever redirects it went through, or NULL. */
ggi_call_t *ggi_call_get(ngx_http_request_t *r);

/*
 * Puts a call into a new span below the one that it has. Returns NGX_ERROR when
 * there are no random bytes.
 */
ngx_int_t ggi_call_descend(ggi_call_t *call);

/*
 * Returns the status with which a request was answered, or would have been: what
 * nginx sets after it has sent a header, as for a post_action, reaches nobody.
 * 0: there is none yet.
 */
static inline ngx_uint_t
ggi_answer_status(ngx_http_request_t *r)
{
    return (r->err_status && !r->header_sent) ? r->err_status
                                              : r->headers_out.status;
}


/*
 * For the core alone: makes the call of a request that enters its first dienst.
 * It is freed with the request. Returns NULL without memory or random bytes.
 */
ggi_call_t *ggi_call_create(ngx_http_request_t *r);

/*
 * For the core alone: makes a call for a subrequest of a request that is none, and
 * does not become one by it. It is freed with the request. Returns NULL without
 * memory or random bytes.
 */
ggi_call_t *ggi_call_apart(ngx_http_request_t *r);

/*
 * For the core alone: returns the call that a request has or will have when it
 * enters a dienst, so that what variables give before then can be remembered in
 * it. ggi_call_get() does not return it yet. Returns NULL without memory or
 * random bytes.
 */
ggi_call_t *ggi_call_early(ngx_http_request_t *r);


#endif
