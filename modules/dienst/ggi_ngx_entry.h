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
 * The handler of the POST_READ phase, which nginx runs only for requests that it
 * accepts. Marks each request to a server with a dienst as accepted, and removes the
 * blanks around its headers. Returns NGX_DECLINED, or 500 without memory.
 */
ngx_int_t ggi_entry_handler(ngx_http_request_t *r);

/*
 * Marks a request as one that is answered outside of a dienst, so that it is no call.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_entry_plain(ngx_http_request_t *r);

/* Returns 1 when ggi_entry_plain() has marked a request, 0 otherwise. */
ngx_uint_t ggi_entry_is_plain(ngx_http_request_t *r);

/*
 * Remembers the status for which an error page is about to be followed. Call it while
 * the request is still where the error was.
 */
void ggi_entry_page(ngx_http_request_t *r, ngx_int_t status);

/*
 * Returns the HTTP status with which nginx gave up a request, or 0 when there is no
 * answer. It is status itself unless that is 0; otherwise that of the error for which
 * an error page was followed, which the page may have replaced; otherwise that of the
 * answer. 494 to 497 become 400, with which nginx answers them.
 */
ngx_int_t ggi_entry_status(ngx_http_request_t *r, ngx_int_t status);

/*
 * Returns 1 when nginx rejected a request that has no call, so that no dienst may let
 * it through; 0 otherwise.
 */
ngx_uint_t ggi_entry_rejected(ngx_http_request_t *r);

/*
 * Returns 1 when nginx gave up a request before a gate could judge it, in a dienst or
 * before its location was known; 0 otherwise.
 */
ngx_uint_t ggi_entry_given_up(ngx_http_request_t *r);

/*
 * Returns 1 when nginx has read a part of the request's body and will not read the
 * rest, 0 otherwise.
 */
ngx_uint_t ggi_entry_body_lost(ngx_http_request_t *r);

/* Returns 1 when nginx has not looked for the location of a request yet, 0 otherwise. */
ngx_uint_t ggi_before_locations(ngx_http_request_t *r);


#endif
