/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Gets in between nginx and the servers of a provider: nothing of a call is sent over a
 * connection whose other end has not been judged. A new connection is judged at the end
 * of its handshake, and one that was kept open when it is about to be used again.
 */

#ifndef GGI_NGX_PROVIDER_PEER_H
#define GGI_NGX_PROVIDER_PEER_H

#include "ggi_call.h"
#include "ggi_ngx_place.h"


/*
 * Has the providers of a location judged, in postconfiguration. conf is the configuration by
 * which the calls of that location leave over TLS; renegotiation is switched off in it. Does
 * nothing without gate pkio. Returns NGX_OK, or NGX_ERROR after a message or without memory.
 */
ngx_int_t ggi_provider_install(ngx_conf_t *cf, ngx_http_upstream_conf_t *conf);

/*
 * Keeps the calls of a location that names OINs of providers from leaving by conf to an address
 * with variables, in postconfiguration: conf is the configuration of a module that passes calls
 * on, of which nothing judges the providers. Such a call gets status 500. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
ngx_int_t ggi_provider_bar(ngx_conf_t *cf, ngx_http_upstream_conf_t *conf);

/*
 * Returns 1 when nginx is about to answer a call with 502 since its provider is not to be
 * trusted, 0 otherwise.
 */
ngx_uint_t ggi_provider_refuses(ngx_http_request_t *r, const ggi_call_t *call);


#endif
