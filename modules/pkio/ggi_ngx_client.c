/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_client.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_ocsp.h"
#include "ggi_ngx_ocsp_answers.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_ssl_index.h"

#include <openssl/ssl.h>


static int  ggi_client_index = -1;      /* by which OpenSSL keeps a ggi_client_t with its SSL */


ngx_int_t
ggi_client_init(ngx_log_t *log)
{
    return ggi_ssl_index(&ggi_client_index, CRYPTO_EX_INDEX_SSL, "client", log);
}


static void
ggi_client_cleanup(void *data)
{
    ggi_client_t *client = data;

    ngx_queue_t         *q;
    ggi_verification_t  *trust;

    ggi_queue_foreach(q, &client->trusts) {
        trust = ngx_queue_data(q, ggi_verification_t, queue);
        ggi_path_release(trust->path);
    }
}


/*
 * Returns the result of the handshake, an X509_V_... code. That of a resumed session
 * comes from an earlier handshake, perhaps with another server's trust: a bad one counts
 * here as it does for nginx, and a good one only where the session names the CAs, so
 * that its path can be verified anew. A good result of a full handshake without the
 * chain that it is about does not count either. X509_V_ERR_APPLICATION_VERIFICATION is
 * returned for these.
 */
static long
ggi_client_handshake(SSL *ssl, ngx_log_t *log)
{
    long                 result;
    uint64_t             left_out;
    ggi_facts_t          facts;
    static ggi_limits_t  limits;

    result = SSL_get_verify_result(ssl);

    if (result != X509_V_OK
        || (SSL_session_reused(ssl) ? ggi_resume_facts(&facts, ssl)
                                    : SSL_get0_verified_chain(ssl) != NULL))
    {
        return result;
    }

    if (ggi_limits_allow(&limits, 0, "", SSL_session_reused(ssl) ? "resumed" : "", &left_out)) {
        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "the certificate was not verified in the handshake "
                      "of this connection%s: its calls are refused (messages left out: %uL)",
                      SSL_session_reused(ssl)
                      ? ", whose session was resumed and does not name its CAs" : "", left_out);
    }

    return X509_V_ERR_APPLICATION_VERIFICATION;
}


ggi_client_t *
ggi_client_get(ngx_http_request_t *r, ngx_uint_t *failed)
{
    *failed = 0;

    return r->connection->ssl
           ? ggi_client_of(r->connection->ssl->connection, r->connection->log, failed)
           : NULL;
}


ggi_client_t *
ggi_client_of(SSL *ssl, ngx_log_t *log, ngx_uint_t *failed)
{
    X509                *x509;
    ggi_client_t        *client;
    ngx_connection_t    *c;
    ngx_pool_cleanup_t  *cln;

    *failed = 0;

    client = SSL_get_ex_data(ssl, ggi_client_index);
    if (client) {
        return client;
    }

    x509 = SSL_get0_peer_certificate(ssl);
    if (x509 == NULL) {
        return NULL;
    }

    /* not that of a request, since a stream of HTTP/3 is one with a pool of its own */

    c = ngx_ssl_get_connection(ssl);

    client = ngx_pcalloc(c->pool, sizeof(ggi_client_t));
    cln = ngx_pool_cleanup_add(c->pool, 0);

    if (client == NULL || cln == NULL) {
        *failed = 1;
        return NULL;
    }

    ngx_queue_init(&client->trusts);
    ngx_queue_init(&client->verdicts);

    if (!ggi_certificate_read(&client->certificate, x509)
        || SSL_set_ex_data(ssl, ggi_client_index, client) == 0)
    {
        *failed = 1;
        return NULL;
    }

    cln->handler = ggi_client_cleanup;
    cln->data = client;

    client->pool = c->pool;
    client->handshake = ggi_client_handshake(ssl, log);

    return client;
}


/*
 * Returns a place of size bytes at the head of a queue, for the verdict of a further
 * server or location: a struct that begins with its ngx_queue_t. The place is new and
 * zeroed; when the queue has GGI_CLIENT_KEPT places it is the oldest one with its old
 * contents. Returns NULL without memory.
 */
static void *
ggi_client_keep(ggi_client_t *client, ngx_queue_t *kept, ngx_uint_t *n,
    size_t size)
{
    ngx_queue_t  *q;

    if (*n < GGI_CLIENT_KEPT) {
        q = ngx_pcalloc(client->pool, size);
        if (q == NULL) {
            return NULL;
        }

        (*n)++;

    } else {
        q = ngx_queue_last(kept);
        ngx_queue_remove(q);
    }

    ngx_queue_insert_head(kept, q);

    return q;
}


/* Returns the verdict of a server's trust that was kept, or NULL when there is none. */
static ggi_verification_t *
ggi_client_trust_kept(ggi_client_t *client, SSL_CTX *server)
{
    ngx_queue_t         *q;
    ggi_verification_t  *trust;

    ggi_queue_foreach(q, &client->trusts) {
        trust = ngx_queue_data(q, ggi_verification_t, queue);

        if (trust->server == server) {
            return trust;
        }
    }

    return NULL;
}


ggi_verification_t *
ggi_client_trust(ngx_http_request_t *r, ggi_client_t *client, time_t now)
{
    ggi_trust_t               by;
    const ggi_server_t       *server;
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);
    server = ngx_http_get_module_srv_conf(r, ngx_http_ggi_pkio_module);

    by.ctx = sscf->ssl.ctx;
    by.purpose = "ssl_client";
    by.depth = (int) sscf->verify_depth;

    /* not kept: the lists of ssl_crl expire, and a path that was verified by them with them */
    by.id = sscf->crl.len ? 0 : server->id;

    return ggi_client_trust_by(client, &by, r->connection->ssl->connection, now,
                               r->connection->log);
}


ggi_verification_t *
ggi_client_trust_by(ggi_client_t *client, const ggi_trust_t *by, SSL *ssl, time_t now,
    ngx_log_t *log)
{
    ggi_verification_t  *trust;

    trust = ggi_client_trust_kept(client, by->ctx);

    if (trust && !ggi_verification_undecided(trust)) {
        ggi_verification_renew(trust, by, ssl, now, log);

    } else {
        if (trust == NULL) {
            trust = ggi_client_keep(client, &client->trusts, &client->ntrusts,
                                    sizeof(ggi_verification_t));
            if (trust == NULL) {
                return NULL;
            }
        }

        ggi_verification_find(trust, by, ssl, client->handshake,
                              client->certificate.sha256, now, log);
    }

    return ggi_verification_undecided(trust) ? NULL : trust;
}


/*
 * Returns the reason for refusal that nginx found by ssl_ocsp in the handshake, or
 * GGI_REASON_NONE when it found none.
 */
static ggi_reason_e
ggi_client_handshake_ocsp(ngx_http_request_t *r)
{
    const char  *text;

    if (ngx_ssl_ocsp_get_status(r->connection, &text) == NGX_OK) {
        return GGI_REASON_NONE;
    }

    return ngx_strstr(text, "revoked") ? GGI_REASON_CERTIFICATE_REVOKED
                                       : GGI_REASON_REVOCATION_UNKNOWN;
}


ngx_uint_t
ggi_client_let_in(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    /* not r->connection, since a stream of HTTP/3 began later than its handshake */

    c = ngx_ssl_get_connection(r->connection->ssl->connection);

    return c->ssl->ocsp && ngx_current_msec - c->start_time < GGI_OCSP_HOLDS
           && ggi_client_handshake_ocsp(r) == GGI_REASON_NONE;
}


const ggi_client_verdict_t *
ggi_client_judge(ggi_client_t *client, const ggi_path_t *path, ggi_rules_t *rules,
    ngx_log_t *log)
{
    ngx_int_t              permitted;
    ngx_queue_t           *q;
    ggi_client_verdict_t  *verdict;

    ggi_queue_foreach(q, &client->verdicts) {
        verdict = ngx_queue_data(q, ggi_client_verdict_t, queue);

        if (verdict->path == path->id && ggi_rules_same(verdict->rules, rules)) {
            return verdict;
        }
    }

    permitted = ggi_rules_permit(rules, path);

    verdict = (permitted == NGX_ERROR)
              ? NULL : ggi_client_keep(client, &client->verdicts, &client->nverdicts,
                                       sizeof(ggi_client_verdict_t));
    if (verdict == NULL) {
        return NULL;
    }

    verdict->policy = GGI_REASON_NONE;

    if (permitted == NGX_DECLINED) {
        verdict->policy = GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED;
        verdict->lacking = ggi_rules_lacking(rules, path, log);
    }

    verdict->oin = ggi_certificate_oin(&client->certificate,
                                       rules->prefixes ? rules->prefixes->elts
                                                       : NULL,
                                       rules->prefixes ? rules->prefixes->nelts
                                                       : 0);
    verdict->rules = rules;
    verdict->path = path->id;

    return verdict;
}


ggi_reason_e
ggi_client_reason(const ggi_client_verdict_t *verdict, ggi_reason_e revocation)
{
    if (revocation == GGI_REASON_CERTIFICATE_REVOKED) {
        return revocation;
    }

    if (verdict->policy != GGI_REASON_NONE) {
        return verdict->policy;
    }

    return (verdict->oin != GGI_REASON_NONE) ? verdict->oin : revocation;
}


ggi_reason_e
ggi_client_lists(const ggi_verification_t *trust, ggi_crl_source_t *source, time_t now)
{
    ggi_path_t  *path;

    path = trust->path;

    if (path->crl_generation != ggi_crl_source_generation(source)
        || now >= path->crl_until)
    {
        path->crl_generation = ggi_crl_source_generation(source);
        path->revocation = ggi_crl_source_judge(source, path->chain,
                                                trust->server, now,
                                                &path->crl_until);
    }

    return path->revocation;
}


ngx_int_t
ggi_client_revocation(ngx_http_request_t *r, ggi_verification_t *trust,
    ggi_crl_source_t *source, time_t now, ngx_uint_t wait, ggi_client_revocation_t *revocation)
{
    ngx_int_t          rc;
    ggi_reason_e       lists, ocsp;
    static ggi_str_t   by_lists = ggi_str("crl"), by_ocsp = ggi_str("ocsp");

    lists = source ? ggi_client_lists(trust, source, now) : GGI_REASON_NONE;

    revocation->reason = lists;
    revocation->by = by_lists;

    if (lists == GGI_REASON_CERTIFICATE_REVOKED) {
        return NGX_OK;
    }

    rc = NGX_OK;
    ocsp = ggi_client_handshake_ocsp(r);

    if (ocsp == GGI_REASON_NONE) {
        rc = ggi_ocsp_judge(r, trust->path, wait, &ocsp);
    }

    if (rc == NGX_OK && ocsp != GGI_REASON_NONE) {
        revocation->reason = ocsp;
        revocation->by = by_ocsp;
    }

    return rc;
}
