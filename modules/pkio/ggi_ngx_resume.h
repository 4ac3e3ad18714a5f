/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The resumption of TLS sessions at the addresses of a dienst. A session says nothing
 * that the gate believes, but for who its client is: it only names the CA certificates
 * with which the path is to be verified again. A session without those names is not
 * resumed, so that the client makes a full handshake.
 */

#ifndef GGI_NGX_RESUME_H
#define GGI_NGX_RESUME_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_facts.h"
#include "ggi_ngx_server.h"


/*
 * Reserves, in postconfiguration, the index by which OpenSSL keeps the id of a server with its
 * SSL_CTX, which the other functions here need. Returns NGX_OK, or NGX_ERROR after a message
 * when OpenSSL has no memory.
 */
ngx_int_t ggi_resume_init(ngx_log_t *log);

/*
 * Prepares the SSL_CTX of a server at an address of a dienst, in postconfiguration, when
 * nginx and other modules have set it up, and gives the server its id. OpenSSL asks the
 * SSL_CTX of the default server of the address for sessions, so that every server of
 * that address has to be prepared. Does nothing for a server that is prepared, or has no
 * TLS. Returns NGX_OK, or NGX_ERROR after a message.
 */
ngx_int_t ggi_resume_prepare(ggi_server_t *server,
    ngx_http_ssl_srv_conf_t *tls, ngx_log_t *log);

/*
 * Prepares the SSL_CTX of the connections to a provider, in postconfiguration, so that
 * their sessions name the CAs as well. Returns an id for its trust, which no server has.
 */
ngx_uint_t ggi_resume_prepare_provider(SSL_CTX *ctx);

/*
 * Returns 1 when the session that a connection to a provider is about to resume may be used:
 * the provider was verified when it was made, and it names a path that this worker can verify
 * again. Returns 0 otherwise, also when there is no session.
 */
ngx_uint_t ggi_resume_provider_allowed(SSL *ssl);

/*
 * Reads the facts that the TLS session of a connection carries about the path of its client.
 * They point into the session, and are valid as long as the connection has it. Returns 1, or 0
 * when the session carries none.
 */
ngx_uint_t ggi_resume_facts(ggi_facts_t *facts, SSL *ssl);

/*
 * Returns the CA certificates that facts name, with which the path of a resumed
 * connection can be built. The caller frees the stack alone, with sk_X509_free(), before
 * another connection is served. Returns NULL when this worker does not know all of them,
 * or without memory.
 */
STACK_OF(X509) *ggi_resume_authorities(const ggi_facts_t *facts);

/* Frees the CA certificates that a worker has seen, when it ends. */
void ggi_resume_exit(void);


#endif
