/* SPDX-License-Identifier: EUPL-1.2 */

/* What the API gets of an admitted call: what was judged, not what the caller claimed. */

#ifndef GGI_NGX_FORWARD_H
#define GGI_NGX_FORWARD_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


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


#endif
