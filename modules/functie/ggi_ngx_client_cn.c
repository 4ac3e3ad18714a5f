/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_common_name.h"
#include "ggi_ngx_client_cn.h"
#include "ggi_ngx_functie_conf.h"

#include <openssl/err.h>


/* A name that was read for calls of a connection to one server. */
typedef struct {
    const ngx_http_ssl_srv_conf_t  *server;
    ngx_str_t                       name;
} ggi_client_cn_t;


/* Does nothing: by its address the name that was read is found in the pool of the connection. */
static void
ggi_client_cn_cleanup(void *data)
{
    /* the name goes with the pool */
}


/* Returns the name that was read for an earlier call of a connection to a server, or NULL. */
static const ngx_str_t *
ggi_client_cn_kept(const ngx_pool_t *pool, const ngx_http_ssl_srv_conf_t *server)
{
    const ggi_client_cn_t     *kept;
    const ngx_pool_cleanup_t  *cln;

    for (cln = pool->cleanup; cln; cln = cln->next) {
        kept = cln->data;

        if (cln->handler == ggi_client_cn_cleanup && kept->server == server) {
            return &kept->name;
        }
    }

    return NULL;
}


static ngx_uint_t
ggi_client_cn_same(const ngx_str_t *one, const ngx_str_t *other)
{
    return one->len == other->len && ngx_memcmp(one->data, other->data, one->len) == 0;
}


/* Returns 1 when two servers trust the same client certificates, 0 when they may not. */
static ngx_uint_t
ggi_client_cn_same_trust(const ngx_http_ssl_srv_conf_t *one,
    const ngx_http_ssl_srv_conf_t *other)
{
    return one == other
           || (one->ssl.ctx && other->ssl.ctx && one->verify && other->verify
               && one->verify_depth == other->verify_depth && one->ocsp == other->ocsp
               && ggi_client_cn_same(&one->client_certificate, &other->client_certificate)
               && ggi_client_cn_same(&one->trusted_certificate, &other->trusted_certificate)
               && ggi_client_cn_same(&one->crl, &other->crl));
}


/* Returns 1 when the servers of an address that ask for certificates do not trust the same ones. */
static ngx_uint_t
ggi_client_cn_addr_mixed(const ngx_http_conf_addr_t *addr)
{
    ngx_uint_t                  i;
    ngx_http_ssl_srv_conf_t    *sscf, *first;
    ngx_http_core_srv_conf_t  **servers;

    first = NULL;
    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx == NULL || sscf->verify == 0) {
            continue;
        }

        if (first && !ggi_client_cn_same_trust(first, sscf)) {
            return 1;
        }

        first = sscf;
    }

    return 0;
}


ngx_uint_t
ggi_client_cn_mixed(ngx_conf_t *cf)
{
    ngx_uint_t                  i, k;
    ngx_http_conf_addr_t       *addr;
    ngx_http_conf_port_t       *port;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    port = cmcf->ports ? cmcf->ports->elts : NULL;

    for (i = 0; port && i < cmcf->ports->nelts; i++) {
        addr = port[i].addrs.elts;

        for (k = 0; k < port[i].addrs.nelts; k++) {
            if (ggi_client_cn_addr_mixed(&addr[k])) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * Returns 1 when what nginx found of a certificate is what the server of the request would have
 * found, 0 when another server may have found it: that of the handshake, where the client named
 * none or another one then; or that of the session, of which OpenSSL does not tell the server.
 */
static ngx_uint_t
ggi_client_cn_found_here(ngx_http_request_t *r, SSL *ssl,
    const ngx_http_ssl_srv_conf_t *server)
{
    ngx_http_conf_ctx_t      *ctx;
    ggi_functie_main_conf_t  *fmcf;

    fmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_functie_module);
    ctx = r->http_connection->conf_ctx;

    return !(fmcf->trust_mixed && SSL_session_reused(ssl))
           && ggi_client_cn_same_trust(server, ctx->srv_conf[ngx_http_ssl_module.ctx_index]);
}


/*
 * Verifies a certificate by what a server trusts, with the CAs that the client has sent. A
 * session has none of these. Returns 1 when it is good, 0 otherwise.
 */
static ngx_uint_t
ggi_client_cn_verify(SSL *ssl, X509 *x509, const ngx_http_ssl_srv_conf_t *server)
{
    ngx_uint_t       good;
    X509_STORE_CTX  *ctx;

    if (server->ssl.ctx == NULL || server->verify == 0 || server->ocsp) {
        return 0;                       /* nginx has no responder asked for another server */
    }

    ctx = X509_STORE_CTX_new();
    if (ctx == NULL) {
        return 0;
    }

    /* nginx would log what OpenSSL leaves there of a bad signature as an alert */

    (void) ERR_set_mark();
    good = 0;

    if (X509_STORE_CTX_init(ctx, SSL_CTX_get_cert_store(server->ssl.ctx), x509,
                            SSL_get_peer_cert_chain(ssl))
        && X509_STORE_CTX_set_default(ctx, "ssl_client"))
    {
        X509_STORE_CTX_set_depth(ctx, (int) server->verify_depth);
        good = (X509_verify_cert(ctx) == 1);
    }

    (void) ERR_pop_to_mark();
    X509_STORE_CTX_free(ctx);

    return good;
}


/* Returns the name in the client's certificate of a connection, if its server trusts it. */
static ggi_str_t
ggi_client_cn_read(ngx_http_request_t *r, ngx_connection_t *c,
    const ngx_http_ssl_srv_conf_t *server)
{
    SSL         *ssl;
    X509        *x509;
    const char  *text;

    static const ggi_str_t  none = ggi_str("");

    ssl = c->ssl->connection;
    x509 = SSL_get0_peer_certificate(ssl);

    if (x509 == NULL || SSL_get_verify_result(ssl) != X509_V_OK
        || ngx_ssl_ocsp_get_status(c, &text) != NGX_OK)
    {
        return none;
    }

    return (ggi_client_cn_found_here(r, ssl, server) || ggi_client_cn_verify(ssl, x509, server))
           ? ggi_common_name(X509_get_subject_name(x509)) : none;
}


/* Reads the name for the first call of a connection to a server. Returns NULL without memory. */
static const ngx_str_t *
ggi_client_cn_keep(ngx_http_request_t *r, ngx_connection_t *c,
    const ngx_http_ssl_srv_conf_t *server)
{
    ggi_str_t            name;
    ggi_client_cn_t     *kept;
    ngx_pool_cleanup_t  *cln;

    name = ggi_client_cn_read(r, c, server);

    cln = ngx_pool_cleanup_add(c->pool, sizeof(ggi_client_cn_t) + name.len);
    if (cln == NULL) {
        return NULL;
    }

    kept = cln->data;
    kept->server = server;
    kept->name.len = name.len;
    kept->name.data = (u_char *) (kept + 1);
    ngx_memcpy(kept->name.data, name.data, name.len);

    cln->handler = ggi_client_cn_cleanup;

    return &kept->name;
}


ngx_int_t
ggi_client_cn_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t                *name;
    ngx_connection_t               *c;
    const ngx_http_ssl_srv_conf_t  *server;

    static const ngx_str_t  none = ngx_null_string;

    name = &none;

    if (r->connection->ssl) {
        /* not that of the request, since a stream of HTTP/3 is one with a pool of its own */

        c = ngx_ssl_get_connection(r->connection->ssl->connection);
        server = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);
        name = ggi_client_cn_kept(c->pool, server);

        if (name == NULL) {
            name = ggi_client_cn_keep(r, c, server);
        }

        if (name == NULL) {
            return NGX_ERROR;
        }
    }

    v->data = name->data;
    v->len = (unsigned) name->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
