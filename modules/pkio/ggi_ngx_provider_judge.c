/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_client.h"
#include "ggi_ngx_provider_judge.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_server.h"
#include "ggi_ngx_ssl_index.h"

#include <openssl/err.h>


/* The index by which OpenSSL keeps the ggi_trust_t of an SSL_CTX for providers. */
static int  ggi_provider_index = -1;


static ngx_int_t
ggi_provider_judge_prepare(ngx_conf_t *cf, SSL_CTX *ctx)
{
    ggi_trust_t  *trust;

    if (SSL_CTX_get_ex_data(ctx, ggi_provider_index)) {
        return NGX_OK;                  /* locations may share it */
    }

    trust = ngx_palloc(cf->pool, sizeof(ggi_trust_t));
    if (trust == NULL) {
        return NGX_ERROR;
    }

    trust->ctx = ctx;
    trust->purpose = "ssl_server";
    trust->depth = SSL_CTX_get_verify_depth(ctx);
    trust->id = ggi_resume_prepare_provider(ctx);

    if (X509_VERIFY_PARAM_get_flags(X509_STORE_get0_param(SSL_CTX_get_cert_store(ctx)))
        & X509_V_FLAG_CRL_CHECK)
    {
        trust->id = 0;                  /* a path does not hold longer than lists of nginx's own */
    }

    if (SSL_CTX_set_ex_data(ctx, ggi_provider_index, trust) == 0) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "OpenSSL has no memory for what is known of a provider: "
                      "SSL_CTX_set_ex_data() failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Judges what is known of a provider. Returns NGX_OK; NGX_DECLINED, with the cause unless
 * it is another OIN; or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_provider_judge_known(ngx_http_request_t *r, ggi_client_t *client,
    const ggi_verification_t *trust, time_t now, ggi_provider_t *provider)
{
    ggi_reason_e                 lists;
    ggi_pkio_main_conf_t        *pmcf;
    const ggi_client_verdict_t  *verdict;

    provider->cause = ggi_certificate_verify_reason(trust->result);

    if (provider->cause != GGI_REASON_NONE) {
        provider->error = X509_verify_cert_error_string(trust->result);
        return NGX_DECLINED;
    }

    if (now < client->certificate.not_before || now > client->certificate.not_after) {
        provider->cause = GGI_REASON_CERTIFICATE_EXPIRED;
        return NGX_DECLINED;
    }

    verdict = ggi_client_judge(client, trust->path,
                               ngx_http_get_module_loc_conf(r, ngx_http_ggi_pkio_module),
                               r->connection->log);
    if (verdict == NULL) {
        return NGX_ERROR;
    }

    pmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_pkio_module);
    lists = pmcf->crl ? ggi_client_lists(trust, pmcf->crl, now) : GGI_REASON_NONE;

    provider->cause = ggi_client_reason(verdict, lists);
    provider->oin = (verdict->oin == GGI_REASON_NONE) ? client->certificate.oin : NULL;

    return (provider->cause == GGI_REASON_NONE) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ggi_provider_judge_peer(ngx_http_request_t *r, SSL *ssl, SSL_CTX *ctx,
    const ngx_array_t *oins, ggi_provider_t *provider)
{
    time_t               now;
    ngx_int_t            rc;
    ngx_log_t           *log;
    ngx_uint_t           failed;
    ggi_client_t        *client;
    const ggi_trust_t   *by;
    ggi_verification_t  *trust;

    log = r->connection->log;
    by = SSL_CTX_get_ex_data(ctx, ggi_provider_index);
    client = ggi_client_of(ssl, log, &failed);

    if (client == NULL || by == NULL) {
        provider->cause = failed ? GGI_REASON_NONE : GGI_REASON_CERTIFICATE_MISSING;
        return failed ? NGX_ERROR : NGX_DECLINED;
    }

    provider->sha256 = client->certificate.sha256;

    now = ngx_time();
    trust = ggi_client_trust_by(client, by, ssl, now, log);

    rc = trust ? ggi_provider_judge_known(r, client, trust, now, provider) : NGX_ERROR;

    return (rc == NGX_OK && !ggi_certificate_is_of(&client->certificate, oins->elts, oins->nelts))
           ? NGX_DECLINED : rc;
}


/*
 * Keeps what a certificate makes OpenSSL note in its queue of errors from nginx, which would
 * take it for an error of the connection.
 */
static ngx_int_t
ggi_provider_judge_quietly(ngx_http_request_t *r, SSL *ssl, SSL_CTX *ctx,
    const ngx_array_t *oins, ggi_provider_t *provider)
{
    ngx_int_t  rc;

    rc = ggi_provider_judge_peer(r, ssl, ctx, oins, provider);

    /* to empty the queue costs three times as much as to see that it is empty */

    if (ERR_peek_error()) {
        ERR_clear_error();
    }

    return rc;
}


static const ggi_provider_judge_t  ggi_provider_judge = {
    ggi_provider_judge_prepare,
    ggi_resume_provider_allowed,
    ggi_provider_judge_quietly
};


ngx_int_t
ggi_provider_judge_init(ngx_conf_t *cf)
{
    ggi_provider_judged_by(cf, &ggi_provider_judge);

    return ggi_ssl_index(&ggi_provider_index, CRYPTO_EX_INDEX_SSL_CTX, "provider", cf->log);
}
