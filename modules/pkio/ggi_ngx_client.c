/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_client.h"

#include <openssl/ssl.h>


/* Lives as long as the process: memory of a reload belongs to its pool, the index to OpenSSL. */
static int  ggi_client_index = -1;


ngx_int_t
ggi_client_init(ngx_log_t *log)
{
    if (ggi_client_index == -1) {
        ggi_client_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);

        if (ggi_client_index == -1) {
            ngx_log_error(NGX_LOG_EMERG, log, 0,
                          "SSL_get_ex_new_index() failed");
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ggi_client_cleanup(void *data)
{
    ggi_client_t *client = data;

    if (client->own_chain) {
        sk_X509_pop_free(client->chain, X509_free);
    }

    client->own_chain = 0;
    client->chain = NULL;
}


/*
 * What the handshake of this very connection found about the certificate: an
 * X509_V_ERR_... code. The result of a resumed session is that of an earlier
 * handshake, perhaps with another server's trust, and is not believed; nor is a
 * good result that comes without the chain that it is about.
 */
static long
ggi_client_handshake(SSL *ssl, ngx_log_t *log)
{
    long  result;

    result = SSL_get_verify_result(ssl);

    if (!SSL_session_reused(ssl)
        && (result != X509_V_OK || SSL_get0_verified_chain(ssl)))
    {
        return result;
    }

    ngx_log_error(NGX_LOG_ERR, log, 0,
                  "the client's certificate was not verified in the handshake "
                  "of this connection%s: its calls are refused",
                  SSL_session_reused(ssl) ? ", whose session was resumed" : "");

    return X509_V_ERR_APPLICATION_VERIFICATION;
}


ggi_client_t *
ggi_client_get(ngx_http_request_t *r, ngx_uint_t *failed)
{
    SSL                 *ssl;
    X509                *x509;
    ggi_client_t        *client;
    ngx_connection_t    *c;
    ngx_pool_cleanup_t  *cln;

    *failed = 0;

    if (r->connection->ssl == NULL) {
        return NULL;
    }

    ssl = r->connection->ssl->connection;

    client = SSL_get_ex_data(ssl, ggi_client_index);
    if (client) {
        return client;
    }

    x509 = SSL_get0_peer_certificate(ssl);
    if (x509 == NULL) {
        return NULL;
    }

    /* not r->connection: a stream of HTTP/3 is a connection with a pool of its own */

    c = ngx_ssl_get_connection(ssl);

    client = ngx_pcalloc(c->pool, sizeof(ggi_client_t));
    cln = ngx_pool_cleanup_add(c->pool, 0);

    if (client == NULL || cln == NULL
        || !ggi_certificate_read(&client->certificate, x509)
        || SSL_set_ex_data(ssl, ggi_client_index, client) == 0)
    {
        *failed = 1;
        return NULL;
    }

    cln->handler = ggi_client_cleanup;
    cln->data = client;

    client->handshake = ggi_client_handshake(ssl, r->connection->log);

    return client;
}


/* Verifies the certificate by the trust of a server. Returns the error, or X509_V_OK with the chain in client. */
static long
ggi_client_verify(ggi_client_t *client, SSL *ssl, ngx_http_ssl_srv_conf_t *sscf)
{
    long             error;
    X509_STORE_CTX  *ctx;

    ctx = X509_STORE_CTX_new();

    if (ctx == NULL
        || !X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(sscf->ssl.ctx),
                                SSL_get0_peer_certificate(ssl),
                                SSL_get_peer_cert_chain(ssl))
        || !X509_STORE_CTX_set_default(ctx, "ssl_client"))
    {
        X509_STORE_CTX_free(ctx);
        return X509_V_ERR_UNSPECIFIED;
    }

    X509_STORE_CTX_set_depth(ctx, (int) sscf->verify_depth);

    (void) X509_verify_cert(ctx);
    error = X509_STORE_CTX_get_error(ctx);

    if (error == X509_V_OK) {
        client->chain = X509_STORE_CTX_get1_chain(ctx);
        client->own_chain = 1;
    }

    X509_STORE_CTX_free(ctx);
    ERR_clear_error();

    return error;
}


void
ggi_client_trust(ngx_http_request_t *r, ggi_client_t *client)
{
    SSL                      *ssl;
    ngx_http_ssl_srv_conf_t  *sscf;

    ssl = r->connection->ssl->connection;
    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);

    if (client->verified_for == sscf->ssl.ctx && sscf->ssl.ctx) {
        return;
    }

    ggi_client_cleanup(client);

    client->verified_for = sscf->ssl.ctx;
    client->crl_generation = 0;
    client->verify_result = client->handshake;

    if (client->verify_result != X509_V_OK) {
        return;
    }

    if (SSL_get_SSL_CTX(ssl) == sscf->ssl.ctx) {
        client->chain = SSL_get0_verified_chain(ssl);

    } else if (sscf->ssl.ctx) {
        client->verify_result = ggi_client_verify(client, ssl, sscf);

    } else {
        client->verify_result = X509_V_ERR_APPLICATION_VERIFICATION;
    }
}


/* What ssl_ocsp found, where it is on. */
static ggi_reason_e
ggi_client_ocsp(ngx_http_request_t *r)
{
    const char  *text;

    if (ngx_ssl_ocsp_get_status(r->connection, &text) == NGX_OK) {
        return GGI_REASON_NONE;
    }

    return ngx_strstr(text, "revoked") ? GGI_REASON_CERTIFICATE_REVOKED
                                       : GGI_REASON_REVOCATION_UNKNOWN;
}


void
ggi_client_judge(ngx_http_request_t *r, ggi_client_t *client,
    ggi_client_rules_t *rules)
{
    X509  *x509;

    if (client->judged_for == rules) {
        return;
    }

    x509 = SSL_get0_peer_certificate(r->connection->ssl->connection);

    client->policy = (rules->any_policy
                      || ggi_certificate_policy(x509, rules->policies->elts,
                                                rules->policies->nelts))
                     ? GGI_REASON_NONE
                     : GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED;

    client->oin = ggi_certificate_oin(&client->certificate,
                                      rules->prefixes ? rules->prefixes->elts
                                                      : NULL,
                                      rules->prefixes ? rules->prefixes->nelts
                                                      : 0);
    client->judged_for = rules;
}


ggi_reason_e
ggi_client_revocation(ngx_http_request_t *r, ggi_client_t *client,
    ggi_crl_source_t *source, time_t now)
{
    ggi_reason_e  ocsp;

    ocsp = ggi_client_ocsp(r);

    if (ocsp == GGI_REASON_CERTIFICATE_REVOKED || source == NULL) {
        return ocsp;
    }

    if (client->crl_generation != source->generation
        || now >= client->crl_until)
    {
        client->revocation = ggi_crls_judge(&source->crls, client->chain, now,
                                            &client->crl_until);
        client->crl_generation = source->generation;
    }

    if (client->revocation == GGI_REASON_NONE) {
        return ocsp;
    }

    return client->revocation;
}
