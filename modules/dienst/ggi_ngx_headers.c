/* SPDX-License-Identifier: EUPL-1.2 */

/* Request headers: finding them, and making them what the API may see. */

#include "ggi_call.h"
#include "ggi_compat.h"


static ngx_inline ngx_uint_t
ggi_header_is(ngx_table_elt_t *h, ngx_str_t *name)
{
    return h->key.len == name->len
           && ngx_strncmp(h->lowcase_key, name->data, name->len) == 0;
}


ngx_table_elt_t *
ggi_header_find(ngx_http_request_t *r, ngx_str_t *name, ngx_uint_t *count)
{
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *first;

    n = 0;
    first = NULL;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_header_is(&h[i], name)) {
                if (n++ == 0) {
                    first = &h[i];
                }
            }
        }
    }

    if (count) {
        *count = n;
    }

    return first;
}


/*
 * The proxy modules send every element of the list, hash 0 or not, so the
 * list is made anew without the header. nginx's own pointers into the old
 * list stay valid.
 */
ngx_int_t
ggi_header_remove(ngx_http_request_t *r, ngx_str_t *name)
{
    ngx_list_t        old;
    ngx_uint_t        i, n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *h, *copy;

    if (ggi_header_find(r, name, &n) == NULL) {
        return NGX_OK;
    }

    old = r->headers_in.headers;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 20,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (part = &old.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_header_is(&h[i], name)) {
                continue;
            }

            copy = ngx_list_push(&r->headers_in.headers);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            *copy = h[i];
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_header_set(ngx_http_request_t *r, ngx_str_t *key, ngx_str_t *name,
    ngx_str_t *value)
{
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    h = ggi_header_find(r, name, &n);

    if (n == 1) {
        h->value = *value;
        return NGX_OK;
    }

    if (ggi_header_remove(r, name) != NGX_OK) {
        return NGX_ERROR;
    }

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->key = *key;
    h->value = *value;
    h->lowcase_key = name->data;
    h->hash = ngx_hash_key(name->data, name->len);      /* proxy_set_header looks it up */
    ggi_header_unlink(h);

    return NGX_OK;
}
