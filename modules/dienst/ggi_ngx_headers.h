/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The headers of a request: finding them, and making them what the API may see.
 * Every gate reads headers by these functions, so that a header means the same
 * over each version of HTTP.
 */

#ifndef GGI_NGX_HEADERS_H
#define GGI_NGX_HEADERS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_header_name.h"
#include "ggi_str.h"


/*
 * Returns the filter of the request's headers as they are now, with which ggi_header_bit() is
 * compared. It has to be made anew when headers have changed.
 */
ggi_header_filter_t ggi_header_filter(ngx_http_request_t *r);

/*
 * Returns the first request header with a name, or NULL when there is none. Sets
 * *count, unless count is NULL, to the number of such headers. Removes blanks and tabs
 * around the values of all of them, also for the API. The header lives as long as the
 * request.
 */
ngx_table_elt_t *ggi_header_find(ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t *count);

/*
 * Finds a header as ggi_header_find() does, without a search when filter, that of the
 * request's headers, says that there is none. Returns the first header, or NULL when there is
 * none, and sets *count, which may not be NULL here.
 */
static ngx_inline ngx_table_elt_t *
ggi_header_find_if(ggi_header_filter_t filter, ngx_http_request_t *r,
    const ggi_name_t *name, ngx_uint_t *count)
{
    *count = 0;

    return ggi_header_maybe(filter, name) ? ggi_header_find(r, name, count) : NULL;
}


/*
 * Returns the value of a header that is a list, such as Accept: the values of all
 * headers with the name, joined by commas (RFC 9110, section 5.3). Returns "" when
 * there is none or no memory. A joined value belongs to the request's pool.
 */
ggi_str_t ggi_header_list_value(ngx_http_request_t *r, const ggi_name_t *name);

/*
 * Removes blanks and tabs around a value that does not begin and end with a printable
 * character. Returns nothing; value is changed, not what it points to.
 */
void ggi_header_trim_value(ngx_str_t *value);

/*
 * Removes blanks and tabs around the value of a header, in the header itself, so that the
 * API gets what is judged (RFC 9110, 5.6.3: optional white space). nginx takes only blanks
 * off over HTTP/1.1, and nothing over HTTP/2 and HTTP/3.
 */
static ngx_inline void
ggi_header_trim(ngx_table_elt_t *h)
{
    if (h->value.len
        && (h->value.data[0] <= ' ' || h->value.data[h->value.len - 1] <= ' '))
    {
        ggi_header_trim_value(&h->value);
    }
}


/*
 * Removes blanks and tabs around the value of every header of a request, so that
 * whatever reads one from then on ("if", "map", a gate, the API) gets the value that is
 * judged.
 */
void ggi_headers_trim(ngx_http_request_t *r);

/*
 * Sets a request header, so that the API gets exactly one with this name, whatever the
 * caller sent, and adds it to the filter of the request's headers. value has to live as
 * long as the request. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_header_set(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_name_t *name, ggi_str_t value);

/*
 * Removes from the request every header with one of the n names, so that the API does
 * not get it; filter has the bits that both the filter of the request's headers and that of
 * the names have, and nothing is done when it has none. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_header_remove(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *names, ngx_uint_t n);

/*
 * Removes from the request every header with one of the names of a set, so that the API does
 * not get it; filter is that of the request's headers. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
ngx_int_t ggi_header_remove_all(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_set_t *set);

/*
 * Removes from the request every header with a name, as ggi_header_remove() does; filter is
 * that of the request's headers. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_inline ngx_int_t
ggi_header_remove_one(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *name)
{
    filter &= ggi_header_bit(&name->lowcase);

    return filter ? ggi_header_remove(r, filter, name, 1) : NGX_OK;
}

/*
 * Removes from the request every header with one of the n names in which another
 * character stands in place of a hyphen, and leaves those that are spelled like the
 * name; filter has the bits that both the filter of the request's headers and that of the
 * names have. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_header_remove_misspelt(ngx_http_request_t *r,
    ggi_header_filter_t filter, const ggi_name_t *names, ngx_uint_t n);

/*
 * Gives a subrequest a list of request headers of its own. Without, it shares the list
 * of its parent, which must not be changed through a copy. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
ngx_int_t ggi_header_own(ngx_http_request_t *r);

/*
 * Returns 1 when nginx has made the list of a request's headers, 0 otherwise. It makes
 * none for HTTP/0.9, nor for a request line that it cannot read.
 */
ngx_uint_t ggi_header_list(ngx_http_request_t *r);


#endif
