/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What "if", "set", "rewrite" and "return" of a block do, as far as nginx -t can tell: they
 * run before the gates.
 */

#ifndef GGI_NGX_REWRITES_H
#define GGI_NGX_REWRITES_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Returns the status with which a block answers every request that comes to it, since it
 * has a "return" that stands in no "if"; or 0. loc_conf is the configuration of all modules
 * for the block.
 */
ngx_uint_t ggi_rewrites_return(ngx_cycle_t *cycle, void **loc_conf);

/*
 * Warns of blocks that answer calls before any gate, and of those that read variables there
 * which are not known by then. locations is an array of ggi_dienst_loc_conf_t *: those with
 * a dienst. Call it in postconfiguration.
 */
void ggi_rewrites_check(ngx_conf_t *cf, const ngx_array_t *locations);


#endif
