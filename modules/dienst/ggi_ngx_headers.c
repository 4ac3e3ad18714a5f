/* SPDX-License-Identifier: EUPL-1.2 */

/* Request headers: finding them, and making them what the API may see. */

#include "ggi_ngx_headers.h"
#include "ggi_ngx_str.h"

#include "ggi_compat.h"


/* Tells whether a header has one of n names. */
typedef ngx_uint_t (*ggi_header_test_pt)(ngx_table_elt_t *h,
    const ggi_name_t *names, ngx_uint_t n);


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


static ngx_inline ngx_uint_t
ggi_header_exactly(ngx_table_elt_t *h, const ggi_name_t *name)
{
    return h->key.len == name->lowcase.len
           && ngx_memcmp(h->lowcase_key, name->lowcase.data, h->key.len) == 0;
}


/* nginx has made lower case of the letters. */
static ngx_inline ngx_uint_t
ggi_header_alphanumeric(u_char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
}


/*
 * A name with another character in place of a hyphen is the same here: nginx
 * passes it on when it is told to. CGI and WSGI servers cannot tell underscores
 * from hyphens, PHP takes dots for them as well, and some servers (lighttpd) make
 * an underscore of everything but letters and digits. p has as many bytes as the name.
 */
static ngx_uint_t
ggi_header_same(const u_char *p, const ggi_name_t *name)
{
    size_t  i;

    for (i = 0; i < name->lowcase.len; i++) {
        if (p[i] != name->lowcase.data[i]
            && (name->lowcase.data[i] != '-' || ggi_header_alphanumeric(p[i])))
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Returns 1 when a header has a name with other characters than letters and digits before
 * or behind it, 0 otherwise. Some servers take these off, such as a no-break space.
 */
static ngx_uint_t
ggi_header_surrounded(ngx_table_elt_t *h, const ggi_name_t *name)
{
    size_t   before, last;
    u_char  *p;

    p = h->lowcase_key;
    last = h->key.len - 1;

    for (before = 0; before + name->lowcase.len <= h->key.len; before++) {

        while (last >= before + name->lowcase.len && !ggi_header_alphanumeric(p[last])) {
            last--;
        }

        if (last < before + name->lowcase.len && ggi_header_same(p + before, name)) {
            return 1;
        }

        if (ggi_header_alphanumeric(p[before])) {
            return 0;
        }
    }

    return 0;
}


static ngx_inline ngx_uint_t
ggi_header_is(ngx_table_elt_t *h, const ggi_name_t *name)
{
    /* nginx gives up a request that it has no memory for with a header that is not whole */

    if (h->key.len < name->lowcase.len || h->lowcase_key == NULL) {
        return 0;
    }

    if (h->key.len == name->lowcase.len) {
        return ggi_header_exactly(h, name) || ggi_header_same(h->lowcase_key, name);
    }

    return (!ggi_header_alphanumeric(h->lowcase_key[0])
            || !ggi_header_alphanumeric(h->lowcase_key[h->key.len - 1]))
           && ggi_header_surrounded(h, name);
}


/* Returns what a header adds to a filter. */
static ngx_inline ggi_header_filter_t
ggi_header_bits(const ngx_table_elt_t *h)
{
    ngx_str_t  name;

    name.len = h->key.len;
    name.data = h->lowcase_key;

    if (name.data == NULL || name.len == 0) {
        return 0;
    }

    return (ggi_header_alphanumeric(name.data[0])
            && ggi_header_alphanumeric(name.data[name.len - 1]))
           ? ggi_header_bit(&name) : ~(ggi_header_filter_t) 0;
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


static ngx_uint_t
ggi_header_in(ngx_table_elt_t *h, const ggi_name_t *names, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_header_is(h, &names[i])) {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns 1 when a header has one of n names, with another character in place of a
 * hyphen; 0 otherwise.
 */
static ngx_uint_t
ggi_header_misspelt(ngx_table_elt_t *h, const ggi_name_t *names, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_header_is(h, &names[i])) {
            return !ggi_header_exactly(h, &names[i]);
        }
    }

    return 0;
}


ggi_header_filter_t
ggi_header_names_filter(const ggi_name_t *names, ngx_uint_t n)
{
    ngx_uint_t           i;
    ggi_header_filter_t  filter;

    filter = 0;

    for (i = 0; i < n; i++) {
        filter |= ggi_header_bit(&names[i].lowcase);
    }

    return filter;
}


static ngx_uint_t
ggi_header_any(ngx_http_request_t *r, ggi_header_filter_t filter,
    ggi_header_test_pt test, const ggi_name_t *names, ngx_uint_t n)
{
    ngx_table_elt_t    *h;
    ggi_header_walk_t   walk = { &r->headers_in.headers.part, 0 };

    if ((filter & ggi_header_names_filter(names, n)) == 0) {
        return 0;
    }

    while ((h = ggi_header_next(&walk)) != NULL) {
        if (test(h, names, n)) {
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
 * The proxy modules send every element of the list, hash 0 or not, so the
 * list is made anew without the headers. nginx's own pointers into the old
 * list stay valid.
 */
static ngx_int_t
ggi_header_rebuild(ngx_http_request_t *r, ggi_header_test_pt test,
    const ggi_name_t *names, ngx_uint_t n)
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
        if (test(h, names, n)) {
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


ngx_int_t
ggi_header_remove(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *names, ngx_uint_t n)
{
    return ggi_header_any(r, filter, ggi_header_in, names, n)
           ? ggi_header_rebuild(r, ggi_header_in, names, n) : NGX_OK;
}


ngx_int_t
ggi_header_remove_misspelt(ngx_http_request_t *r, ggi_header_filter_t filter,
    const ggi_name_t *names, ngx_uint_t n)
{
    return ggi_header_any(r, filter, ggi_header_misspelt, names, n)
           ? ggi_header_rebuild(r, ggi_header_misspelt, names, n) : NGX_OK;
}


ngx_int_t
ggi_header_own(ngx_http_request_t *r)
{
    return ggi_header_rebuild(r, ggi_header_in, NULL, 0);
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

        if (n && ggi_header_rebuild(r, ggi_header_in, name, 1) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    *filter |= ggi_header_bit(&name->lowcase);

    return ggi_header_add(r, name, value);
}
