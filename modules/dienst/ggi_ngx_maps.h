/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The variables of "map" and "split_clients", which keep what they gave. One that was read
 * before its request was redirected to a dienst holds what it made of $ggi_oin and the
 * like by then.
 */

#ifndef GGI_NGX_MAPS_H
#define GGI_NGX_MAPS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Finds out, in postconfiguration, by which functions nginx computes the variables of
 * "map" and "split_clients". Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_maps_init(ngx_conf_t *cf);

/*
 * Notes which of the variables of a configuration are made by "map" or "split_clients".
 * variables has all of them by index, as ngx_http_variable_t. Call it after
 * ggi_maps_init(), when nginx has given each variable its index. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_maps_index(ngx_cycle_t *cycle, const ngx_array_t *variables);

/*
 * Forgets what the variables of "map" and "split_clients" gave to a request, so that they
 * are computed anew when it reads them again.
 */
void ggi_maps_forget(ngx_http_request_t *r);


#endif
