/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_header_name.h"


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
ggi_header_surrounded(const ngx_table_elt_t *h, const ggi_name_t *name)
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


ngx_uint_t
ggi_header_alike(const ngx_table_elt_t *h, const ggi_name_t *name)
{
    return (h->key.len == name->lowcase.len)
           ? ggi_header_same(h->lowcase_key, name)
           : !ggi_header_bare(h) && ggi_header_surrounded(h, name);
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


/* Returns 1 when a header has one of the names in a slot of a set, 0 otherwise. */
static ngx_uint_t
ggi_name_slot_has(const ggi_name_set_t *set, ngx_uint_t slot, const ngx_table_elt_t *h)
{
    const ggi_named_t  *named;

    named = set->slots[slot];

    while (named && !ggi_header_is(h, &named->name)) {
        named = named->next;
    }

    return named != NULL;
}


ngx_uint_t
ggi_name_set_has(const ggi_name_set_t *set, const ngx_table_elt_t *h)
{
    ngx_str_t   name;
    ngx_uint_t  slot;

    name.len = h->key.len;
    name.data = h->lowcase_key;

    if (ggi_header_bare(h)) {
        return ggi_name_slot_has(set, ggi_header_slot(&name), h);
    }

    slot = 0;

    while (slot < GGI_HEADER_SLOTS && !ggi_name_slot_has(set, slot, h)) {
        slot++;
    }

    return slot < GGI_HEADER_SLOTS;
}


ngx_int_t
ggi_name_set_add(ngx_pool_t *pool, ggi_name_set_t *set, const ggi_name_t *name)
{
    ggi_named_t  *named, **slot;

    slot = &set->slots[ggi_header_slot(&name->lowcase)];

    for (named = *slot; named; named = named->next) {
        if (ggi_name_is(&named->name, name)) {
            return NGX_OK;
        }
    }

    named = ngx_palloc(pool, sizeof(ggi_named_t));
    if (named == NULL) {
        return NGX_ERROR;
    }

    named->name = *name;
    named->next = *slot;
    *slot = named;
    set->filter |= ggi_header_bit(&name->lowcase);

    return NGX_OK;
}
