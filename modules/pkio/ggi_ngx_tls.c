/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_check.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_tls.h"
#include "ggi_compat.h"

#include <openssl/rand.h>
#include <openssl/ssl.h>


#define GGI_TLS_VERIFY_DEPTH  3
#define GGI_TLS_CAS           2         /* CAs of PKIoverheid between root and leaf */


void
ggi_tls_depth_note(ngx_conf_t *cf)
{
    ngx_uint_t                   i, *given;
    ngx_http_ssl_srv_conf_t     *http, *sscf;
    ngx_http_core_srv_conf_t   **servers;
    ngx_http_core_main_conf_t   *cmcf;

    http = ngx_http_conf_get_module_srv_conf(cf, ngx_http_ssl_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    servers = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
        given = servers[i]->ctx->srv_conf[ngx_http_ggi_pkio_module.ctx_index];

        *given = sscf->verify_depth != NGX_CONF_UNSET_UINT
                 || http->verify_depth != NGX_CONF_UNSET_UINT;
    }
}


/*
 * PKIoverheid has two CAs between root and leaf; ssl_verify_depth, 1 unless
 * set, would take every such chain for untrusted.
 */
static void
ggi_tls_depth_raise(ngx_http_ssl_srv_conf_t *sscf)
{
    if (sscf->ssl.ctx && sscf->verify_depth < GGI_TLS_VERIFY_DEPTH) {
        sscf->verify_depth = GGI_TLS_VERIFY_DEPTH;
        SSL_CTX_set_verify_depth(sscf->ssl.ctx, GGI_TLS_VERIFY_DEPTH);
    }
}


/*
 * A client without SNI, or with a name that nginx does not know, shakes hands
 * with the default server of the address and can then call a dienst of another
 * server. nginx gives up what that handshake did not verify, before any gate
 * can judge the certificate by the server that is called. So the depth is raised
 * where the operator left it to nginx, in each server of the address: what the
 * longer chain leads to is still a root of that server's own. An ssl_verify_depth
 * that was written down stays, and is warned of where it is too small.
 */
static void
ggi_tls_depth_other(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_http_conf_addr_t *addr, ngx_http_core_srv_conf_t *server)
{
    ngx_uint_t               *given;
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
    given = server->ctx->srv_conf[ngx_http_ggi_pkio_module.ctx_index];

    if (sscf->ssl.ctx == NULL || sscf->verify == 0) {
        return;
    }

    if (!*given) {
        ggi_tls_depth_raise(sscf);

    } else if (server == addr->default_server
               && sscf->verify_depth < GGI_TLS_CAS)
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ssl_verify_depth %ui\" of the default server of "
                      "\"listen %V\" in %s:%ui is too small for the chains of "
                      "PKIoverheid: calls to dienst \"%V\" without SNI are "
                      "refused with certificate_untrusted; expected at least "
                      "%d; dienst in %s:%ui",
                      sscf->verify_depth, &addr->opt.addr_text,
                      server->file_name, server->line, &place->dienst,
                      GGI_TLS_CAS, place->file, place->line);
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
 * Prepares all servers of an address that the server of a dienst listens on.
 * Each connection to it is a full handshake, whatever server its SNI names:
 * OpenSSL looks for sessions by the SSL_CTX of the default server of the
 * address, before it knows that name.
 */
static ngx_int_t
ggi_tls_prepare_addr(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_http_conf_addr_t *addr)
{
    ngx_uint_t                   i;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->ssl.ctx
            && ggi_tls_no_sessions(sscf->ssl.ctx, cf->log) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (servers[i] != place->server) {
            ggi_tls_depth_other(cf, place, addr, servers[i]);
        }
    }

    if (!ggi_listen_has_tls(addr->opt)) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "dienst \"%V\" has gate ggi_pkio on, which refuses all "
                      "that comes by \"listen %V\" without \"ssl\" in %s:%ui",
                      &place->dienst, &addr->opt.addr_text, place->file,
                      place->line);
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

    ggi_tls_depth_raise(sscf);

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
            if (ggi_tls_addr_has(&addr[k], server)
                && ggi_tls_prepare_addr(cf, place, &addr[k]) != NGX_OK)
            {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}
