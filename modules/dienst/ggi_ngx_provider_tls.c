/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_provider_tls.h"


typedef void (*ggi_provider_info_pt)(const SSL *ssl, int where, int rc);


/* nginx's own function, which is told of the handshakes of any SSL_CTX of nginx. */
static ggi_provider_info_pt  ggi_provider_next_info;


const ngx_array_t *
ggi_provider_expected(ngx_http_request_t *r)
{
    const ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    return dlcf->aanbieders;
}


const ggi_provider_judge_t *
ggi_provider_judge_of(ngx_http_request_t *r)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    return dmcf->judge;
}


ngx_int_t
ggi_provider_judge(ngx_http_request_t *r, SSL *ssl, ggi_provider_t *provider)
{
    ngx_memzero(provider, sizeof(ggi_provider_t));

    return ggi_provider_judge_of(r)->judge(r, ssl, r->upstream->conf->ssl->ctx,
                                           ggi_provider_expected(r), provider);
}


void
ggi_provider_note(ngx_http_request_t *r, const ggi_provider_t *provider, ngx_uint_t wrong)
{
    ggi_call_t  *call;

    call = (r == r->main) ? ggi_call_get(r) : NULL;

    if (call == NULL) {
        return;
    }

    call->state.provider_wrong = wrong;
    call->found.provider_oin[0] = '\0';
    call->found.provider_sha256[0] = '\0';

    if (provider->oin) {
        ngx_memcpy(call->found.provider_oin, provider->oin, GGI_OIN_LEN);
    }

    if (provider->sha256) {
        ngx_memcpy(call->found.provider_sha256, provider->sha256,
                   sizeof(call->found.provider_sha256));
    }
}


void
ggi_provider_log(ngx_http_request_t *r, ngx_uint_t level, const ggi_provider_t *provider,
    const char *then)
{
    uint64_t             subject, left_out;
    const char          *why;
    static ggi_limits_t  limits;

    why = provider->cause ? ggi_reason_get(provider->cause)->name
                          : provider->oin ? "it has another OIN" : "it could not be judged";

    subject = ggi_limits_hash(0, then, ngx_strlen(then));
    subject = ggi_limits_hash(subject, provider->sha256 ? provider->sha256 : "",
                              provider->sha256 ? 64 : 0);

    if (!ggi_limits_pass(&limits, subject, ggi_limits_hash(0, why, ngx_strlen(why)),
                         ngx_current_msec, &left_out))
    {
        return;
    }

    ngx_log_error(level, r->connection->log, 0,
                  "the provider is not trusted: %s%s%s, OIN %*s, SHA-256 of its certificate "
                  "%*s: %s (messages left out: %uL)", why, provider->error ? ": " : "",
                  provider->error ? provider->error : "",
                  provider->oin ? (size_t) GGI_OIN_LEN : (size_t) 1,
                  provider->oin ? provider->oin : "-",
                  provider->sha256 ? (size_t) 64 : (size_t) 1,
                  provider->sha256 ? provider->sha256 : "-", then, left_out);
}


/*
 * Judges a connection at the end of its handshake. When its other end is not to be
 * trusted, nginx finds a bad result of the verification, and closes the connection
 * without having sent anything of the request.
 */
static void
ggi_provider_handshake(ngx_http_request_t *r, SSL *ssl, ngx_connection_t *c)
{
    ngx_int_t       rc;
    ggi_provider_t  provider;

    rc = ggi_provider_judge(r, ssl, &provider);

    if (rc == NGX_OK && ngx_ssl_check_host(c, &r->upstream->ssl_name) != NGX_OK) {
        provider.error = "its certificate does not match \"proxy_ssl_name\"";
        provider.cause = GGI_REASON_PROVIDER_NOT_TRUSTED;
        rc = NGX_DECLINED;
    }

    ggi_provider_note(r, &provider, rc != NGX_OK);

    if (rc != NGX_OK) {
        ggi_provider_log(r, NGX_LOG_ERR, &provider, "nothing of the request is sent");
        SSL_set_verify_result(ssl, X509_V_ERR_APPLICATION_VERIFICATION);
    }
}


/*
 * Notes, at the end of the handshake of a call of the role afnemer, whether nginx is about to
 * close the connection since the other end is not to be trusted, by "proxy_ssl_verify" alone.
 */
static void
ggi_provider_verified(ngx_http_request_t *r, const SSL *ssl, ngx_connection_t *c)
{
    ggi_provider_t                unknown;
    const ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->place.role != GGI_ROLE_AFNEMER || !r->upstream->conf->ssl_verify) {
        return;
    }

    ngx_memzero(&unknown, sizeof(ggi_provider_t));
    ggi_provider_note(r, &unknown,
                      SSL_get_verify_result(ssl) != X509_V_OK
                      || ngx_ssl_check_host(c, &r->upstream->ssl_name) != NGX_OK);
}


/* Is told by OpenSSL how far a connection to an upstream is. */
static void
ggi_provider_info(const SSL *ssl, int where, int rc)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    if (ggi_provider_next_info) {
        ggi_provider_next_info(ssl, where, rc);
    }

    c = ngx_ssl_get_connection((ngx_ssl_conn_t *) ssl);

    if ((where & SSL_CB_HANDSHAKE_DONE) == 0 || c->ssl == NULL || c->ssl->handshaked) {
        return;
    }

    r = c->data;

    if (ggi_provider_expected(r)) {
        ggi_provider_handshake(r, (SSL *) ssl, c);

    } else {
        ggi_provider_verified(r, ssl, c);
    }
}


ngx_uint_t
ggi_provider_watched(SSL_CTX *ctx)
{
    return ctx && SSL_CTX_get_info_callback(ctx) == ggi_provider_info;
}


void
ggi_provider_watch(SSL_CTX *ctx)
{
    if (ggi_provider_watched(ctx)) {
        return;
    }

    ggi_provider_next_info = SSL_CTX_get_info_callback(ctx);
    SSL_CTX_set_info_callback(ctx, ggi_provider_info);
}
