/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The headers of a request: finding them, and making them what the API may see.
 * Every gate reads headers by these functions, so that a header means the same
 * over each version of HTTP. In a header's name "_" and "." count as "-".
 */

#ifndef GGI_NGX_HEADERS_H
#define GGI_NGX_HEADERS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_name.h"
#include "ggi_str.h"


/*
 * Returns the first request header of a name, or NULL. Sets count, unless it is
 * NULL, to how many there are. Takes blanks and tabs round the values of all of
 * them off, for the API too. The header lives as long as the request.
 */
ngx_table_elt_t *ggi_header_find(ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t *count);

/*
 * Returns the value of a header that is a list, such as Accept: that of all
 * headers of the name, with commas between them (RFC 9110, 5.3). "" when there
 * is none, or no memory. Where there are several, it is of the request's pool.
 */
ggi_str_t ggi_header_list_value(ngx_http_request_t *r, const ggi_name_t *name);

/*
 * Takes blanks and tabs round the value of a header off. For a header that nginx
 * itself has found, such as r->headers_in.content_type.
 */
void ggi_header_trim(ngx_table_elt_t *h);

/*
 * Takes blanks and tabs round the value off every header of a request, so that
 * whatever reads one from then on ("if", "map", a gate, the API) gets the value
 * that is judged.
 */
void ggi_headers_trim(ngx_http_request_t *r);

/*
 * Gives the API exactly one header of this name, whatever the caller sent. The
 * value must live as long as the request. Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_header_set(ngx_http_request_t *r, ggi_name_t *name,
    ggi_str_t value);

/* Keeps every header with one of n names from the API. Returns NGX_ERROR without memory. */
ngx_int_t ggi_header_remove(ngx_http_request_t *r, const ggi_name_t *names,
    ngx_uint_t n);

/*
 * Keeps from the API every header that has one of n names with another character in
 * place of a hyphen, and leaves those that are spelled as the name. Returns NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_header_remove_misspelt(ngx_http_request_t *r,
    const ggi_name_t *names, ngx_uint_t n);

/*
 * Gives a subrequest a list of request headers of its own. It shares the one of
 * its parent otherwise, which must not be added to through a copy. Returns
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_header_own(ngx_http_request_t *r);

/*
 * Tells whether nginx has made a list of the request's headers. It makes none for
 * HTTP/0.9, nor for a request line that it cannot read.
 */
ngx_uint_t ggi_header_list(ngx_http_request_t *r);


#endif
