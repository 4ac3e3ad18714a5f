/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_tls.h"

#include <openssl/rand.h>
#include <openssl/ssl.h>

#include "ggi_compat.h"


#define GGI_TLS_VERIFY_DEPTH  3


/*
 * PKIoverheid has two CAs between root and leaf; ssl_verify_depth, 1 unless
 * set, would take every such chain for untrusted.
 */
static void
ggi_tls_verify_depth(ngx_http_ssl_srv_conf_t *sscf)
{
    if (sscf->ssl.ctx && sscf->verify_depth < GGI_TLS_VERIFY_DEPTH) {
        sscf->verify_depth = GGI_TLS_VERIFY_DEPTH;
        SSL_CTX_set_verify_depth(sscf->ssl.ctx, GGI_TLS_VERIFY_DEPTH);
    }
}


/*
 * A resumed session says what another handshake verified, by the trust of
 * whatever server it was made at, and has no chain. Takes from an SSL_CTX all
 * ways to give out a session or to find one again: tickets, OpenSSL's own cache
 * and the functions of nginx's, which OpenSSL asks even where its cache is off.
 * Its session id context is random, so that a session from elsewhere would not
 * be accepted either. Returns NGX_ERROR, logged, when there is none.
 */
static ngx_int_t
ggi_tls_no_sessions(SSL_CTX *ctx, ngx_log_t *log)
{
    u_char  context[SSL_MAX_SID_CTX_LENGTH];

    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(ctx, 0);

    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF
                                        | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, NULL);
    SSL_CTX_sess_set_get_cb(ctx, NULL);
    SSL_CTX_sess_set_remove_cb(ctx, NULL);

    if (RAND_bytes(context, sizeof(context)) != 1
        || SSL_CTX_set_session_id_context(ctx, context, sizeof(context)) != 1)
    {
        ngx_ssl_error(NGX_LOG_EMERG, log, 0,
                      "no session id context can be set");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Each connection to an address with a dienst is a full handshake, whatever
 * server its SNI names: OpenSSL looks for sessions by the SSL_CTX of the
 * default server of the address, before it knows that name.
 */
static ngx_int_t
ggi_tls_no_resumption(ngx_http_conf_addr_t *addr, ngx_log_t *log)
{
    ngx_uint_t                   i;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx && ggi_tls_no_sessions(sscf->ssl.ctx, log) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_uint_t
ggi_tls_addr_has(ngx_http_conf_addr_t *addr, ngx_http_core_srv_conf_t *server)
{
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        if (servers[i] == server) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ggi_tls_prepare(ngx_conf_t *cf, const ggi_place_t *place, ngx_uint_t crl)
{
    ngx_uint_t                  i, k;
    ngx_http_conf_addr_t       *addr;
    ngx_http_conf_port_t       *port;
    ngx_http_ssl_srv_conf_t    *sscf;
    ngx_http_core_srv_conf_t   *server;
    ngx_http_core_main_conf_t  *cmcf;

    server = place->server;
    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->ssl.ctx && sscf->verify == 0) {
        return ggi_gate_lack(cf, GGI_GATE_PKIO, place,
                             "\"ssl_verify_client optional;\" in its server");
    }

    ggi_tls_verify_depth(sscf);

    if (!crl && sscf->crl.len == 0) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "dienst \"%V\" has gate ggi_pkio on, which does not see "
                      "that a certificate was revoked: \"ggi_pkio_crl\" in "
                      "http names the revocation lists; in %s:%ui",
                      &place->dienst, place->file, place->line);
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    port = cmcf->ports ? cmcf->ports->elts : NULL;

    for (i = 0; port && i < cmcf->ports->nelts; i++) {
        addr = port[i].addrs.elts;

        for (k = 0; k < port[i].addrs.nelts; k++) {
            if (!ggi_tls_addr_has(&addr[k], server)) {
                continue;
            }

            if (ggi_tls_no_resumption(&addr[k], cf->log) != NGX_OK) {
                return NGX_ERROR;
            }

            if (!ggi_listen_has_tls(addr[k].opt)) {
                ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                              "dienst \"%V\" has gate ggi_pkio on, which "
                              "refuses all that comes by \"listen %V\" "
                              "without \"ssl\" in %s:%ui",
                              &place->dienst, &addr[k].opt.addr_text,
                              place->file, place->line);
            }
        }
    }

    return NGX_OK;
}
