/* SPDX-License-Identifier: EUPL-1.2 */

/* The target of a request, made of what was judged. */

#include "ggi_ngx_uri.h"


ngx_int_t
ggi_uri_write(ngx_http_request_t *r, ngx_str_t *uri)
{
    u_char     *p;
    size_t      len;
    uintptr_t   escape;

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    len = r->uri.len + escape + (r->args.len ? r->args.len + 1 : 0);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    uri->data = p;
    uri->len = len;

    if (escape) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, r->uri.len,
                                      NGX_ESCAPE_URI);
    } else if (r->uri.len) {
        /* nginx rejects a request line that it cannot read without a path */
        p = ngx_cpymem(p, r->uri.data, r->uri.len);
    }

    if (r->args.len) {
        *p++ = '?';
        ngx_memcpy(p, r->args.data, r->args.len);
    }

    return NGX_OK;
}
