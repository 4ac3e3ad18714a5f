/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * TLS of a connection to Redis: whom it trusts, by which certificate the gate makes itself known,
 * and whether the server is the one that is meant.
 */

#ifndef GGI_NGX_REDIS_TLS_H
#define GGI_NGX_REDIS_TLS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "ggi_redis_url.h"


/* The files that a directive names for TLS, in PEM. An empty name: none is named. */
typedef struct {
    ngx_str_t  ca;                      /* certificates of the CAs that the server's leads to */
    ngx_str_t  cert;                    /* the gate's certificate, and those of its CAs */
    ngx_str_t  key;                     /* its private key, without a passphrase */
} ggi_redis_files_t;


#if (NGX_SSL)

/*
 * Makes, with the configuration, what the connections to a server share, and reads the files for
 * that. The certificate of the server has to lead to a CA of the file ca, or to one of the system
 * when none is named. Returns NULL after a message; what it returns is freed with the
 * configuration.
 */
ngx_ssl_t *ggi_redis_tls_create(ngx_conf_t *cf, ggi_redis_files_t *files);

/*
 * Begins the handshake on a connection to the server of host. Returns NGX_OK when it has ended,
 * NGX_AGAIN when c->ssl->handler will be called at its end, and NGX_ERROR when it cannot begin,
 * after a message of nginx in the connection's log. *asked, which lives as long as the connection,
 * becomes 1 when the server asks for a client certificate.
 */
ngx_int_t ggi_redis_tls_handshake(ngx_ssl_t *ssl, ngx_connection_t *c,
    const ggi_redis_host_t *host, ngx_uint_t *asked);

/*
 * Returns what is wrong with a server that has asked for a client certificate and then ended the
 * connection: a constant that ends the sentence "redis NAME ...".
 */
const char *ggi_redis_tls_unidentified(const ngx_ssl_t *ssl);

/*
 * Judges the certificate of the server after the handshake. Returns NULL when it is
 * good. Otherwise returns the end of the sentence "redis NAME ...", and sets
 * *detail to the words of OpenSSL.
 */
const char *ggi_redis_tls_fault(ngx_connection_t *c, const char **detail);

#endif


#endif
