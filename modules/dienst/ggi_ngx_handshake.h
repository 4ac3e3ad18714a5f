/* SPDX-License-Identifier: EUPL-1.2 */

/* Deals with faults of the client certificate that nginx finds before any phase runs. */

#ifndef GGI_NGX_HANDSHAKE_H
#define GGI_NGX_HANDSHAKE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Prepares a server for faults of the client certificate, in postconfiguration: such a
 * request is led to a hidden location. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_handshake_init(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);

/*
 * Takes a request that came to the hidden location for faults of the client certificate
 * to the location of its URI. Returns NGX_OK when the request has to be judged there;
 * otherwise what a phase handler returns, and nginx answers the request itself.
 */
ngx_int_t ggi_handshake_enter(ngx_http_request_t *r);


#endif
