/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_pool.h"
#include "ggi_ngx_redis_tls.h"


#if (NGX_SSL)

static void
ggi_redis_tls_cleanup(void *data)
{
    ngx_ssl_t *ssl = data;

    if (ssl->ctx) {
        ngx_ssl_cleanup_ctx(ssl);
    }
}


/* Reads the CAs that are trusted. Returns NGX_OK, or NGX_ERROR after a message. */
static ngx_int_t
ggi_redis_tls_trust(ngx_conf_t *cf, ngx_ssl_t *ssl, ngx_str_t *ca)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (ca->len == 0) {
        return SSL_CTX_set_default_verify_paths(ssl->ctx) == 1 ? NGX_OK : NGX_ERROR;
    }

    if (ngx_ssl_trusted_certificate(cf, ssl, ca, 4) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "certificates of \"ca=%V\" in \"%V\" cannot be used: "
                           "expected a file with certificates of CAs, in PEM", ca, &value[0]);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Reads the certificate of the gate and its key, if they are named. Returns NGX_OK, or NGX_ERROR
 * after a message: nginx itself logs which file it is, and why.
 */
static ngx_int_t
ggi_redis_tls_identity(ngx_conf_t *cf, ngx_ssl_t *ssl, ggi_redis_files_t *files)
{
    ngx_str_t           *value;
    static ngx_array_t   no_passwords;      /* without it OpenSSL asks at the terminal for one */

    value = cf->args->elts;

    if (files->cert.len == 0 && files->key.len == 0) {
        return NGX_OK;
    }

    if (files->cert.len == 0 || files->key.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has \"%s\" without \"%s\": expected both, or none of them",
                           &value[0], files->cert.len ? "cert=" : "key=",
                           files->cert.len ? "key=" : "cert=");
        return NGX_ERROR;
    }

    if (ngx_ssl_certificate(cf, ssl, &files->cert, &files->key, &no_passwords) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"cert=%V\" and \"key=%V\" in \"%V\" cannot be used: expected a file "
                           "with a client certificate and those of its CAs, and one with its own "
                           "private key without a passphrase, in PEM",
                           &files->cert, &files->key, &value[0]);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_ssl_t *
ggi_redis_tls_create(ngx_conf_t *cf, ggi_redis_files_t *files)
{
    ngx_ssl_t  *ssl;

    ssl = ggi_pool_calloc(cf->pool, sizeof(ngx_ssl_t), ggi_redis_tls_cleanup);
    if (ssl == NULL) {
        return NULL;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL) != NGX_OK
        || ggi_redis_tls_trust(cf, ssl, &files->ca) != NGX_OK
        || ggi_redis_tls_identity(cf, ssl, files) != NGX_OK)
    {
        return NULL;
    }

    /* so that the result is judged after the handshake, as nginx does it for its upstreams */
    SSL_CTX_set_verify(ssl->ctx, SSL_VERIFY_NONE, NULL);

    return ssl;
}


/*
 * Tells OpenSSL which name or address the certificate has to be for, and the
 * server which name it is called by. RFC 6066 has no such name for an address.
 * Returns 0 without memory.
 */
static ngx_uint_t
ggi_redis_tls_expect_server(SSL *ssl, const ggi_redis_host_t *host)
{
    return ggi_redis_tls_expect(SSL_get0_param(ssl), host)
           && (host->address[0]
               || SSL_set_tlsext_host_name(ssl, host->name.data));
}


/* Notes that the server asks for a client certificate. Returns 1: the handshake goes on. */
static int
ggi_redis_tls_asked(SSL *ssl, void *data)
{
    ngx_uint_t *asked = data;

    (void) ssl;
    *asked = 1;

    return 1;
}


ngx_int_t
ggi_redis_tls_handshake(ngx_ssl_t *ssl, ngx_connection_t *c,
    const ggi_redis_host_t *host, ngx_uint_t *asked)
{
    if (ngx_ssl_create_connection(ssl, c, NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK
        || !ggi_redis_tls_expect_server(c->ssl->connection, host))
    {
        return NGX_ERROR;
    }

    SSL_set_cert_cb(c->ssl->connection, ggi_redis_tls_asked, asked);

    return ngx_ssl_handshake(c) == NGX_AGAIN ? NGX_AGAIN : NGX_OK;
}


const char *
ggi_redis_tls_unidentified(const ngx_ssl_t *ssl)
{
    return SSL_CTX_get0_certificate(ssl->ctx)
           ? "does not accept the client certificate of \"cert=\":"
           : "asks for a client certificate, which \"cert=\" and \"key=\" name:";
}


const char *
ggi_redis_tls_fault(ngx_connection_t *c, const char **detail)
{
    long  rc;

    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc == X509_V_OK) {
        return NULL;
    }

    *detail = X509_verify_cert_error_string(rc);

    return rc == X509_V_ERR_HOSTNAME_MISMATCH
           || rc == X509_V_ERR_IP_ADDRESS_MISMATCH
           ? "has a certificate of another name:"
           : "has a certificate that does not verify:";
}

#endif
