/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_value.h"

#include "ggi_ngx_str.h"
#include "ggi_value.h"


/* Reads a value that is not UTF-8 as ISO-8859-1. Returns what ggi_value_read() does. */
static ngx_int_t
ggi_value_latin1(ngx_http_request_t *r, ggi_str_t sent, ggi_str_t *value)
{
    char  *p;

    if (!ggi_value_is_latin1(sent)) {
        return NGX_DECLINED;
    }

    p = ngx_pnalloc(r->pool, 2 * sent.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value->data = p;
    value->len = ggi_value_from_latin1(p, sent);

    return NGX_OK;
}


ngx_int_t
ggi_value_read(ngx_http_request_t *r, ggi_str_t sent, ngx_uint_t free_text,
    ggi_str_t *value)
{
    if (ggi_value_well_formed(sent)) {
        *value = sent;
        return NGX_OK;
    }

    return free_text ? ggi_value_latin1(r, sent, value) : NGX_DECLINED;
}


ngx_int_t
ggi_header_value(ngx_http_request_t *r, const ggi_name_t *name,
    ngx_uint_t free_text, ggi_str_t *value)
{
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    h = ggi_header_find(r, name, &n);

    if (h == NULL) {
        return NGX_OK;
    }

    return (n == 1) ? ggi_value_read(r, ggi_from_ngx_str(h->value), free_text, value)
                    : NGX_DECLINED;
}
