/* SPDX-License-Identifier: EUPL-1.2 */

/* Deals with faults of the client certificate that nginx finds before any phase runs. */

#ifndef GGI_NGX_HANDSHAKE_H
#define GGI_NGX_HANDSHAKE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Prepares a server that asks for client certificates, in postconfiguration. A request whose
 * certificate nginx finds faulty is from then on led to a hidden location, from which
 * ggi_handshake_enter() takes it to the gates. Does nothing for a server that is prepared
 * already. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_handshake_init(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf);

/*
 * Takes a request that came to the hidden location, because of a faulty client certificate, to
 * the location of its URI. Returns NGX_OK when the gates have to judge the request there.
 * Otherwise returns what a phase handler returns, and nginx answers the request itself.
 */
ngx_int_t ggi_handshake_enter(ngx_http_request_t *r);


#endif
