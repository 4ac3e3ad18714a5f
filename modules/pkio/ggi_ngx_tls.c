/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_tls.h"

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
 * A resumed session has no chain, and OpenSSL does not verify anew: each
 * connection of a server with a dienst is a full handshake. The servers of one
 * address share what is resumed, so all of them go along.
 */
static void
ggi_tls_no_resumption(ngx_http_conf_addr_t *addr)
{
    ngx_uint_t                   i;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx) {
            SSL_CTX_set_session_cache_mode(sscf->ssl.ctx, SSL_SESS_CACHE_OFF);
            SSL_CTX_set_options(sscf->ssl.ctx, SSL_OP_NO_TICKET);
            SSL_CTX_set_num_tickets(sscf->ssl.ctx, 0);
        }
    }
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
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "dienst \"%V\" has gate ggi_pkio on, which needs "
                      "\"ssl_verify_client optional;\" in its server, or "
                      "\"ggi_pkio off;\" in %s:%ui",
                      &place->dienst, place->file, place->line);
        return NGX_ERROR;
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

            ggi_tls_no_resumption(&addr[k]);

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
