/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_authorities.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_ssl_index.h"

#include <openssl/err.h>


/* The index by which OpenSSL keeps the ggi_server_t of an SSL_CTX. */
static int  ggi_resume_index = -1;

/* The last id of a server or of a trust for providers. */
static ngx_uint_t  ggi_resume_last_id;

/* The CA certificates of this worker. */
static ggi_authorities_t  ggi_resume_cas;


ngx_int_t
ggi_resume_init(ngx_log_t *log)
{
    return ggi_ssl_index(&ggi_resume_index, CRYPTO_EX_INDEX_SSL_CTX, "server", log);
}


/*
 * Writes the facts of a chain that was verified just now, leaf first, to the session of
 * its connection. A chain with more CAs than facts can name gets none.
 */
static void
ggi_resume_note(SSL *ssl, STACK_OF(X509) *chain)
{
    int           i, n;
    size_t        len;
    u_char        buf[GGI_FACTS_MAX];
    u_char        cas[GGI_FACTS_CAS * SHA256_DIGEST_LENGTH];
    ggi_facts_t   facts;

    n = chain ? sk_X509_num(chain) - 1 : 0;

    if (n > GGI_FACTS_CAS) {
        return;
    }

    for (i = 0; i < n; i++) {
        if (!ggi_authorities_add(&ggi_resume_cas, sk_X509_value(chain, i + 1),
                                 cas + i * SHA256_DIGEST_LENGTH))
        {
            return;
        }
    }

    facts.time = (uint64_t) ngx_time();
    facts.n = (size_t) n;
    facts.cas = cas;

    len = ggi_facts_write(buf, &facts);
    (void) SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), buf, len);
}


/* Verifies a certificate as OpenSSL does by itself. Returns what X509_verify_cert() does. */
static int
ggi_resume_verify_alone(X509_STORE_CTX *ctx)
{
    int  rc;

    /* nginx would log what OpenSSL leaves there of a bad signature as an alert */

    (void) ERR_set_mark();
    rc = X509_verify_cert(ctx);
    (void) ERR_pop_to_mark();

    return rc;
}


/*
 * Verifies a provider's certificate in a full handshake, and notes in the session how,
 * unless it was not found good.
 */
static int
ggi_resume_verify_provider(X509_STORE_CTX *ctx, void *data)
{
    int   rc;
    SSL  *ssl;

    rc = ggi_resume_verify_alone(ctx);
    ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());

    if (rc == 1 && ssl && X509_STORE_CTX_get_error(ctx) == X509_V_OK) {
        ggi_resume_note(ssl, X509_STORE_CTX_get0_chain(ctx));
    }

    return rc;
}


/*
 * Verifies a client's certificate in a full handshake, as OpenSSL does by itself, and
 * notes in the session how. This is the only moment at which a note reaches tickets,
 * caches and both versions of TLS alike.
 *
 * There is no note where the certificate was not found good, so that its session is not
 * resumed: the next handshake may find otherwise. A server without a dienst that takes
 * such certificates (optional_no_ca) keeps its sessions: their own result, which is not
 * X509_V_OK, keeps them out of any dienst. There is none either where ssl_ocsp is on,
 * since nginx asks the responder with the chain of a full handshake.
 */
static int
ggi_resume_verify(X509_STORE_CTX *ctx, void *data)
{
    ggi_server_t *server = data;

    int   rc;
    SSL  *ssl;

    rc = ggi_resume_verify_alone(ctx);
    ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());

    if (rc != 1 || ssl == NULL || server->tls->ocsp) {
        return rc;
    }

    if (X509_STORE_CTX_get_error(ctx) == X509_V_OK) {
        ggi_resume_note(ssl, X509_STORE_CTX_get0_chain(ctx));

    } else if (server->tls->verify == 3 && !server->dienst) {
        ggi_resume_note(ssl, NULL);
    }

    return rc;
}


/* Returns 1 when the time now is within the validity of a certificate, 0 otherwise. */
static ngx_uint_t
ggi_resume_is_current(const X509 *leaf)
{
    return X509_cmp_current_time(X509_get0_notBefore(leaf)) < 0
           && X509_cmp_current_time(X509_get0_notAfter(leaf)) > 0;
}


/*
 * Returns 1 when a session may be resumed, 0 when a full handshake has to be made. Which
 * server a client calls is not known yet, so that nothing is judged here that depends on
 * it. A session without a certificate gives nobody an identity.
 *
 * The time since the full handshake counts, and not since the session was resumed last:
 * otherwise a client could go on for ever without showing that it has its private key.
 */
static ngx_uint_t
ggi_resume_allowed(SSL *ssl, const SSL_SESSION *session)
{
    void                   *data;
    X509                   *leaf;
    time_t                  now;
    size_t                  i, len;
    uint64_t                age;
    ggi_facts_t             facts;
    const ggi_authority_t  *authority;

    leaf = SSL_SESSION_get0_peer((SSL_SESSION *) session);

    if (leaf == NULL) {
        return 1;
    }

    if (!SSL_SESSION_get0_ticket_appdata((SSL_SESSION *) session, &data, &len)
        || !ggi_facts_read(&facts, data, len))
    {
        return 0;
    }

    now = ngx_time();
    age = (uint64_t) now - facts.time;  /* is huge when that is later than now */

    if (age > (uint64_t) SSL_CTX_get_timeout(SSL_get_SSL_CTX(ssl))
        || !ggi_resume_is_current(leaf))
    {
        return 0;
    }

    for (i = 0; i < facts.n; i++) {
        authority = ggi_authorities_find(&ggi_resume_cas,
                                         facts.cas + i * SHA256_DIGEST_LENGTH);

        if (authority == NULL || now < authority->period.from
            || now >= authority->period.until)
        {
            return 0;
        }
    }

    return 1;
}


/* Tells OpenSSL what to do with a ticket of TLS 1.2 or 1.3 that it has decrypted or not. */
static SSL_TICKET_RETURN
ggi_resume_ticket(SSL *ssl, SSL_SESSION *session, const u_char *name,
    size_t len, SSL_TICKET_STATUS status, void *data)
{
    if ((status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
        || !ggi_resume_allowed(ssl, session))
    {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }

    return (status == SSL_TICKET_SUCCESS) ? SSL_TICKET_RETURN_USE
                                          : SSL_TICKET_RETURN_USE_RENEW;
}


/*
 * Gives OpenSSL the session with an id, of TLS 1.2 or of TLS 1.3 without tickets, from
 * the cache of nginx, or NULL. *copy is 0 when the session is the caller's to free.
 */
static SSL_SESSION *
ggi_resume_get(SSL *ssl, const u_char *id, int len, int *copy)
{
    SSL_SESSION       *session;
    ggi_server_t      *server;
    ngx_connection_t  *c;

    c = ngx_ssl_get_connection(ssl);
    server = SSL_CTX_get_ex_data(c->ssl->session_ctx, ggi_resume_index);
    session = server->get_session(ssl, id, len, copy);

    if (session && !ggi_resume_allowed(ssl, session)) {
        if (*copy == 0) {
            SSL_SESSION_free(session);
        }

        return NULL;
    }

    return session;
}


ngx_int_t
ggi_resume_prepare(ggi_server_t *server, ngx_http_ssl_srv_conf_t *tls,
    ngx_log_t *log)
{
    long      mode;
    SSL_CTX  *ctx;

    ctx = tls->ssl.ctx;

    if (ctx == NULL || server->id) {
        return NGX_OK;
    }

    server->id = ++ggi_resume_last_id;
    server->tls = tls;

    if (SSL_CTX_set_ex_data(ctx, ggi_resume_index, server) == 0) {
        ngx_ssl_error(NGX_LOG_EMERG, log, 0,
                      "OpenSSL has no memory for what is known of a server: "
                      "SSL_CTX_set_ex_data() failed");
        return NGX_ERROR;
    }

    SSL_CTX_set_cert_verify_callback(ctx, ggi_resume_verify, server);
    SSL_CTX_set_session_ticket_cb(ctx, NULL, ggi_resume_ticket, NULL);

    /* OpenSSL asks nobody about the sessions of its own cache */
    mode = SSL_CTX_get_session_cache_mode(ctx);
    SSL_CTX_set_session_cache_mode(ctx, mode | SSL_SESS_CACHE_NO_INTERNAL);

    server->get_session = SSL_CTX_sess_get_get_cb(ctx);

    if (server->get_session) {
        SSL_CTX_sess_set_get_cb(ctx, ggi_resume_get);
    }

    return NGX_OK;
}


ngx_uint_t
ggi_resume_prepare_provider(SSL_CTX *ctx)
{
    SSL_CTX_set_cert_verify_callback(ctx, ggi_resume_verify_provider, NULL);

    return ++ggi_resume_last_id;
}


ngx_uint_t
ggi_resume_provider_allowed(SSL *ssl)
{
    const SSL_SESSION  *session;

    session = SSL_get0_session(ssl);

    /* the result is that of the session, which may come from a location that verifies nothing */

    return session && SSL_SESSION_get0_peer((SSL_SESSION *) session)
           && SSL_get_verify_result(ssl) == X509_V_OK && ggi_resume_allowed(ssl, session);
}


ngx_uint_t
ggi_resume_facts(ggi_facts_t *facts, SSL *ssl)
{
    void         *data;
    size_t        len;
    SSL_SESSION  *session;

    session = SSL_get0_session(ssl);

    return session && SSL_SESSION_get0_ticket_appdata(session, &data, &len)
           && ggi_facts_read(facts, data, len);
}


STACK_OF(X509) *
ggi_resume_authorities(const ggi_facts_t *facts)
{
    size_t                  i;
    STACK_OF(X509)         *cas;
    const ggi_authority_t  *authority;

    cas = sk_X509_new_null();

    for (i = 0; cas && i < facts->n; i++) {
        authority = ggi_authorities_find(&ggi_resume_cas,
                                         facts->cas + i * SHA256_DIGEST_LENGTH);

        if (authority == NULL || sk_X509_push(cas, authority->x509) == 0) {
            sk_X509_free(cas);
            return NULL;
        }
    }

    return cas;
}


void
ggi_resume_exit(void)
{
    ggi_authorities_clear(&ggi_resume_cas);
}
