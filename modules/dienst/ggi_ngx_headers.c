/* SPDX-License-Identifier: EUPL-1.2 */

/* Request headers: finding them, and making them what the API may see. */

#include "ggi_ngx_headers.h"
#include "ggi_ngx_str.h"

#include "ggi_compat.h"


/* Headers of a request: those that have a bit of the filter, and pass a test by names. */
typedef struct ggi_header_choice_s  ggi_header_choice_t;

struct ggi_header_choice_s {
    ngx_uint_t          (*test)(ngx_table_elt_t *h, const ggi_header_choice_t *choice);
    ggi_header_filter_t  filter;
    const ggi_name_t    *names;         /* n names in a row, or NULL: a set of them */
    ngx_uint_t           n;
    const ggi_name_set_t *set;
};


/* A walk through a list of headers: { &list.part, 0 } stands before the first. */
typedef struct {
    ngx_list_part_t  *part;
    ngx_uint_t        i;                /* of the next header in its part */
} ggi_header_walk_t;


/* Returns the next header of a walk, or NULL after the last. */
static ngx_inline ngx_table_elt_t *
ggi_header_next(ggi_header_walk_t *walk)
{
    ngx_table_elt_t  *h;

    while (walk->part && walk->i == walk->part->nelts) {
        walk->part = walk->part->next;
        walk->i = 0;
    }

    if (walk->part == NULL) {
        return NULL;
    }

    h = walk->part->elts;

    return &h[walk->i++];
}


ggi_header_filter_t
ggi_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t            i;
    ngx_list_part_t      *part;
    ngx_table_elt_t      *h;
    ggi_header_filter_t   filter;

    filter = 0;

    for (part = &r->headers_in.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            filter |= ggi_header_bits(&h[i]);
        }
    }

    return filter;
}


/* Returns 1 when a header has one of the names in a row of a choice, 0 otherwise. */
static ngx_uint_t
ggi_header_in(ngx_table_elt_t *h, const ggi_header_choice_t *choice)
{
    ngx_uint_t  i;

    for (i = 0; i < choice->n; i++) {
        if (ggi_header_is(h, &choice->names[i])) {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns 1 when a header has one of the names in a row of a choice, with another character
 * in place of a hyphen; 0 otherwise.
 */
static ngx_uint_t
ggi_header_misspelt(ngx_table_elt_t *h, const ggi_header_choice_t *choice)
{
    ngx_uint_t  i;

    for (i = 0; i < choice->n; i++) {
        if (ggi_header_is(h, &choice->names[i])) {
            return !ggi_header_exactly(h, &choice->names[i]);
        }
    }

    return 0;
}


/* Returns 1 when a header has one of the names in the set of a choice, 0 otherwise. */
static ngx_uint_t
ggi_header_of_set(ngx_table_elt_t *h, const ggi_header_choice_t *choice)
{
    return ggi_name_set_has(choice->set, h);
}


/* Returns 1 when a header is one of a choice, 0 otherwise. */
static ngx_inline ngx_uint_t
ggi_header_chosen(ngx_table_elt_t *h, const ggi_header_choice_t *choice)
{
    return (ggi_header_bits(h) & choice->filter) && choice->test(h, choice);
}


/* Returns 1 when a request has a header of a choice, 0 otherwise. */
static ngx_uint_t
ggi_header_any(ngx_http_request_t *r, const ggi_header_choice_t *choice)
{
    ngx_table_elt_t    *h;
    ggi_header_walk_t   walk = { &r->headers_in.headers.part, 0 };

    while ((h = ggi_header_next(&walk)) != NULL) {
        if (ggi_header_chosen(h, choice)) {
            return 1;
        }
    }

    return 0;
}


void
ggi_header_trim_value(ngx_str_t *value)
{
    ggi_str_t  text;

    text = ggi_str_trim(ggi_from_ngx_str(*value));
    value->data += text.data - (char *) value->data;
    value->len = text.len;
}


void
ggi_headers_trim(ngx_http_request_t *r)
{
    ngx_table_elt_t    *h;
    ggi_header_walk_t   walk = { &r->headers_in.headers.part, 0 };

    while ((h = ggi_header_next(&walk)) != NULL) {
        ggi_header_trim(h);
    }
}


ngx_table_elt_t *
ggi_header_find(ngx_http_request_t *r, const ggi_name_t *name,
    ngx_uint_t *count)
{
    ngx_uint_t          n;
    ngx_table_elt_t    *h, *first;
    ggi_header_walk_t   walk = { &r->headers_in.headers.part, 0 };

    n = 0;
    first = NULL;

    while ((h = ggi_header_next(&walk)) != NULL) {
        if (ggi_header_is(h, name)) {
            ggi_header_trim(h);

            if (n++ == 0) {
                first = h;
            }
        }
    }

    if (count) {
        *count = n;
    }

    return first;
}


ggi_str_t
ggi_header_list_value(ngx_http_request_t *r, const ggi_name_t *name)
{
    u_char             *p;
    size_t              len;
    ggi_str_t           value = ggi_str("");
    ngx_uint_t          n;
    ngx_table_elt_t    *h;
    ggi_header_walk_t   sizes = { &r->headers_in.headers.part, 0 };
    ggi_header_walk_t   values = sizes;

    h = ggi_header_find(r, name, &n);

    if (n <= 1) {
        return h ? ggi_from_ngx_str(h->value) : value;
    }

    len = 0;

    while ((h = ggi_header_next(&sizes)) != NULL) {
        len += ggi_header_is(h, name) ? h->value.len + 1 : 0;
    }

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return value;
    }

    value.data = (const char *) p;
    value.len = len - 1;

    while ((h = ggi_header_next(&values)) != NULL) {
        if (ggi_header_is(h, name)) {
            p = ngx_cpymem(p, h->value.data, h->value.len);
            *p++ = ',';
        }
    }

    return value;
}


ngx_uint_t
ggi_header_list(ngx_http_request_t *r)
{
    return r->headers_in.headers.part.elts != NULL;
}


/*
 * Makes the list of headers anew, without those of a choice. The proxy modules send every
 * element of the list, hash 0 or not. nginx's own pointers into the old list stay valid.
 */
static ngx_int_t
ggi_header_rebuild(ngx_http_request_t *r, const ggi_header_choice_t *choice)
{
    ngx_list_t          old = r->headers_in.headers;
    ngx_table_elt_t    *h, *copy;
    ggi_header_walk_t   walk = { &old.part, 0 };

    if (ngx_list_init(&r->headers_in.headers, r->pool, 20,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    while ((h = ggi_header_next(&walk)) != NULL) {
        if (ggi_header_chosen(h, choice)) {
            continue;
        }

        copy = ngx_list_push(&r->headers_in.headers);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = *h;
    }

    return NGX_OK;
}


/* Removes the headers of a choice. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_header_drop(ngx_http_request_t *r, const ggi_header_choice_t *choice)
{
    return (choice->filter && ggi_header_any(r, choice))
           ? ggi_header_rebuild(r, choice) : NGX_OK;
}


ngx_int_t
ggi_header_remove(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *names, ngx_uint_t n)
{
    const ggi_header_choice_t  choice = { ggi_header_in, filter, names, n, NULL };

    return ggi_header_drop(r, &choice);
}


ngx_int_t
ggi_header_remove_all(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_set_t *set)
{
    const ggi_header_choice_t  choice = {
        ggi_header_of_set, filter & set->filter, NULL, 0, set
    };

    return ggi_header_drop(r, &choice);
}


ngx_int_t
ggi_header_remove_misspelt(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *names, ngx_uint_t n)
{
    const ggi_header_choice_t  choice = { ggi_header_misspelt, filter, names, n, NULL };

    return ggi_header_drop(r, &choice);
}


ngx_int_t
ggi_header_own(ngx_http_request_t *r)
{
    const ggi_header_choice_t  none = { ggi_header_in, 0, NULL, 0, NULL };

    return ggi_header_rebuild(r, &none);
}


/* Adds a header to those of a request. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_header_add(ngx_http_request_t *r, ggi_name_t *name, ggi_str_t value)
{
    ngx_table_elt_t  *h;

    if (name->hash == 0) {
        name->hash = ngx_hash_key(name->lowcase.data, name->lowcase.len);
    }

    if (!ggi_header_list(r)
        && ngx_list_init(&r->headers_in.headers, r->pool, 20,
                         sizeof(ngx_table_elt_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->key = name->key;
    h->value = ggi_to_ngx_str(value);
    h->lowcase_key = name->lowcase.data;
    h->hash = name->hash;               /* proxy_set_header looks it up */
    ggi_header_unlink(h);

    return NGX_OK;
}


ngx_int_t
ggi_header_set(ngx_http_request_t *r, ggi_header_filter_t *filter,
    ggi_name_t *name, ggi_str_t value)
{
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    if (ggi_header_maybe(*filter, name)) {
        h = ggi_header_find(r, name, &n);

        if (n == 1 && ggi_header_exactly(h, name)) {
            h->value = ggi_to_ngx_str(value);
            return NGX_OK;
        }

        if (n && ggi_header_remove_one(r, *filter, name) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    *filter |= ggi_header_bit(&name->lowcase);

    return ggi_header_add(r, name, value);
}
