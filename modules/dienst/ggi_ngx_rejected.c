/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Requests that nginx gave up before a gate could judge them: they are calls as
 * well, and have to be accounted for.
 */

#include "ngx_http_ggi_dienst_module.h"


static void ggi_plain_cleanup(void *data);


static void
ggi_plain_cleanup(void *data)
{
    /* marks a request that was answered by a location without a dienst */
}


/* An error page has another method and path: what the client sent is in the request line, and in the target as it came. */
static ngx_int_t
ggi_call_original(ngx_http_request_t *r, ggi_call_t *call)
{
    u_char     *p, *src, *dst;
    ngx_str_t   target;

    if (!r->internal || !r->err_status) {
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


ggi_call_t *
ggi_call_reject(ngx_http_request_t *r)
{
    ggi_call_t             *call;
    ggi_dienst_loc_conf_t  *dlcf;

    call = ggi_call_create(r);
    if (call == NULL) {
        return NULL;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (ggi_call_original(r, call) != NGX_OK) {
        return NULL;
    }

    call->dienst = ggi_from_ngx_str(dlcf->place.dienst);
    call->judged = dlcf;
    call->status = (int) r->err_status;
    call->reason = GGI_REASON_REQUEST_REJECTED;
    call->unaudited = (dlcf->mode[GGI_GATE_AUDIT] == GGI_MODE_OFF);

    return call;
}


static ngx_uint_t
ggi_plain_entered(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ggi_plain_cleanup) {
            return 1;
        }
    }

    return 0;
}


/* No location has been looked for yet. */
static ngx_uint_t
ggi_before_locations(ngx_http_request_t *r)
{
    ngx_http_core_srv_conf_t   *cscf;
    ngx_http_core_main_conf_t  *cmcf;

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    return r->loc_conf == cscf->ctx->loc_conf
           && r->phase_handler < (ngx_int_t)
                                 cmcf->phase_engine.location_rewrite_index;
}


/*
 * An error page that no gate saw, since it is a "return" or "rewrite": of which
 * location the error was is lost. These are the statuses with which nginx gives
 * up a request by itself; a record too many does less harm than one too few.
 */
static ngx_uint_t
ggi_page_of_rejection(ngx_http_request_t *r)
{
    if (!r->internal || !r->error_page || ggi_plain_entered(r)) {
        return 0;
    }

    switch (r->err_status) {

    case NGX_HTTP_BAD_REQUEST:
    case NGX_HTTP_NOT_ALLOWED:
    case NGX_HTTP_REQUEST_TIME_OUT:
    case NGX_HTTP_REQUEST_ENTITY_TOO_LARGE:
    case NGX_HTTP_REQUEST_URI_TOO_LARGE:
    case NGX_HTTP_MISDIRECTED_REQUEST:
    case NGX_HTTP_INTERNAL_SERVER_ERROR:
    case NGX_HTTP_NOT_IMPLEMENTED:
    case NGX_HTTP_VERSION_NOT_SUPPORTED:
        return 1;

    default:
        return r->err_status >= NGX_HTTP_NGINX_CODES;
    }
}


ngx_int_t
ggi_plain_mark(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(r->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ggi_plain_cleanup;

    return NGX_OK;
}


/* A location without a dienst was found. Only an error page could make one forget that. */
ngx_int_t
ggi_plain_enter(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

    if (r->err_status) {
        /* the page of an error from before any location */
        return (ggi_page_of_rejection(r) && ggi_call_reject(r) == NULL)
               ? NGX_ERROR : NGX_OK;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return clcf->error_pages ? ggi_plain_mark(r) : NGX_OK;
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
    status = r->err_status ? r->err_status : r->headers_out.status;

    /* 0: nothing came to be answered, as of a stream that breaks off in its headers */

    if (!dscf->diensten || (status && status < NGX_HTTP_BAD_REQUEST)) {
        return NULL;
    }

    if (dlcf->place.dienst.len || ggi_before_locations(r)
        || ggi_page_of_rejection(r))
    {
        return ggi_call_reject(r);
    }

    return NULL;
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
