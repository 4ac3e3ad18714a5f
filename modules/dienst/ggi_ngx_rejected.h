/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Requests that nginx gave up before a gate could judge them: they are calls as
 * well, and have to be accounted for.
 */

#ifndef GGI_NGX_REJECTED_H
#define GGI_NGX_REJECTED_H

#include "ggi_ngx_call.h"


/*
 * In the LOG phase: returns the call of a request, if need be the one of a
 * request that nginx rejected before it could be judged, whose status is nginx's.
 * NULL: the request was no call, or is a subrequest.
 */
ggi_call_t *ggi_call_ended(ngx_http_request_t *r);


/*
 * For the core alone: makes the call of a request that nginx gave up, or that is
 * refused before any gate, with a status; 0: that with which nginx gave it up.
 * Returns NULL without memory or random bytes.
 */
ggi_call_t *ggi_call_reject(ngx_http_request_t *r, ngx_int_t status);

/*
 * For the core alone: a request without a call enters a location without a
 * dienst, in a server that has some. It gets a call if nginx gave it up before.
 * Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_plain_enter(ngx_http_request_t *r);


#endif
