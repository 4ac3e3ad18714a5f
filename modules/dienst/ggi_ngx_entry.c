/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How a request came to where it is. nginx can reject a request before any of
 * its phases (malformed, too large, a bad certificate), and an error_page then
 * takes it to a location as if it were a good one. The POST_READ phase runs for
 * accepted requests alone and marks them; the error pages of a server with a
 * dienst tell which error they were for, since "error_page 400 = ..." wipes
 * the status.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_pool.h"


typedef struct {
    ngx_int_t   status;                 /* nginx's, that an error page was for; 0: there was none */
    unsigned    accepted:1;             /* nginx let the request into its phases */
    unsigned    too_large:1;            /* nginx rejected its body before a gate judged it */
    unsigned    given_up:1;             /* nginx gave it up in a dienst, before a gate judged it */
    unsigned    plain:1;                /* it is answered outside of a dienst: it is no call */
} ggi_entry_t;


static void ggi_entry_cleanup(void *data);


static void
ggi_entry_cleanup(void *data)
{
    /*
     * marks the entry among the pool's cleanups, which internal redirects leave alone;
     * they wipe contexts
     */
}


/* What is known of a request, or NULL: nothing, so it has not been accepted. */
static ggi_entry_t *
ggi_entry_get(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = r->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ggi_entry_cleanup) {
            return cln->data;
        }
    }

    return NULL;
}


/* Returns the entry of a request, made if need be, or NULL without memory. */
static ggi_entry_t *
ggi_entry_make(ngx_http_request_t *r)
{
    ggi_entry_t  *entry;

    entry = ggi_entry_get(r);

    return entry ? entry : ggi_pool_calloc(r->pool, sizeof(ggi_entry_t),
                                           ggi_entry_cleanup);
}


/*
 * Has the header Host say what the target of a request says when that is absolute, as in
 * "GET http://a.example/x" (RFC 9112, section 3.2.2). nginx has chosen the server, and so
 * the dienst, by that, and does not look at the header. Over HTTP/2 and HTTP/3 nginx
 * rejects a request in which the two differ.
 */
static void
ggi_entry_set_host(ngx_http_request_t *r)
{
    u_char  *p, *end;

    if (r->http_version >= NGX_HTTP_VERSION_20 || r->headers_in.host == NULL
        || r->host_start == NULL || r->host_end == NULL)
    {
        return;
    }

    end = r->request_line.data + r->request_line.len;
    p = r->host_end;

    if (p < end && *p == ':') {
        do {
            p++;
        } while (p < end && ggi_is_digit((char) *p));
    }

    r->headers_in.host->value.data = r->host_start;
    r->headers_in.host->value.len = (size_t) (p - r->host_start);
}


ngx_int_t
ggi_entry_handler(ngx_http_request_t *r)
{
    ggi_entry_t            *entry;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);

    if (!dscf->diensten) {
        return NGX_DECLINED;
    }

    entry = ggi_entry_make(r);
    if (entry == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    entry->accepted = 1;

    /* before anything reads them: "if" and its maps do so before the gates */
    ggi_headers_trim(r);
    ggi_entry_set_host(r);

    return NGX_DECLINED;
}


ngx_int_t
ggi_entry_plain(ngx_http_request_t *r)
{
    ggi_entry_t  *entry;

    entry = ggi_entry_make(r);
    if (entry == NULL) {
        return NGX_ERROR;
    }

    entry->plain = 1;

    return NGX_OK;
}


ngx_int_t
ggi_entry_status(ngx_http_request_t *r, ngx_int_t status)
{
    ggi_entry_t  *entry;

    entry = ggi_entry_get(r);

    if (status == 0 && entry) {
        status = entry->status;
    }

    if (status == 0) {
        status = (ngx_int_t) ggi_answer_status(r);
    }

    switch (status) {

    case NGX_HTTP_REQUEST_HEADER_TOO_LARGE:
    case NGX_HTTPS_CERT_ERROR:
    case NGX_HTTPS_NO_CERT:
    case NGX_HTTP_TO_HTTPS:
        /* nginx's own numbers, which it answers with this one */
        return NGX_HTTP_BAD_REQUEST;

    default:
        return status;
    }
}


ngx_uint_t
ggi_entry_rejected(ngx_http_request_t *r)
{
    ggi_entry_t  *entry;

    if (!r->internal) {
        return 0;
    }

    if (r->post_action && r->err_status >= NGX_HTTP_BAD_REQUEST) {
        /* it was given up without an error page */
        return 1;
    }

    entry = ggi_entry_get(r);

    return entry == NULL || !entry->accepted || entry->too_large;
}


ngx_uint_t
ggi_entry_given_up(ngx_http_request_t *r)
{
    ggi_entry_t  *entry;

    entry = ggi_entry_get(r);

    if (entry == NULL) {
        return 1;
    }

    return !entry->plain && (!entry->accepted || entry->given_up);
}


ngx_uint_t
ggi_entry_is_plain(ngx_http_request_t *r)
{
    ggi_entry_t  *entry;

    entry = ggi_entry_get(r);

    return entry && entry->plain;
}


ngx_uint_t
ggi_entry_body_lost(ngx_http_request_t *r)
{
    ngx_http_request_body_t  *rb;

    rb = r->request_body;

    return rb && !rb->last_saved
           && (r->headers_in.content_length_n > 0 || r->headers_in.chunked);
}


ngx_uint_t
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


/* nginx looks at the length of a body when it has found a location, which is before any gate. */
static ngx_uint_t
ggi_entry_of_large_body(ngx_http_request_t *r, ngx_int_t status)
{
    off_t                      length;
    ngx_table_elt_t           *h;
    ngx_http_core_loc_conf_t  *clcf;

    h = r->headers_in.content_length;

    if (status != NGX_HTTP_REQUEST_ENTITY_TOO_LARGE || h == NULL) {
        return 0;
    }

    /* not content_length_n: nginx has begun to throw the body away */

    length = ngx_atoof(h->value.data, h->value.len);
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return clcf->client_max_body_size && length > clcf->client_max_body_size;
}


/*
 * Returns 1 when nginx itself gives up an accepted request with a status where there is
 * a dienst, 0 otherwise. A "return" with some of these statuses looks alike: a record
 * too many does less harm than one too few.
 */
static ngx_uint_t
ggi_entry_of_dienst(ngx_http_request_t *r, ngx_int_t status)
{
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->place.dienst.len == 0 && !ggi_before_locations(r)) {
        return 0;
    }

    switch (status) {

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
        return status >= NGX_HTTP_NGINX_CODES;
    }
}


void
ggi_entry_page(ngx_http_request_t *r, ngx_int_t status)
{
    ggi_entry_t  *entry;

    if (r != r->main) {
        return;
    }

    /* without memory a request that was not accepted stays so, and one that was has its entry */

    entry = ggi_entry_make(r);

    if (entry == NULL || entry->too_large
        || (!entry->accepted && entry->status))
    {
        return;
    }

    entry->status = status;

    if (entry->accepted && ggi_call_get(r) == NULL) {
        entry->too_large = ggi_entry_of_large_body(r, status);
        entry->given_up |= ggi_entry_of_dienst(r, status);
    }
}
