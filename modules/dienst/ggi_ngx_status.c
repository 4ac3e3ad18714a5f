/* SPDX-License-Identifier: EUPL-1.2 */

/* The directive ggi_status, which shows in a location what the gates of all workers count. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_rejected.h"
#include "ggi_ngx_rewrites.h"
#include "ggi_ngx_status.h"
#include "ggi_ngx_status_collect.h"
#include "ggi_problem.h"
#include "ggi_status_style.h"
#include "ggi_status_write.h"

#include <openssl/sha.h>


#define GGI_STATUS_BUFFER   (64 * 1024) /* bytes that most answers fit in */
#define GGI_STATUS_HASH     64          /* bytes of a hash in the policy of the page */
#define GGI_STATUS_LONGEST  (64 * 1024 * 1024)


static ngx_int_t ggi_status_handler(ngx_http_request_t *r);


static ggi_name_t  ggi_status_accept = ggi_name("Accept", "accept");
static ggi_name_t  ggi_status_language = ggi_name("Accept-Language", "accept-language");


char *
ggi_status_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_dienst_loc_conf_t *dlcf = conf;

    ngx_str_t                 *value;
    ggi_dienst_main_conf_t    *dmcf;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == ggi_status_handler) {
        return "is duplicate";
    }

    if (clcf->handler) {
        return "is in a location that something else answers, such as "
               "\"proxy_pass\" or \"return\": give it a location of its own";
    }

    dlcf->status_form = GGI_STATUS_NEGOTIATED;
    value = cf->args->elts;

    if (cf->args->nelts == 2) {

        if (ngx_strcmp(value[1].data, "prometheus") == 0) {
            dlcf->status_form = GGI_STATUS_PROMETHEUS;

        } else if (ngx_strcmp(value[1].data, "json") == 0) {
            dlcf->status_form = GGI_STATUS_JSON;

        } else if (ngx_strcmp(value[1].data, "html") == 0) {
            dlcf->status_form = GGI_STATUS_HTML;

        } else {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"ggi_status\" has an invalid form \"%V\": expected "
                               "\"prometheus\", \"json\", \"html\", or nothing, which leaves it "
                               "to the Accept header", &value[1]);
            return NGX_CONF_ERROR;
        }
    }

    clcf->handler = ggi_status_handler;
    dlcf->status_file = cf->conf_file->file.name.data;
    dlcf->status_line = cf->conf_file->line;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dmcf->status = 1;

    return NGX_CONF_OK;
}


/*
 * A "proxy_pass" behind the "ggi_status" takes its place without a word, and a "return"
 * answers before it, be it one of the location or of its server.
 */
ngx_int_t
ggi_status_check(ngx_conf_t *cf, ggi_dienst_loc_conf_t *dlcf)
{
    ngx_http_core_loc_conf_t  *clcf;
    ngx_http_core_srv_conf_t  *cscf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    if (dlcf->status_file == NULL
        || (clcf->handler == ggi_status_handler
            && !ggi_rewrites_return(cf->cycle, dlcf->loc_conf)
            && !ggi_rewrites_return(cf->cycle, cscf->ctx->loc_conf)))
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"ggi_status\" is in a location that something else answers, "
                  "such as \"proxy_pass\" or \"return\": give it a location of its own, in "
                  "%s:%ui", dlcf->status_file, dlcf->status_line);

    return NGX_ERROR;
}


/* The calls that no gate judged are counted at their end. */
static ngx_int_t
ggi_status_log_handler(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_ended(r);

    if (call && !call->state.counted) {

        /* one that is recorded already counts as what its record says */

        if (call->reason == GGI_REASON_NONE && !call->state.recorded) {
            call->reason = GGI_REASON_REQUEST_REJECTED;
        }

        call->state.judging = 0;        /* the gates have not decided about it */
        ggi_status_count(r, call);
    }

    if (call) {
        ggi_status_count_end(r, call);
    }

    return NGX_OK;
}


/* Writes the hash of a text, as a policy names it, to dst. Returns the position behind it. */
static u_char *
ggi_status_hash(u_char *dst, const char *text)
{
    u_char     digest[SHA256_DIGEST_LENGTH];
    ngx_str_t  raw, encoded;

    raw.len = sizeof(digest);
    raw.data = SHA256((const u_char *) text, ngx_strlen(text), digest);
    dst = ngx_cpymem(dst, "'sha256-", sizeof("'sha256-") - 1);
    encoded.data = dst;
    ngx_encode_base64(&encoded, &raw);
    dst += encoded.len;
    *dst++ = '\'';

    return dst;
}


/* Makes the policy of the page. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_status_make_policy(ngx_conf_t *cf, ngx_str_t *policy)
{
    u_char  *p;

    static const char  begin[] = "default-src 'none'; connect-src 'self'; base-uri 'none'; "
                                 "form-action 'none'; frame-ancestors 'none'; style-src ";
    static const char  script[] = "; script-src ";

    p = ngx_pnalloc(cf->pool, sizeof(begin) + sizeof(script) + 2 * GGI_STATUS_HASH);
    if (p == NULL) {
        return NGX_ERROR;
    }

    policy->data = p;
    p = ngx_cpymem(p, begin, sizeof(begin) - 1);
    p = ggi_status_hash(p, ggi_status_style);
    p = ngx_cpymem(p, script, sizeof(script) - 1);
    p = ggi_status_hash(p, ggi_status_script);
    policy->len = (size_t) (p - policy->data);

    return NGX_OK;
}


ngx_int_t
ggi_status_init(ngx_conf_t *cf)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    if (!dmcf->status) {
        return NGX_OK;
    }

    return (ggi_metrics_init(cf) == NGX_OK
            && ggi_status_make_policy(cf, &dmcf->status_policy) == NGX_OK)
           ? ggi_phase_add(cf, NGX_HTTP_LOG_PHASE, ggi_status_log_handler) : NGX_ERROR;
}


static ggi_status_form_e
ggi_status_form(ngx_http_request_t *r)
{
    u_char                 *p;
    ggi_str_t               accept;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->status_form != GGI_STATUS_NEGOTIATED) {
        return (ggi_status_form_e) dlcf->status_form;
    }

    accept = ggi_header_list_value(r, &ggi_status_accept);
    p = (u_char *) accept.data;

    if (ngx_strlcasestrn(p, p + accept.len, (u_char *) "application/json", 16 - 1)) {
        return GGI_STATUS_JSON;
    }

    return ngx_strlcasestrn(p, p + accept.len, (u_char *) "text/html", 9 - 1)
           ? GGI_STATUS_HTML : GGI_STATUS_PROMETHEUS;
}


/*
 * Adds the headers of the page: a browser loads nothing for it but what is in it, and shows
 * it in no frame. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_int_t
ggi_status_headers(ngx_http_request_t *r)
{
    ngx_uint_t               i;
    ngx_table_elt_t         *h;
    ggi_dienst_main_conf_t  *dmcf;
    ngx_keyval_t             headers[] = {
        { ngx_string("Content-Security-Policy"), ngx_null_string },
        { ngx_string("X-Content-Type-Options"), ngx_string("nosniff") },
        { ngx_string("Referrer-Policy"), ngx_string("no-referrer") },
        { ngx_string("Cache-Control"), ngx_string("no-store") },
        { ngx_string("Vary"), ngx_string("Accept, Accept-Language") }
    };

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    headers[0].value = dmcf->status_policy;

    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        h = ngx_list_push(&r->headers_out.headers);
        if (h == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(h, sizeof(ngx_table_elt_t));
        h->hash = 1;
        h->key = headers[i].key;
        h->value = headers[i].value;
    }

    return NGX_OK;
}


/*
 * Writes the status into memory of the request, as much as it needs. Returns NGX_OK, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_status_body(ngx_http_request_t *r, const ggi_status_t *status, ggi_status_form_e form,
    ngx_str_t *body)
{
    char    *buf;
    size_t   size;

    for (size = GGI_STATUS_BUFFER; size <= GGI_STATUS_LONGEST; size *= 4) {
        buf = ngx_palloc(r->pool, size);
        if (buf == NULL) {
            return NGX_ERROR;
        }

        body->data = (u_char *) buf;
        body->len = ggi_status_write(status, form, buf, size);

        if (body->len) {
            return NGX_OK;
        }

        (void) ngx_pfree(r->pool, buf);
    }

    return NGX_ERROR;
}


static ngx_int_t
ggi_status_handler(ngx_http_request_t *r)
{
    ngx_str_t                  type[] = {
        ngx_string("text/plain; version=0.0.4; charset=utf-8"),
        ngx_string("application/json"),
        ngx_string("text/html; charset=utf-8")
    };
    ggi_status_t               status;
    ggi_status_form_e          form;
    ngx_http_complex_value_t   body;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    form = ggi_status_form(r);
    ngx_memzero(&body, sizeof(ngx_http_complex_value_t));

    if (ggi_status_collect(r, &status) != NGX_OK
        || (form == GGI_STATUS_HTML && ggi_status_headers(r) != NGX_OK))
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    status.lang = ggi_problem_lang(ggi_header_list_value(r, &ggi_status_language));

    if (ggi_status_body(r, &status, form, &body.value) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_send_response(r, NGX_HTTP_OK, &type[form], &body);
}
