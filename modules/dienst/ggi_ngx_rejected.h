/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Makes calls of requests that nginx gave up before a gate could judge them, since they
 * have to be recorded as well.
 */

#ifndef GGI_NGX_REJECTED_H
#define GGI_NGX_REJECTED_H

#include "ggi_ngx_call.h"


/*
 * Returns, in the LOG phase, the call of a request. When nginx rejected the request
 * before it could be judged, its call is made here with nginx's status. Returns NULL
 * when the request was no call, or is a subrequest.
 */
ggi_call_t *ggi_call_ended(ngx_http_request_t *r);


/*
 * For the core alone: makes the call of a request that nginx gave up, or that is
 * refused before any gate judges it. status is the HTTP status of the refusal, or 0 for
 * that with which nginx gave it up. Returns the call, or NULL without memory or random
 * bytes.
 */
ggi_call_t *ggi_call_reject(ngx_http_request_t *r, ngx_int_t status);

/*
 * For the core alone: deals with a request without a call that enters a location
 * without a dienst, in a server that has some: it gets a call if nginx gave it up
 * before. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_plain_enter(ngx_http_request_t *r);


#endif
