/* SPDX-License-Identifier: EUPL-1.2 */

/* Which requests APIs got for a call, and whether its caller got the answer of a cache instead. */

#ifndef GGI_NGX_UPSTREAMS_H
#define GGI_NGX_UPSTREAMS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_record_completion.h"


/*
 * Adds to the completion of a call, whose main request is r, the requests that APIs
 * got for it and for its subrequests, and whether a cache answered. The strings live
 * as long as the request. Call in the LOG phase, or when the worker ends.
 */
void ggi_upstreams_find(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion);

/*
 * Fills the completion of r, a subrequest that updated a cache in the background after its
 * call: which servers were asked, and for how long. Returns the status of the API; or that of
 * nginx when no API answered.
 */
int ggi_upstreams_update(ngx_http_request_t *r, ggi_completion_t *completion);


#endif
