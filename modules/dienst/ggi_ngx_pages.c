/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The error pages of servers with a dienst remember the error that they were
 * followed for: "error_page 400 = ..." wipes the status.
 */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_pages.h"


/* The code that an error page begins with when its value is computed. */
typedef struct {
    ngx_http_script_len_code_pt  code;
    ngx_int_t                    status;        /* for which the page is shown */
} ggi_page_code_t;


/* A block with error pages. */
typedef struct {
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *server;
    ngx_array_t               *old;     /* as the configuration gives them */
} ggi_pages_t;


ngx_int_t
ggi_pages_create(ngx_conf_t *cf, ngx_array_t *all)
{
    return ngx_array_init(all, cf->pool, 4, sizeof(ggi_pages_t));
}


static size_t
ggi_page_code(ngx_http_script_engine_t *e)
{
    ggi_page_code_t  *code;

    code = (ggi_page_code_t *) e->ip;
    e->ip += sizeof(ggi_page_code_t);

    ggi_entry_page(e->request, code->status);

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
