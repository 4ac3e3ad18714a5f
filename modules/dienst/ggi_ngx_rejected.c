/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Requests that nginx gave up before a gate could judge them: they are calls as
 * well, and have to be accounted for.
 */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_push.h"
#include "ggi_ngx_rejected.h"


/*
 * Sets the method and path from the request line and the target as they came, since an
 * error page has others.
 */
static ngx_int_t
ggi_call_original(ngx_http_request_t *r, ggi_call_t *call)
{
    u_char     *p, *src, *dst;
    ngx_str_t   target;

    call->state.path_ordinary = 0;
    call->state.path_clear = 0;

    if (!r->internal) {
        call->method = ggi_from_ngx_str(r->method_name);
        call->path = ggi_from_ngx_str(r->uri);
        return NGX_OK;
    }

    p = ngx_strlchr(r->request_line.data,
                    r->request_line.data + r->request_line.len, ' ');

    if (p) {
        call->method.data = (char *) r->request_line.data;
        call->method.len = (size_t) (p - r->request_line.data);
    }

    target = r->unparsed_uri;
    p = ngx_strlchr(target.data, target.data + target.len, '?');

    if (p) {
        target.len = (size_t) (p - target.data);
    }

    dst = ngx_pnalloc(r->pool, target.len + 1);
    if (dst == NULL) {
        return NGX_ERROR;
    }

    call->path.data = (char *) dst;
    src = target.data;
    ngx_unescape_uri(&dst, &src, target.len, 0);
    call->path.len = (size_t) (dst - (u_char *) call->path.data);

    return NGX_OK;
}


/* Makes a call one that nginx rejected; for status see ggi_call_reject(). */
static void
ggi_call_set_rejected(ngx_http_request_t *r, ggi_call_t *call, ngx_int_t status)
{
    ggi_dienst_loc_conf_t  *dlcf;

    /* first: whatever fails after this, nothing lets the call through */
    call->reason = GGI_REASON_REQUEST_REJECTED;
    call->status = (int) ggi_entry_status(r, status);

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    call->dienst = ggi_from_ngx_str(dlcf->place.dienst);
    call->state.judged = dlcf;
    call->state.unaudited = (dlcf->mode[GGI_GATE_AUDIT] == GGI_MODE_OFF);
}


ggi_call_t *
ggi_call_reject(ngx_http_request_t *r, ngx_int_t status)
{
    ggi_call_t  *call;

    call = ggi_call_create(r);
    if (call == NULL) {
        return NULL;
    }

    ggi_call_set_rejected(r, call, status);

    return (ggi_call_original(r, call) == NGX_OK) ? call : NULL;
}


/*
 * Returns the call of a request that nginx rejected and that has ended. When there is no
 * memory for its path, the call has none. When there is no memory for the call, it is in
 * memory that the next such request of the worker uses again. Returns NULL without random
 * bytes.
 */
static ggi_call_t *
ggi_call_reject_ended(ngx_http_request_t *r)
{
    ggi_call_t         *call;
    static ggi_call_t   spare;

    call = ggi_call_reject(r, 0);

    if (call == NULL) {
        call = ggi_call_get(r);
    }

    if (call == NULL && ggi_call_fill(r, &spare) == NGX_OK) {
        call = &spare;
        ggi_call_set_rejected(r, call, 0);
    }

    return call;
}


ngx_int_t
ggi_plain_enter(ngx_http_request_t *r)
{
    return (ggi_entry_given_up(r) && ggi_call_reject(r, 0) == NULL)
           ? NGX_ERROR : NGX_OK;
}


/*
 * Returns 1 when nginx refused a request since its host is another one than the client
 * named in the TLS handshake, at an address where some server has a dienst; 0 otherwise.
 * The request is in the server of the handshake then, which may have none.
 */
static ngx_uint_t
ggi_call_is_misdirected(ngx_http_request_t *r)
{
    ggi_dienst_srv_conf_t     *dscf;
    ngx_http_core_srv_conf_t  *cscf;

    if (r->err_status != NGX_HTTP_MISDIRECTED_REQUEST || r->upstream) {
        return 0;
    }

    cscf = r->http_connection->addr_conf->default_server;
    dscf = cscf->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];

    return dscf->beside;
}


/* For a request without a call: the one that nginx rejected, or NULL. */
static ggi_call_t *
ggi_call_rejected(ngx_http_request_t *r)
{
    ngx_uint_t              status;
    ggi_dienst_loc_conf_t  *dlcf;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (!dscf->diensten) {
        return ggi_call_is_misdirected(r) ? ggi_call_reject(r, 0) : NULL;
    }

    if (ggi_entry_is_plain(r)) {
        return NULL;
    }

    if (ggi_entry_given_up(r)) {
        return ggi_call_reject_ended(r);
    }

    status = ggi_answer_status(r);

    /* 0: nothing came to be answered, as of a client that went away */

    if (status && status < NGX_HTTP_BAD_REQUEST) {
        return NULL;
    }

    return (dlcf->place.dienst.len || ggi_before_locations(r))
           ? ggi_call_reject_ended(r) : NULL;
}


ggi_call_t *
ggi_call_ended(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    if (r != r->main || ggi_push_is(r)) {
        return NULL;
    }

    call = ggi_call_get(r);

    return call ? call : ggi_call_rejected(r);
}
