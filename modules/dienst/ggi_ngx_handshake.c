/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Faults of the client certificate that nginx finds before any phase runs
 * (495, 496). Each server with a dienst gets a hidden named location, and an
 * error_page for these two that leads there: the phases then run with method
 * and URI as they were sent, and the dienst of the URI can refuse the call as it
 * would any other. Where the URI has no dienst, nginx answers as ever.
 */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_handshake.h"
#include "ggi_ngx_rejected.h"


extern ngx_module_t  ngx_http_rewrite_module;


static ngx_str_t  ggi_handshake_name = ngx_string("@ggi_handshake");


/* The server's error pages, with ours before them. The old array is shared with other blocks. */
static ngx_int_t
ggi_handshake_error_pages(ngx_conf_t *cf, ngx_http_core_loc_conf_t *clcf)
{
    ngx_uint_t              i;
    ngx_array_t            *pages;
    ngx_http_err_page_t    *page;
    static const ngx_int_t  status[] = { NGX_HTTPS_CERT_ERROR,
                                         NGX_HTTPS_NO_CERT };

    pages = ngx_array_create(cf->pool, 4, sizeof(ngx_http_err_page_t));
    if (pages == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < sizeof(status) / sizeof(ngx_int_t); i++) {
        page = ngx_array_push(pages);
        if (page == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(page, sizeof(ngx_http_err_page_t));
        page->status = status[i];
        page->value.value = ggi_handshake_name;
    }

    if (clcf->error_pages) {
        page = ngx_array_push_n(pages, clcf->error_pages->nelts);
        if (page == NULL) {
            return NGX_ERROR;
        }

        ngx_memcpy(page, clcf->error_pages->elts,
                   clcf->error_pages->nelts * sizeof(ngx_http_err_page_t));
    }

    clcf->error_pages = pages;

    return NGX_OK;
}


/*
 * Returns a copy of the server's own location configuration, under the hidden name, in
 * which nothing is rewritten.
 */
static ngx_http_core_loc_conf_t *
ggi_handshake_location(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    void                      **loc_conf;
    size_t                      size;
    ngx_http_module_t          *rewrite;
    ngx_http_core_loc_conf_t   *clcf;

    size = ngx_http_max_module * sizeof(void *);
    loc_conf = ngx_palloc(cf->pool, size);
    clcf = ngx_palloc(cf->pool, sizeof(ngx_http_core_loc_conf_t));

    if (loc_conf == NULL || clcf == NULL) {
        return NULL;
    }

    ngx_memcpy(loc_conf, cscf->ctx->loc_conf, size);
    *clcf = *(ngx_http_core_loc_conf_t *)
                cscf->ctx->loc_conf[ngx_http_core_module.ctx_index];

    clcf->name = ggi_handshake_name;
    clcf->loc_conf = loc_conf;
    clcf->named = 1;
    loc_conf[ngx_http_core_module.ctx_index] = clcf;

    rewrite = ngx_http_rewrite_module.ctx;
    loc_conf[ngx_http_rewrite_module.ctx_index] = rewrite->create_loc_conf(cf);

    return loc_conf[ngx_http_rewrite_module.ctx_index] ? clcf : NULL;
}


static ngx_int_t
ggi_handshake_add_named(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf,
    ngx_http_core_loc_conf_t *clcf)
{
    ngx_uint_t                  n;
    ngx_http_core_loc_conf_t  **named;

    for (n = 0; cscf->named_locations && cscf->named_locations[n]; n++) {
        /* void */
    }

    named = ngx_palloc(cf->pool, (n + 2) * sizeof(void *));
    if (named == NULL) {
        return NGX_ERROR;
    }

    if (n) {
        ngx_memcpy(named, cscf->named_locations, n * sizeof(void *));
    }

    named[n] = clcf;
    named[n + 1] = NULL;
    cscf->named_locations = named;

    return NGX_OK;
}


ngx_int_t
ggi_handshake_init(ngx_conf_t *cf, ngx_http_core_srv_conf_t *cscf)
{
    ggi_dienst_srv_conf_t     *dscf;
    ngx_http_core_loc_conf_t  *clcf;

    dscf = cscf->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];

    if (dscf->handshake) {
        return NGX_OK;
    }

    clcf = ggi_handshake_location(cf, cscf);
    if (clcf == NULL || ggi_handshake_add_named(cf, cscf, clcf) != NGX_OK) {
        return NGX_ERROR;
    }

    dscf->handshake = clcf->loc_conf;

    return ggi_handshake_error_pages(cf,
                     cscf->ctx->loc_conf[ngx_http_core_module.ctx_index]);
}


/*
 * Returns 495 or 496, whichever the fault was, since nginx has forgotten it; 0 when it
 * was neither and the request came here in another way.
 */
static ngx_int_t
ggi_handshake_status(ngx_http_request_t *r)
{
    const char            *text;
    ngx_ssl_connection_t  *ssl;

    ssl = r->connection->ssl;

    if (ssl == NULL) {
        return 0;
    }

    if (SSL_get_verify_result(ssl->connection) != X509_V_OK) {
        return NGX_HTTPS_CERT_ERROR;
    }

    if (SSL_get0_peer_certificate(ssl->connection) == NULL) {
        return NGX_HTTPS_NO_CERT;
    }

    /* ssl_ocsp finds its faults in the handshake as well */
    return (ngx_ssl_ocsp_get_status(r->connection, &text) == NGX_OK)
           ? 0 : NGX_HTTPS_CERT_ERROR;
}


/*
 * Sets the location of the request's URI. Returns NGX_OK, or NGX_DONE when nginx has
 * answered already with a redirect.
 */
static ngx_int_t
ggi_handshake_find_location(ngx_http_request_t *r)
{
    off_t                      length;
    ngx_int_t                  rc, phase_handler;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    r->loc_conf = cscf->ctx->loc_conf;
    phase_handler = r->phase_handler;

    /* a body that is too large is not what has to be said now */
    length = r->headers_in.content_length_n;
    r->headers_in.content_length_n = -1;

    rc = ngx_http_core_find_config_phase(r, NULL);

    if (rc != NGX_AGAIN) {
        return NGX_DONE;
    }

    r->headers_in.content_length_n = length;
    r->phase_handler = phase_handler;

    return NGX_OK;
}


/*
 * Makes the call of a request that nginx answers since its certificate is at fault, in a
 * dienst whose gate pkio does not enforce. That gate is asked all the same what the
 * certificate claims to be, unless it is off. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
static ngx_int_t
ggi_handshake_reject(ngx_http_request_t *r, ngx_int_t status)
{
    ggi_call_t              *call, asked;
    ggi_dienst_main_conf_t  *dmcf;

    call = ggi_call_reject(r, status);
    if (call == NULL) {
        return NGX_ERROR;
    }

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    if (ggi_gate_mode(r, GGI_GATE_PKIO) == GGI_MODE_OFF
        || dmcf->gates[GGI_GATE_PKIO] == NULL)
    {
        return NGX_OK;
    }

    ngx_memzero(&asked, sizeof(ggi_call_t));
    asked.state.asked = 1;
    (void) dmcf->gates[GGI_GATE_PKIO](r, &asked);

    call->found.certificate_sha256 = asked.found.certificate_sha256;
    call->found.claimed = asked.found.claimed;
    call->found.claimed_error = asked.found.claimed_error;

    return NGX_OK;
}


ngx_int_t
ggi_handshake_enter(ngx_http_request_t *r)
{
    void                   **hidden;
    ngx_int_t                status;
    ggi_dienst_loc_conf_t   *dlcf;

    hidden = r->loc_conf;
    status = ggi_handshake_status(r);

    if (status == 0) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ggi_handshake_find_location(r) != NGX_OK) {
        return NGX_DONE;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->place.dienst.len && dlcf->mode[GGI_GATE_PKIO] == GGI_MODE_ON) {
        return NGX_OK;
    }

    if ((dlcf->place.dienst.len ? ggi_handshake_reject(r, status)
                                : ggi_entry_plain(r))
        != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->loc_conf = hidden;
    r->error_page = 0;

    return status;
}
