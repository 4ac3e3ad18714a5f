/* SPDX-License-Identifier: EUPL-1.2 */

/* The directive ggi_status, which shows in a location what the gates of all workers count. */

#ifndef GGI_NGX_STATUS_H
#define GGI_NGX_STATUS_H

#include "ggi_ngx_conf.h"


/*
 * Reads the directive "ggi_status [prometheus | json | html];". Returns NGX_CONF_OK,
 * NGX_CONF_ERROR after a message, or the end of a message that nginx logs.
 */
char *ggi_status_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/*
 * Checks, when a location is merged, that no other directive answers a location that
 * has a ggi_status. Returns NGX_OK, or NGX_ERROR after a message when one does.
 */
ngx_int_t ggi_status_check(ngx_conf_t *cf, ggi_dienst_loc_conf_t *dlcf);

/*
 * Prepares counting, in postconfiguration, when a location has a ggi_status: asks for the
 * shared memory of the counters, and registers a handler in the LOG phase. Does nothing when no
 * location has one. Returns NGX_OK, or NGX_ERROR when there is no memory.
 */
ngx_int_t ggi_status_init(ngx_conf_t *cf);


#endif
