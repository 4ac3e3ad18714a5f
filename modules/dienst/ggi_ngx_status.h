/* SPDX-License-Identifier: EUPL-1.2 */

/* The directive ggi_status, which shows in a location what the gates of all workers count. */

#ifndef GGI_NGX_STATUS_H
#define GGI_NGX_STATUS_H

#include "ggi_ngx_conf.h"


/* Reads ggi_status [prometheus | json]; */
char *ggi_status_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Checks, at a merge, that no other directive answers a location that has a
 * ggi_status. Returns NGX_ERROR, after a message, when one does.
 */
ngx_int_t ggi_status_check(ngx_conf_t *cf, ggi_dienst_loc_conf_t *dlcf);

/*
 * Makes what a configuration with a ggi_status needs, in postconfiguration.
 * Returns NGX_ERROR without memory.
 */
ngx_int_t ggi_status_init(ngx_conf_t *cf);


#endif
