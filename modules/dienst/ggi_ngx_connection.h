/* SPDX-License-Identifier: EUPL-1.2 */

/* The headers Connection and Upgrade, with which a caller could change what the API gets. */

#ifndef GGI_NGX_CONNECTION_H
#define GGI_NGX_CONNECTION_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_headers.h"


/*
 * Returns 1 when the call's request to switch protocols is passed on to the API by the
 * rules of its location, 0 otherwise. An upgrade to HTTP/2 is never passed on, since
 * nothing would judge the calls in that tunnel. Nor are several Upgrade headers, of
 * which servers take the first, the last or all.
 */
ngx_uint_t ggi_connection_may_upgrade(ngx_http_request_t *r);

/*
 * Returns the value of the header Connection with which the API gets a request, a constant:
 * those of the options that the caller sent and that the API may have. It is empty when the API
 * gets no such header.
 */
ggi_str_t ggi_connection_value(ngx_http_request_t *r);

/*
 * Removes from the request's Upgrade and Connection headers what could change what the
 * API gets: an upgrade, unless the location allows it, and names of other headers. filter
 * is that of the request's headers. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_connection_forward(ngx_http_request_t *r,
    ggi_header_filter_t *filter);

/*
 * Checks the header of the API's answer before the caller gets it. Returns NGX_OK, or
 * the HTTP status to answer with instead when the API switched protocols where it must
 * not, or sent no status line.
 */
ngx_int_t ggi_connection_answer(ngx_http_request_t *r, ggi_call_t *call);


#endif
