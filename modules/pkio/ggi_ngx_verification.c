/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_limits.h"
#include "ggi_ngx_paths.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_verification.h"


/*
 * Sets the result: the path of a chain that was verified, or what was wrong with it, an
 * X509_V_ERR_... code. The chain stays the caller's.
 */
static void
ggi_verification_set(ggi_verification_t *trust, STACK_OF(X509) *chain, long error,
    ngx_log_t *log)
{
    ggi_path_release(trust->path);
    trust->path = NULL;

    if (error == X509_V_OK && chain) {
        error = ggi_certificate_chain_error(chain);
    }

    trust->result = error;

    if (error == X509_V_OK) {
        trust->path = chain ? ggi_path_create(chain, log) : NULL;
        trust->result = trust->path ? X509_V_OK : X509_V_ERR_UNSPECIFIED;
    }
}


/*
 * Verifies the certificate of the other end by somebody's trust, with the CA certificates
 * in cas to build its path with. Keys and signatures have to be as strong as TLS asks for
 * there in a handshake (the security level of "ssl_ciphers"), which OpenSSL does not look
 * at by itself. Sets trust->result, and trust->path when the result is X509_V_OK.
 */
static void
ggi_verification_verify_with(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    STACK_OF(X509) *cas, ngx_log_t *log)
{
    long             error;
    X509_STORE_CTX  *ctx;
    STACK_OF(X509)  *chain;

    ctx = X509_STORE_CTX_new();
    error = X509_V_ERR_UNSPECIFIED;
    chain = NULL;

    if (ctx
        && X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(by->ctx),
                               SSL_get0_peer_certificate(ssl), cas)
        && X509_STORE_CTX_set_default(ctx, by->purpose))
    {
        X509_STORE_CTX_set_depth(ctx, by->depth);
        X509_VERIFY_PARAM_set_auth_level(
            X509_STORE_CTX_get0_param(ctx),
            SSL_CTX_get_security_level(by->ctx));

        if (X509_verify_cert(ctx) == 1) {
            chain = X509_STORE_CTX_get0_chain(ctx);
        }

        error = X509_STORE_CTX_get_error(ctx);
    }

    ggi_verification_set(trust, chain, error, log);

    X509_STORE_CTX_free(ctx);
    ERR_clear_error();
}


/*
 * Verifies the certificate of the other end: with what that sent in a full handshake, or
 * with the CA certificates that its session names.
 */
static void
ggi_verification_verify(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    ngx_log_t *log)
{
    uint64_t             left_out;
    ggi_facts_t          facts;
    STACK_OF(X509)      *cas;
    static ggi_limits_t  limits;

    if (!SSL_session_reused(ssl)) {
        ggi_verification_verify_with(trust, by, ssl, SSL_get_peer_cert_chain(ssl), log);
        return;
    }

    cas = ggi_resume_facts(&facts, ssl) ? ggi_resume_authorities(&facts) : NULL;

    if (cas == NULL) {
        if (ggi_limits_allow(&limits, 0, "", "", &left_out)) {
            ngx_log_error(NGX_LOG_ERR, log, 0,
                          "the CAs of a TLS session that was resumed are not known "
                          "in this worker: its calls are refused (messages left out: %uL)",
                          left_out);
        }

        ggi_verification_set(trust, NULL, X509_V_ERR_APPLICATION_VERIFICATION, log);
        return;
    }

    ggi_verification_verify_with(trust, by, ssl, cas, log);
    sk_X509_free(cas);
}


static void
ggi_verification_expire(ggi_verification_t *trust, time_t now, ngx_log_t *log)
{
    if (trust->result == X509_V_OK && !ggi_path_holds(trust->path, now)) {
        ggi_verification_set(trust, NULL, X509_V_ERR_CERT_HAS_EXPIRED, log);
    }
}


/*
 * Takes the path that the handshake verified by this trust, or verifies it where the
 * handshake was by another one or its session was resumed.
 */
static void
ggi_verification_establish(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    ngx_log_t *log)
{
    if (by->ctx == SSL_get_SSL_CTX(ssl) && !SSL_session_reused(ssl)) {
        ggi_verification_set(trust, SSL_get0_verified_chain(ssl), X509_V_OK, log);

    } else {
        ggi_verification_verify(trust, by, ssl, log);
    }
}


/*
 * Finds the path of a connection whose session names the CAs, among those that this
 * worker has verified, or establishes it and keeps it there.
 */
static void
ggi_verification_find_path(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    const ggi_path_key_t *key, time_t now, ngx_log_t *log)
{
    ggi_path_t  *path;

    path = ggi_paths_find(key, now);

    if (path) {
        ggi_path_release(trust->path);
        trust->path = path;
        trust->result = X509_V_OK;
        return;
    }

    ggi_verification_establish(trust, by, ssl, log);

    if (trust->result == X509_V_OK) {
        ggi_paths_keep(key, trust->path, log);
    }
}


void
ggi_verification_find(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    long handshake, const char *certificate, time_t now, ngx_log_t *log)
{
    ggi_facts_t     facts;
    ggi_path_key_t  key;

    trust->server = by->ctx;

    if (handshake == X509_V_OK && by->ctx == NULL) {
        handshake = X509_V_ERR_APPLICATION_VERIFICATION;
    }

    if (handshake != X509_V_OK) {
        ggi_verification_set(trust, NULL, handshake, log);

    } else if (by->id && ggi_resume_facts(&facts, ssl)) {
        ggi_paths_key(&key, by->id, certificate, &facts);
        ggi_verification_find_path(trust, by, ssl, &key, now, log);

    } else {
        ggi_verification_establish(trust, by, ssl, log);
    }

    ggi_verification_expire(trust, now, log);
}


void
ggi_verification_renew(ggi_verification_t *trust, const ggi_trust_t *by, SSL *ssl,
    time_t now, ngx_log_t *log)
{
    if (trust->result == X509_V_OK && !ggi_path_holds(trust->path, now)) {
        ggi_verification_verify(trust, by, ssl, log);
        ggi_verification_expire(trust, now, log);
    }
}
