/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The error pages of servers with a dienst, which remember the error that they
 * were followed for: "error_page 400 = ..." wipes the status.
 */

#ifndef GGI_NGX_PAGES_H
#define GGI_NGX_PAGES_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Initialises the list of blocks with error pages, an array of ggi_pages_t. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_pages_create(ngx_conf_t *cf, ngx_array_t *all);

/*
 * Adds the error pages of the block that is being merged to the list. Returns NGX_OK,
 * or NGX_ERROR without memory.
 */
ngx_int_t ggi_pages_collect(ngx_conf_t *cf, ngx_array_t *all);

/*
 * Has the error pages in the list that belong to servers with a dienst remember the
 * error for which they are followed. Call it in postconfiguration, when it is known
 * which servers have one. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_pages_init(ngx_conf_t *cf, ngx_array_t *all);


#endif
