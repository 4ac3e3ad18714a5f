/* SPDX-License-Identifier: EUPL-1.2 */

/* The name of a header. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_name.h"
#include "ggi_ngx_str.h"


ngx_uint_t
ggi_name_is(const ggi_name_t *name, const ggi_name_t *other)
{
    return ggi_str_eq(ggi_from_ngx_str(name->lowcase),
                      ggi_from_ngx_str(other->lowcase));
}


ngx_int_t
ggi_names_add(ngx_array_t *names, const ggi_name_t *name)
{
    ngx_uint_t   i;
    ggi_name_t  *known;

    known = names->elts;

    for (i = 0; i < names->nelts; i++) {
        if (ggi_name_is(&known[i], name)) {
            return NGX_OK;
        }
    }

    return ggi_array_add(names, name);
}
