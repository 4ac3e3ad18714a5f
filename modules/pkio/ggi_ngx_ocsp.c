/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_ocsp.h"
#include "ggi_ngx_ocsp_answers.h"


#define GGI_OCSP_LEAF  2                /* what nginx makes of "ssl_ocsp leaf" */


/* A call that waits for answers, in its request's pool. */
typedef struct {
    ngx_http_request_t  *request;
    ngx_uint_t           left;          /* answers that have not come */
    ngx_uint_t           done;          /* 1: the call has waited */
    ngx_uint_t           n;
    ggi_ocsp_waiter_t    waiters[1];    /* n of them */
} ggi_ocsp_wait_t;


ngx_int_t
ggi_ocsp_prepare(ngx_conf_t *cf, ngx_http_core_srv_conf_t *server, ggi_crl_source_t *crl)
{
    const char               *fault;
    ggi_server_t             *known;
    ngx_http_ssl_srv_conf_t  *sscf;

    known = ggi_server_of(server);
    sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

    if (sscf->ocsp) {
        ggi_metric_show(cf, GGI_METRIC_OCSP_GOOD, GGI_METRIC_OCSP_FAILED);
        known->crl = crl;
    }

    if (sscf->ocsp == 0 || sscf->ocsp_responder.len == 0) {
        return NGX_OK;
    }

    fault = ggi_ocsp_responder_read(&known->responder, cf->pool, sscf->ocsp_responder);

    if (fault == NULL && ggi_ocsp_responder_resolve(&known->responder, cf->pool) != NGX_OK) {
        fault = "has a host that cannot be resolved";
    }

    if (fault) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "the OCSP responder \"%V\" of \"ssl_ocsp_responder\" %s, for the server "
                      "in %s:%ui", &sscf->ocsp_responder, fault, server->file_name, server->line);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Returns the keys of the answers about the certificates of a path, which are made once
 * for it. NULL without memory.
 */
static ggi_ocsp_key_t *
ggi_ocsp_keys(ggi_path_t *path, const ggi_server_t *server, ngx_log_t *log)
{
    int              i, n;
    ggi_ocsp_key_t  *keys;

    if (path->ocsp_keys) {
        return path->ocsp_keys;
    }

    n = sk_X509_num(path->chain) - 1;

    keys = ngx_alloc((size_t) n * sizeof(ggi_ocsp_key_t), log);
    if (keys == NULL) {
        return NULL;
    }

    for (i = 0; i < n; i++) {
        if (ggi_ocsp_entry_key(&keys[i], server->id, path->chain, i) != NGX_OK) {
            ngx_free(keys);
            return NULL;
        }
    }

    path->ocsp_keys = keys;

    return keys;
}


/*
 * Looks whether a list names the certificate of a responder. A list that is missing is not
 * the responder's fault: the call itself is refused for that, by the lists.
 */
static const char *
ggi_ocsp_delegate(void *data, STACK_OF(X509) *chain)
{
    ggi_server_t *server = data;

    time_t  until;

    return (server->crl && ggi_crl_source_judge(server->crl, chain, server->tls->ssl.ctx,
                                                ngx_time(), &until)
                           == GGI_REASON_CERTIFICATE_REVOKED)
           ? "has a certificate that has been revoked" : NULL;
}


/*
 * Looks what is known of the first n certificates of a path. ask and the values that are
 * returned are those of ggi_ocsp_answers_find(), for all of them together; wait, unless
 * it is NULL, waits for each answer that is not there.
 */
static ngx_int_t
ggi_ocsp_look(ngx_http_request_t *r, const ggi_path_t *path, int n, ngx_uint_t ask,
    ggi_ocsp_wait_t *wait, ggi_reason_e *reason)
{
    ngx_int_t                  rc;
    ggi_reason_e               one;
    ggi_server_t              *server;
    ggi_ocsp_matter_t          matter;
    ngx_http_ssl_srv_conf_t   *sscf;
    ngx_http_core_srv_conf_t  *cscf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);
    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);
    server = ngx_http_get_module_srv_conf(r, ngx_http_ggi_pkio_module);

    matter.chain = path->chain;
    matter.server = sscf->ssl.ctx;
    matter.delegate = ggi_ocsp_delegate;
    matter.data = server;
    matter.responder = &server->responder;
    matter.clcf = cscf->ctx->loc_conf[ngx_http_core_module.ctx_index];

    rc = NGX_OK;
    *reason = GGI_REASON_NONE;

    for (matter.place = 0; matter.place < n; matter.place++) {
        matter.key = &path->ocsp_keys[matter.place];

        if (ggi_ocsp_answers_find(&matter, ask, wait ? &wait->waiters[matter.place] : NULL, &one)
            == NGX_AGAIN)
        {
            rc = NGX_AGAIN;

            if (wait) {
                wait->left++;
            }

        } else if (one == GGI_REASON_CERTIFICATE_REVOKED) {
            *reason = one;
            return NGX_OK;

        } else if (one != GGI_REASON_NONE) {
            *reason = one;
        }
    }

    return rc;
}


static void
ggi_ocsp_wait_done(void *data)
{
    ggi_ocsp_wait_t *wait = data;

    if (--wait->left == 0) {
        wait->done = 1;
        ggi_call_resume(wait->request);
    }
}


static void
ggi_ocsp_wait_cleanup(void *data)
{
    ngx_uint_t        i;
    ggi_ocsp_wait_t  *wait = data;

    for (i = 0; i < wait->n; i++) {
        ggi_ocsp_answers_leave(&wait->waiters[i]);
    }
}


/* Makes what a request waits for n answers with. Returns NULL without memory. */
static ggi_ocsp_wait_t *
ggi_ocsp_wait_create(ngx_http_request_t *r, int n)
{
    size_t               size;
    ngx_uint_t           i;
    ggi_ocsp_wait_t     *wait;
    ngx_http_cleanup_t  *cln;

    size = sizeof(ggi_ocsp_wait_t) + (size_t) n * sizeof(ggi_ocsp_waiter_t);

    cln = ngx_http_cleanup_add(r, size);
    if (cln == NULL) {
        return NULL;
    }

    wait = cln->data;
    ngx_memzero(wait, size);
    cln->handler = ggi_ocsp_wait_cleanup;

    wait->request = r;
    wait->n = (ngx_uint_t) n;

    for (i = 0; i < wait->n; i++) {
        wait->waiters[i].done = ggi_ocsp_wait_done;
        wait->waiters[i].data = wait;
    }

    return wait;
}


/* Waits for answers that are being asked for. Returns what ggi_ocsp_judge() does. */
static ngx_int_t
ggi_ocsp_wait(ngx_http_request_t *r, const ggi_path_t *path, int n, ggi_reason_e *reason)
{
    ngx_int_t         rc;
    ggi_ocsp_wait_t  *wait;

    wait = ggi_ocsp_wait_create(r, n);
    if (wait == NULL) {
        return NGX_ERROR;
    }

    rc = ggi_ocsp_look(r, path, n, 1, wait, reason);

    if (rc == NGX_AGAIN) {
        ngx_http_set_ctx(r, wait, ngx_http_ggi_pkio_module);
    } else {
        ggi_ocsp_wait_cleanup(wait);
    }

    return rc;
}


ngx_int_t
ggi_ocsp_judge(ngx_http_request_t *r, ggi_path_t *path, ngx_uint_t wait, ggi_reason_e *reason)
{
    int                       n;
    ngx_int_t                 rc;
    ngx_uint_t                waited;
    ggi_server_t             *server;
    ggi_ocsp_wait_t          *ctx;
    ngx_http_ssl_srv_conf_t  *sscf;

    *reason = GGI_REASON_NONE;

    n = sk_X509_num(path->chain) - 1;
    sscf = ngx_http_get_module_srv_conf(r, ngx_http_ssl_module);
    server = ngx_http_get_module_srv_conf(r, ngx_http_ggi_pkio_module);

    if (sscf->ocsp == 0 || n == 0) {
        return NGX_OK;
    }

    if (ggi_ocsp_keys(path, server, r->connection->log) == NULL) {
        return NGX_ERROR;
    }

    if (sscf->ocsp == GGI_OCSP_LEAF) {
        n = 1;
    }

    ctx = ngx_http_get_module_ctx(r, ngx_http_ggi_pkio_module);
    waited = ctx && ctx->done;

    if (waited && wait) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_pkio_module);
    }

    rc = ggi_ocsp_look(r, path, n, !waited, NULL, reason);

    return (rc == NGX_AGAIN && wait) ? ggi_ocsp_wait(r, path, n, reason) : rc;
}
