/* SPDX-License-Identifier: EUPL-1.2 */

/* What the API gets of an admitted call: what was judged, not what the caller claimed. */

#ifndef GGI_NGX_FORWARD_H
#define GGI_NGX_FORWARD_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Makes the request what the API may see of an admitted call: the headers with
 * the trace, the transaction id and the organisations that were established, the
 * path that was judged, and variables that hold these. Returns NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_forward_call(ngx_http_request_t *r, ggi_call_t *call);

/*
 * Makes a subrequest of an admitted call what the API may see, by the rules of its
 * own location. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_forward_subrequest(ngx_http_request_t *r, ggi_call_t *call);


#endif
