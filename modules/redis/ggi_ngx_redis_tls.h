/* SPDX-License-Identifier: EUPL-1.2 */

/* TLS of a connection to Redis: whom it trusts, and whether the server is the one that is meant. */

#ifndef GGI_NGX_REDIS_TLS_H
#define GGI_NGX_REDIS_TLS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ggi_redis_url.h"

#if (NGX_SSL)

/*
 * Makes, with the configuration, what the connections to a server share. The
 * certificate of the server has to lead to a CA in the file ca, or to one of the
 * system when ca is empty. Returns NULL after a message; what it returns is freed
 * with the configuration.
 */
ngx_ssl_t *ggi_redis_tls_create(ngx_conf_t *cf, ngx_str_t *ca);

/*
 * Begins the handshake on a connection to the server of url. Returns NGX_OK when
 * it has ended, NGX_AGAIN when c->ssl->handler will be called at its end, and
 * NGX_ERROR when it cannot begin, after a message of nginx in the connection's log.
 */
ngx_int_t ggi_redis_tls_handshake(ngx_ssl_t *ssl, ngx_connection_t *c,
    const ggi_redis_url_t *url);

/*
 * Judges the certificate of the server after the handshake. Returns NULL when it is
 * good. Otherwise returns the end of the sentence "redis NAME ...", and sets
 * *detail to the words of OpenSSL.
 */
const char *ggi_redis_tls_fault(ngx_connection_t *c, const char **detail);

#endif


#endif
