/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Tells whether a header of a request has a name. In a header's name every character but
 * letters and digits counts as "-", and as nothing before and behind the name, since an API
 * may not tell them apart.
 */

#ifndef GGI_NGX_HEADER_NAME_H
#define GGI_NGX_HEADER_NAME_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_ngx_name.h"


#define GGI_HEADER_SLOTS  64            /* bits of a filter */

/*
 * What tells at little cost that a request has no header with a name, as is true of nearly
 * all that are looked for: a bit for each name of a header that it has. Names with the
 * same bit are rare. A filter is good for as long as nothing else changes the headers,
 * which may happen wherever another module of nginx runs.
 */
typedef uint64_t  ggi_header_filter_t;

/* A name in a set of them, and the next one that has the same bit. */
typedef struct ggi_named_s {
    ggi_name_t           name;
    struct ggi_named_s  *next;
} ggi_named_t;

/*
 * A set of names of headers, which belongs to a configuration: a request is searched for many
 * names at once by the bits of its headers. One that is zeroed has no names.
 */
typedef struct {
    ggi_header_filter_t  filter;        /* the bits of all names in the set */
    ggi_named_t         *slots[GGI_HEADER_SLOTS];       /* the names with that bit; NULL: none */
} ggi_name_set_t;


/*
 * Returns which bit a name has. Of the characters of a name only letters and digits are as
 * they are in the header: a header whose name begins or ends with another one has all
 * bits.
 */
static ngx_inline ngx_uint_t
ggi_header_slot(const ngx_str_t *lowcase)
{
    ngx_uint_t  last;

    last = lowcase->data[lowcase->len - 1];

    return (lowcase->len + 3 * last) % GGI_HEADER_SLOTS;
}


/* Returns the bit of a name, as a filter. */
static ngx_inline ggi_header_filter_t
ggi_header_bit(const ngx_str_t *lowcase)
{
    return (ggi_header_filter_t) 1 << ggi_header_slot(lowcase);
}


/*
 * Returns the filter of n names of headers: a bit for each, which several names may share.
 * When the filter of a request has none of these bits, the request has no header with one of
 * these names; when it has one, the request is to be searched.
 */
ggi_header_filter_t ggi_header_names_filter(const ggi_name_t *names,
    ngx_uint_t n);

/* Returns 1 when a request may have a header with a name, and 0 when it has none. */
static ngx_inline ngx_uint_t
ggi_header_maybe(ggi_header_filter_t filter, const ggi_name_t *name)
{
    return (filter & ggi_header_bit(&name->lowcase)) != 0;
}


/*
 * Returns 1 when a header has a name, in upper or lower case and with its hyphens, and 0
 * otherwise.
 */
static ngx_inline ngx_uint_t
ggi_header_exactly(const ngx_table_elt_t *h, const ggi_name_t *name)
{
    return h->key.len == name->lowcase.len
           && ngx_memcmp(h->lowcase_key, name->lowcase.data, h->key.len) == 0;
}


/*
 * Returns 1 when a header that is at least as long as a name has that name as an API may read
 * it, and 0 otherwise.
 */
ngx_uint_t ggi_header_alike(const ngx_table_elt_t *h, const ggi_name_t *name);

/*
 * Returns 1 when a header has a name as an API may read it, and 0 otherwise. nginx gives up a
 * request that it has no memory for with a header that is not whole: it has no name.
 */
static ngx_inline ngx_uint_t
ggi_header_is(const ngx_table_elt_t *h, const ggi_name_t *name)
{
    return h->key.len >= name->lowcase.len && h->lowcase_key
           && (ggi_header_exactly(h, name) || ggi_header_alike(h, name));
}


/* Returns 1 when a character, of which nginx has made lower case, is a letter or digit, or 0. */
static ngx_inline ngx_uint_t
ggi_header_alphanumeric(u_char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
}


/* Returns 1 when the name of a header begins and ends with a letter or digit, 0 otherwise. */
static ngx_inline ngx_uint_t
ggi_header_bare(const ngx_table_elt_t *h)
{
    return ggi_header_alphanumeric(h->lowcase_key[0])
           && ggi_header_alphanumeric(h->lowcase_key[h->key.len - 1]);
}


/*
 * Returns the bits of a header, of which the filter of a request is made: that of its name, or
 * all of them where characters before or behind the name may count as nothing.
 */
static ngx_inline ggi_header_filter_t
ggi_header_bits(const ngx_table_elt_t *h)
{
    ngx_str_t  name;

    name.len = h->key.len;
    name.data = h->lowcase_key;

    if (name.data == NULL || name.len == 0) {
        return 0;
    }

    return ggi_header_bare(h) ? ggi_header_bit(&name) : ~(ggi_header_filter_t) 0;
}


/*
 * Adds a copy of a name to a set, in memory of pool, unless a name of that header is in it.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_name_set_add(ngx_pool_t *pool, ggi_name_set_t *set, const ggi_name_t *name);

/*
 * Returns 1 when a header, which has bits of the filter of a set of names, has one of these
 * names, and 0 otherwise.
 */
ngx_uint_t ggi_name_set_has(const ggi_name_set_t *set, const ngx_table_elt_t *h);


#endif
