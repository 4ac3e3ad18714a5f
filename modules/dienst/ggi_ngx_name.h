/* SPDX-License-Identifier: EUPL-1.2 */

/* The name of a header, prepared once so that a request can be searched for it quickly. */

#ifndef GGI_NGX_NAME_H
#define GGI_NGX_NAME_H

#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_str_t   key;                    /* as it is written */
    ngx_str_t   lowcase;                /* in lower case */
    ngx_uint_t  hash;                   /* nginx's hash of lowcase; 0: computed when needed */
    u_char     *file;                   /* place of its directive; NULL: it is the default */
    ngx_uint_t  line;
} ggi_name_t;

#define ggi_name(key, lowcase)  { ngx_string(key), ngx_string(lowcase), 0, NULL, 0 }

/*
 * Merges a name in a configuration: takes the parent's name, or the default, where the
 * child has none.
 */
#define ggi_name_merge(conf, prev, default)                                    \
    if ((conf).key.data == NULL) {                                             \
        (conf) = (prev).key.data ? (prev) : (default);                         \
    }


/*
 * Returns 1 when two names are those of one header, which differ at most in upper and
 * lower case; 0 otherwise.
 */
ngx_uint_t ggi_name_is(const ggi_name_t *name, const ggi_name_t *other);

/*
 * Adds a copy of a name to an array of ggi_name_t, unless a name of that header is there.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_names_add(ngx_array_t *names, const ggi_name_t *name);


#endif
