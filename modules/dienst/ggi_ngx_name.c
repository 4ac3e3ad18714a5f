/* SPDX-License-Identifier: EUPL-1.2 */

/* The name of a header. */

#include "ggi_ngx_name.h"
#include "ggi_ngx_str.h"


ngx_uint_t
ggi_name_is(const ggi_name_t *name, const ggi_name_t *other)
{
    return ggi_str_eq(ggi_from_ngx_str(name->lowcase),
                      ggi_from_ngx_str(other->lowcase));
}
