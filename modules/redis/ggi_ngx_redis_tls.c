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


ngx_ssl_t *
ggi_redis_tls_create(ngx_conf_t *cf, ngx_str_t *ca)
{
    ngx_ssl_t  *ssl;
    ngx_str_t  *value;

    value = cf->args->elts;
    ssl = ggi_pool_calloc(cf->pool, sizeof(ngx_ssl_t), ggi_redis_tls_cleanup);
    if (ssl == NULL) {
        return NULL;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL) != NGX_OK) {
        return NULL;
    }

    if (ca->len) {
        if (ngx_ssl_trusted_certificate(cf, ssl, ca, 4) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "certificates of \"ca=%V\" in "
                               "\"%V\" cannot be used: "
                               "expected a file with certificates of CAs, in "
                               "PEM", ca, &value[0]);
            return NULL;
        }

    } else if (SSL_CTX_set_default_verify_paths(ssl->ctx) != 1) {
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
ggi_redis_tls_expect_server(SSL *ssl, const ggi_redis_url_t *url)
{
    return ggi_redis_tls_expect(SSL_get0_param(ssl), url)
           && (url->address[0]
               || SSL_set_tlsext_host_name(ssl, url->host.data));
}


ngx_int_t
ggi_redis_tls_handshake(ngx_ssl_t *ssl, ngx_connection_t *c,
    const ggi_redis_url_t *url)
{
    if (ngx_ssl_create_connection(ssl, c, NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK
        || !ggi_redis_tls_expect_server(c->ssl->connection, url))
    {
        return NGX_ERROR;
    }

    return ngx_ssl_handshake(c) == NGX_AGAIN ? NGX_AGAIN : NGX_OK;
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
