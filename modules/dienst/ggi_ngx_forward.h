/* SPDX-License-Identifier: EUPL-1.2 */

/* What the API gets of an admitted call: what was judged, not what the caller claimed. */

#ifndef GGI_NGX_FORWARD_H
#define GGI_NGX_FORWARD_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_name.h"


/*
 * Changes the request of an admitted call into what the API may see: sets the headers
 * with the trace, the transaction id and the organisations that were established, the
 * path that was judged, and the variables that hold these. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_forward_call(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Changes a subrequest of an admitted call into what the API may see, by the rules of
 * the subrequest's own location. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_forward_subrequest(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Tells what the API gets in the header of a part of the claim, when the gates have
 * judged the call. Returns 1 when a gate of the location establishes what the header
 * with this name says, and sets *value to that, "" when the API does not get it. Returns
 * 0 otherwise, and leaves *value as it is.
 */
ngx_uint_t ggi_forward_claim(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_name_t *name, ggi_str_t *value);


#endif
