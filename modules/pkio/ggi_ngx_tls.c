/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_check.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_tls.h"
#include "ggi_compat.h"


#define GGI_TLS_VERIFY_DEPTH  3
#define GGI_TLS_CAS           2         /* number of CAs of PKIoverheid between root and leaf */


void
ggi_tls_depth_note(ngx_conf_t *cf)
{
    ngx_uint_t                   i;
    ngx_http_ssl_srv_conf_t     *http, *sscf;
    ngx_http_core_srv_conf_t   **servers;
    ngx_http_core_main_conf_t   *cmcf;

    http = ngx_http_conf_get_module_srv_conf(cf, ngx_http_ssl_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    servers = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {
        sscf = servers[i]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        ggi_server_of(servers[i])->depth_given =
            sscf->verify_depth != NGX_CONF_UNSET_UINT
            || http->verify_depth != NGX_CONF_UNSET_UINT;
    }
}


/*
 * Raises the ssl_verify_depth of a server to what a chain of PKIoverheid needs, which
 * has two CAs between root and leaf. With nginx's default of 1 every such chain would
 * be untrusted.
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
 * Raises the ssl_verify_depth of the server of a dienst, unless the operator set it;
 * then it warns when that depth is too small.
 */
static void
ggi_tls_depth_own(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_http_ssl_srv_conf_t *sscf)
{
    if (!ggi_server_of(place->server)->depth_given) {
        ggi_tls_depth_raise(sscf);

    } else if (sscf->ssl.ctx && sscf->verify_depth < GGI_TLS_CAS) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ssl_verify_depth %ui\" is too small for the chains of "
                      "PKIoverheid: calls to dienst \"%V\" are refused with "
                      "certificate_untrusted; expected at least %d; dienst in "
                      "%s:%ui",
                      sscf->verify_depth, &place->dienst, GGI_TLS_CAS,
                      place->file, place->line);
    }
}


/*
 * Raises the ssl_verify_depth of another server at an address of the dienst, unless the
 * operator set it there; then it warns when the default server's depth is too small.
 *
 * A client without SNI, or with a name that nginx does not know, makes its handshake
 * with the default server of the address and can then call a dienst of another server.
 * nginx refuses a certificate that this handshake did not verify, before a gate can
 * judge it by the server that is called. A larger depth trusts no further root: the
 * longer chain still has to lead to a root of the server itself.
 */
static void
ggi_tls_depth_other(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_http_conf_addr_t *addr, ngx_http_core_srv_conf_t *server)
{
    ngx_http_ssl_srv_conf_t  *sscf;

    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->ssl.ctx == NULL || sscf->verify == 0) {
        return;
    }

    if (!ggi_server_of(server)->depth_given) {
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
 * Notes a lack for each setting of a server by which TLS would let a client in without
 * the gate being able to judge it. The server is at an address of the dienst: OpenSSL
 * looks for sessions before it knows which server is called. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_tls_refuse(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server,
    ngx_http_ssl_srv_conf_t *sscf)
{
    if ((sscf->builtin_session_cache >= 0
         || sscf->builtin_session_cache == NGX_SSL_DFLT_BUILTIN_SCACHE)
        && ggi_conf_lack(cf, "\"ssl_session_cache builtin\" at an address that "
                         "serves a dienst keeps sessions that OpenSSL resumes "
                         "unseen; expected \"shared:NAME:SIZE\", \"none\" or "
                         "\"off\" for the server",
                         server->file_name, server->line)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (sscf->early_data == 1) {
        return ggi_conf_lack(cf, "\"ssl_early_data on\" at an address that "
                             "serves a dienst lets anybody repeat a call; "
                             "expected \"off\" for the server",
                             server->file_name, server->line);
    }

    return NGX_OK;
}


/* Returns 1 when a store of certificates and revocation lists has a delta list, else 0. */
static ngx_uint_t
ggi_tls_has_delta(X509_STORE *store)
{
    int                           i;
    const X509_CRL               *crl;
    const STACK_OF(X509_OBJECT)  *objects;

    objects = X509_STORE_get0_objects(store);

    for (i = sk_X509_OBJECT_num(objects) - 1; i >= 0; i--) {
        crl = X509_OBJECT_get0_X509_CRL(sk_X509_OBJECT_value(objects, i));

        if (crl && X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * Notes a lack when "ssl_crl" of the server of a dienst has a delta list. OpenSSL takes
 * it for a list of all revoked certificates there, and so lets in those that the delta
 * list does not name. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_tls_refuse_delta(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server,
    ngx_http_ssl_srv_conf_t *sscf)
{
    if (sscf->ssl.ctx && sscf->crl.len
        && ggi_tls_has_delta(SSL_CTX_get_cert_store(sscf->ssl.ctx)))
    {
        return ggi_conf_lack(cf, "\"ssl_crl\" in the server of a dienst has a delta "
                             "list, which OpenSSL takes for a list of all revoked "
                             "certificates; expected a file without delta lists for "
                             "the server", server->file_name, server->line);
    }

    return NGX_OK;
}


/*
 * Prepares a server at an address of the dienst, once. Returns NGX_OK, or NGX_ERROR
 * without memory or after a message.
 */
static ngx_int_t
ggi_tls_prepare_server(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server)
{
    ggi_server_t             *known;
    ngx_http_ssl_srv_conf_t  *sscf;

    known = ggi_server_of(server);
    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (known->id == 0 && sscf->ssl.ctx
        && ggi_tls_refuse(cf, server, sscf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_resume_prepare(known, sscf, cf->log);
}


/*
 * Prepares all servers at an address that the server of a dienst listens on. Returns
 * NGX_OK, or NGX_ERROR without memory or after a message.
 */
static ngx_int_t
ggi_tls_prepare_addr(ngx_conf_t *cf, const ggi_place_t *place,
    ngx_http_conf_addr_t *addr)
{
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **servers;

    servers = addr->servers.elts;

    for (i = 0; i < addr->servers.nelts; i++) {
        if (ggi_tls_prepare_server(cf, servers[i]) != NGX_OK) {
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

    if (!ggi_server_of(server)->dienst
        && ggi_tls_refuse_delta(cf, server, sscf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_server_of(server)->dienst = 1;
    ggi_tls_depth_own(cf, place, sscf);

    if (!crl && sscf->crl.len == 0 && sscf->ocsp == 0) {
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
