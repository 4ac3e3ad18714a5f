/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How a request came to where it is: whether nginx accepted it, and for which
 * error it was taken to an error page.
 */

#ifndef GGI_NGX_ENTRY_H
#define GGI_NGX_ENTRY_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * The handler of the POST_READ phase, which nginx runs for requests that it
 * accepts: remembers that of each request to a server with a dienst, and trims
 * its headers. Returns NGX_DECLINED, or 500 without memory.
 */
ngx_int_t ggi_entry_handler(ngx_http_request_t *r);

/*
 * Remembers that a request is answered outside of a dienst, and is no call.
 * Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_entry_plain(ngx_http_request_t *r);

/* Tells whether ggi_entry_plain() has said so of a request. */
ngx_uint_t ggi_entry_is_plain(ngx_http_request_t *r);

/*
 * Remembers the status for which an error page is about to be followed. Call it while
 * the request is still where the error was.
 */
void ggi_entry_page(ngx_http_request_t *r, ngx_int_t status);

/*
 * Returns the status with which nginx gave up a request: the one that is given,
 * or with 0 that of its error page, which the page may have replaced, or else
 * that of the answer. 494 to 497 give 400, which nginx answers for them. 0: there
 * is no answer.
 */
ngx_int_t ggi_entry_status(ngx_http_request_t *r, ngx_int_t status);

/*
 * Returns 1 when nginx rejected a request that has no call, so that no dienst may let
 * it through; 0 otherwise.
 */
ngx_uint_t ggi_entry_rejected(ngx_http_request_t *r);

/*
 * Tells whether nginx gave up a request before a gate could judge it, in a dienst
 * or before it was known where.
 */
ngx_uint_t ggi_entry_given_up(ngx_http_request_t *r);

/* Tells whether nginx has read a part of the request's body and will not read the rest. */
ngx_uint_t ggi_entry_body_lost(ngx_http_request_t *r);

/* Tells whether no location has been looked for yet. */
ngx_uint_t ggi_before_locations(ngx_http_request_t *r);


#endif
