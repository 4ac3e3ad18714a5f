/* SPDX-License-Identifier: EUPL-1.2 */

/* The headers Connection and Upgrade, with which a caller could change what the API gets. */

#ifndef GGI_NGX_CONNECTION_H
#define GGI_NGX_CONNECTION_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"


/*
 * Tells whether the call's request for another protocol goes on to the API by
 * the rules of the location that it is in. An upgrade to HTTP/2 does not, since
 * on that tunnel there would be calls that nothing judges; nor do several
 * headers Upgrade, of which servers take the first, the last or all.
 */
ngx_uint_t ggi_connection_may_upgrade(ngx_http_request_t *r);

/*
 * Returns what the API gets of the values of Connection, a constant; "" means no such
 * header.
 */
ggi_str_t ggi_connection_value(ngx_http_request_t *r);

/*
 * Takes out of the request's Upgrade and Connection what could change what the
 * API gets of the call: an upgrade, unless the location allows it, and names of
 * headers. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_connection_forward(ngx_http_request_t *r);

/*
 * Looks at the head of an answer before the caller gets it. Returns NGX_OK; or
 * the status to answer instead, when the API switched protocols where it must
 * not.
 */
ngx_int_t ggi_connection_answer(ngx_http_request_t *r, ggi_call_t *call);


#endif
