/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the values by which a call says who it is of and what it is for. */

#ifndef GGI_NGX_VALUE_H
#define GGI_NGX_VALUE_H

#include "ggi_ngx_headers.h"


/*
 * Judges the value that a header was sent with. Sets value to it; with free_text 1, a value
 * that is not UTF-8 is taken for ISO-8859-1, and value is set to its UTF-8 in the request's
 * pool. Returns NGX_OK, NGX_DECLINED when the value is malformed (ggi_value.h), or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_value_read(ngx_http_request_t *r, ggi_str_t sent,
    ngx_uint_t free_text, ggi_str_t *value);

/*
 * Reads the value of a header as ggi_value_read() does, and leaves value as it is when
 * the header is absent. The API gets the bytes as they were sent. Returns NGX_OK,
 * NGX_DECLINED when the value is malformed or the header was sent more than once, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_header_value(ngx_http_request_t *r, const ggi_name_t *name,
    ngx_uint_t free_text, ggi_str_t *value);

/*
 * Reads the value of a header as ggi_header_value() does, without a search when filter, that
 * of the request's headers, says that there is none. Returns as ggi_header_value() does,
 * NGX_OK for an absent header.
 */
static ngx_inline ngx_int_t
ggi_header_value_if(ggi_header_filter_t filter, ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t free_text, ggi_str_t *value)
{
    return ggi_header_maybe(filter, name) ? ggi_header_value(r, name, free_text, value)
                                          : NGX_OK;
}


#endif
