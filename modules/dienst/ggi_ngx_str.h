/* SPDX-License-Identifier: EUPL-1.2 */

/* Converts between the strings of nginx and those of the nginx-free files. No bytes are copied. */

#ifndef GGI_NGX_STR_H
#define GGI_NGX_STR_H

#include <ngx_config.h>
#include <ngx_core.h>

#include "ggi_str.h"


/* Returns a string of the nginx-free code as one of nginx. Both have the same bytes. */
static inline ngx_str_t
ggi_to_ngx_str(ggi_str_t str)
{
    ngx_str_t  s;

    s.len = str.len;
    s.data = (u_char *) str.data;

    return s;
}


/* Returns a string of nginx as one of the nginx-free code. Both have the same bytes. */
static inline ggi_str_t
ggi_from_ngx_str(ngx_str_t str)
{
    ggi_str_t  s;

    s.len = str.len;
    s.data = (const char *) str.data;

    return s;
}


#endif
