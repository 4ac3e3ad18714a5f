/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How a request came to where it is. nginx can reject a request before any of
 * its phases (malformed, too large, a bad certificate), and an error_page then
 * takes it to a location as if it were a good one. The POST_READ phase runs for
 * accepted requests alone and marks them; the error pages of a server with a
 * dienst tell which error they were for, since "error_page 400 = ..." wipes
 * the status.
 */

#include "ngx_http_ggi_dienst_module.h"


typedef struct {
    ngx_int_t   status;                 /* nginx's, that an error page was for; 0: there was none */
    unsigned    accepted:1;             /* nginx let the request into its phases */
    unsigned    too_large:1;            /* nginx rejected its body before a gate judged it */
    unsigned    given_up:1;             /* nginx gave it up where there is a dienst, before a gate judged it */
    unsigned    plain:1;                /* it is answered outside of a dienst: it is no call */
} ggi_entry_t;


/* The code that an error page begins with when its value is computed. */
typedef struct {
    ngx_http_script_len_code_pt  code;
    ngx_int_t                    status;        /* that the page is for */
} ggi_page_code_t;


static void ggi_entry_cleanup(void *data);


static void
ggi_entry_cleanup(void *data)
{
    /* marks the entry in the pool's list of cleanups: contexts are wiped by internal redirects, that list is not */
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


/* The entry of a request, made if need be. NULL: no memory. */
static ggi_entry_t *
ggi_entry_make(ngx_http_request_t *r)
{
    ggi_entry_t         *entry;
    ngx_pool_cleanup_t  *cln;

    entry = ggi_entry_get(r);
    if (entry) {
        return entry;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ggi_entry_t));
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ggi_entry_cleanup;
    ngx_memzero(cln->data, sizeof(ggi_entry_t));

    return cln->data;
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


/* nginx looks at the length of a body when it has found a location, which is before any gate. */
static ngx_uint_t
ggi_page_of_large_body(ngx_http_request_t *r, ngx_int_t status)
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
 * Whether it is nginx itself that gives up an accepted request with a status
 * where there is a dienst. A "return" looks the same for some of them: a record
 * too many does less harm than one too few.
 */
static ngx_uint_t
ggi_page_of_dienst(ngx_http_request_t *r, ngx_int_t status)
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


/* An error page is about to be followed; the request is still where the error was. */
static void
ggi_page_followed(ngx_http_request_t *r, ngx_int_t status)
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
        entry->too_large = ggi_page_of_large_body(r, status);
        entry->given_up |= ggi_page_of_dienst(r, status);
    }
}


static size_t
ggi_page_code(ngx_http_script_engine_t *e)
{
    ggi_page_code_t  *code;

    code = (ggi_page_code_t *) e->ip;
    e->ip += sizeof(ggi_page_code_t);

    ggi_page_followed(e->request, code->status);

    return 0;
}


/* The text of a page, as it stands in the configuration: nginx splits off constant arguments. */
static ngx_int_t
ggi_page_text(ngx_conf_t *cf, ngx_http_err_page_t *page, ngx_str_t *text)
{
    u_char  *p;

    *text = page->value.value;

    if (page->args.len == 0) {
        return NGX_OK;
    }

    p = ngx_pnalloc(cf->pool, text->len + 1 + page->args.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text->data = p;
    p = ngx_cpymem(p, page->value.value.data, page->value.value.len);
    *p++ = '?';
    p = ngx_cpymem(p, page->args.data, page->args.len);
    text->len = (size_t) (p - text->data);

    return NGX_OK;
}


/* Makes a page one whose value is computed, by our code before its own. */
static ngx_int_t
ggi_page_wrap(ngx_conf_t *cf, ngx_http_err_page_t *page)
{
    ngx_str_t                   text;
    ngx_array_t                *lengths, *values;
    ggi_page_code_t            *code;
    ngx_http_script_compile_t   sc;

    lengths = NULL;
    values = NULL;

    code = ngx_http_script_start_code(cf->pool, &lengths,
                                      sizeof(ggi_page_code_t));

    if (code == NULL || ggi_page_text(cf, page, &text) != NGX_OK) {
        return NGX_ERROR;
    }

    code->code = ggi_page_code;
    code->status = page->status;

    ngx_memzero(&sc, sizeof(ngx_http_script_compile_t));

    sc.cf = cf;
    sc.source = &text;
    sc.lengths = &lengths;
    sc.values = &values;
    sc.variables = ngx_http_script_variables_count(&text);
    sc.complete_lengths = 1;
    sc.complete_values = 1;

    if (ngx_http_script_compile(&sc) != NGX_OK) {
        return NGX_ERROR;
    }

    /* the variables to be computed anew are those of before */

    page->value.lengths = lengths->elts;
    page->value.values = values->elts;

    return NGX_OK;
}


/* Error pages that tell. The old array may be shared with blocks of servers that have no dienst. */
static ngx_array_t *
ggi_pages_copy(ngx_conf_t *cf, ngx_array_t *old)
{
    ngx_uint_t            i;
    ngx_array_t          *pages;
    ngx_http_err_page_t  *page;

    pages = ngx_array_create(cf->pool, old->nelts, sizeof(ngx_http_err_page_t));
    if (pages == NULL) {
        return NULL;
    }

    page = ngx_array_push_n(pages, old->nelts);
    if (page == NULL) {
        return NULL;
    }

    ngx_memcpy(page, old->elts, old->nelts * sizeof(ngx_http_err_page_t));

    for (i = 0; i < old->nelts; i++) {
        if (ggi_page_wrap(cf, &page[i]) != NGX_OK) {
            return NULL;
        }
    }

    return pages;
}


ngx_int_t
ggi_pages_collect(ngx_conf_t *cf, ngx_array_t *all)
{
    ggi_pages_t               *pages;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->error_pages == NULL) {
        return NGX_OK;
    }

    pages = ngx_array_push(all);
    if (pages == NULL) {
        return NGX_ERROR;
    }

    pages->clcf = clcf;
    pages->server = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    pages->old = clcf->error_pages;

    return NGX_OK;
}


/* The pages that were made of the old ones of a block before, or NULL. */
static ngx_array_t *
ggi_pages_find(ggi_pages_t *pages, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (pages[i].old == pages[n].old
            && pages[i].clcf->error_pages != pages[i].old)
        {
            return pages[i].clcf->error_pages;
        }
    }

    return NULL;
}


ngx_int_t
ggi_pages_init(ngx_conf_t *cf, ngx_array_t *all)
{
    ngx_uint_t              i;
    ngx_array_t            *made;
    ggi_pages_t            *pages;
    ggi_dienst_srv_conf_t  *dscf;

    pages = all->elts;

    for (i = 0; i < all->nelts; i++) {
        dscf = pages[i].server->ctx->srv_conf[ngx_http_ggi_dienst_module
                                              .ctx_index];

        if (!dscf->diensten) {
            continue;
        }

        made = ggi_pages_find(pages, i);

        if (made == NULL) {
            made = ggi_pages_copy(cf, pages[i].old);
        }

        if (made == NULL) {
            return NGX_ERROR;
        }

        pages[i].clcf->error_pages = made;
    }

    return NGX_OK;
}
