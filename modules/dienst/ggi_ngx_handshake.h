/* SPDX-License-Identifier: EUPL-1.2 */

/* Faults of the client certificate that nginx finds before any phase runs. */

#ifndef GGI_NGX_HANDSHAKE_H
#define GGI_NGX_HANDSHAKE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* Prepares a server for these faults, in postconfiguration. Returns NGX_ERROR without memory. */
ngx_int_t ggi_handshake_init(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);

/*
 * Takes a request that came to the hidden location of such faults to the location
 * of its URI. Returns NGX_OK when it has to be judged there; otherwise the return
 * code of a phase handler: nginx's own answer.
 */
ngx_int_t ggi_handshake_enter(ngx_http_request_t *r);


#endif
