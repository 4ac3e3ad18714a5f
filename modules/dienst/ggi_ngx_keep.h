/* SPDX-License-Identifier: EUPL-1.2 */

/* Answers that nginx keeps (proxy_cache and its like), which must not reach another caller. */

#ifndef GGI_NGX_KEEP_H
#define GGI_NGX_KEEP_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Warns of each location with a dienst whose answers nginx keeps without telling
 * callers apart, or whose API gets no header of a call. locations is an array of
 * ggi_dienst_loc_conf_t *. Call it in postconfiguration, when the configuration of all
 * modules has been merged.
 */
void ggi_keep_check(ngx_conf_t *cf, const ngx_array_t *locations);

/*
 * The get_handler of $ggi_cache_key, which tells apart what callers may see. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_cache_key_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


#endif
