/* SPDX-License-Identifier: EUPL-1.2 */

/* The answer to a refused call. */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_refusal.h"
#include "ggi_problem.h"


#define GGI_RETRY_AFTER  "5"            /* seconds */


static ngx_int_t
ggi_response_header(ngx_http_request_t *r, const char *key, const void *value,
    size_t len)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));
    h->hash = 1;
    h->key.data = (u_char *) key;
    h->key.len = ngx_strlen(key);
    h->value.data = (u_char *) value;
    h->value.len = len;

    return NGX_OK;
}


static ngx_int_t
ggi_refusal_headers(ngx_http_request_t *r, ggi_problem_t *problem)
{
    ggi_str_t  lang;

    if (problem->status == NGX_HTTP_SERVICE_UNAVAILABLE
        && ggi_response_header(r, "Retry-After", GGI_RETRY_AFTER,
                               sizeof(GGI_RETRY_AFTER) - 1)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    lang = ggi_problem_lang_tag(problem->lang);

    if (ggi_response_header(r, "Content-Language", lang.data, lang.len)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_response_header(r, "Cache-Control", "no-store", 8);
}


/*
 * Notes the transaction that a provider gives in its answer, which is replaced by that of
 * the call. One that is no UUID does not count, nor does one of a cache.
 */
static void
ggi_call_note_transaction(ngx_http_request_t *r, ggi_call_t *call, const ngx_str_t *value)
{
    if (call->role == GGI_ROLE_AFNEMER && r->upstream && !r->cached) {
        (void) ggi_uuid_read(call->found.provider_transaction, value->data, value->len);
    }
}


ngx_int_t
ggi_call_answer_header(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_uint_t         i;
    ngx_list_part_t   *part;
    ngx_table_elt_t   *h;
    static ngx_str_t   name = ngx_string("Fsc-Transaction-Id");

    call->state.answered = (int) r->headers_out.status;

    for (part = &r->headers_out.headers.part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (h[i].key.len == name.len
                && ngx_strncasecmp(h[i].key.data, name.data, name.len) == 0)
            {
                ggi_call_note_transaction(r, call, &h[i].value);
                h[i].hash = 0;
            }
        }
    }

    return ggi_response_header(r, (char *) name.data, call->transaction_id,
                               GGI_UUID_LEN);
}


/* What to answer, in which form and language: as the request asks. */
static void
ggi_refusal_problem(ngx_http_request_t *r, ggi_call_t *call,
    ggi_problem_t *problem)
{
    ngx_table_elt_t          *h;
    ggi_dienst_loc_conf_t    *dlcf;
    static const ggi_name_t   accept = ggi_name("Accept-Language",
                                                "accept-language");

    ngx_memzero(problem, sizeof(ggi_problem_t));

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    problem->reason = call->reason;
    problem->status = call->status ? call->status
                                   : ggi_reason_get(call->reason)->status;
    problem->transaction_id = call->transaction_id;
    problem->contact = ggi_from_ngx_str(dlcf->contact);
    problem->header = call->header;

    if (call->reason == GGI_REASON_ASSURANCE_MISSING
        || call->reason == GGI_REASON_ASSURANCE_TOO_LOW)
    {
        problem->asked = call->found.niveau_asked;
    }

    if (call->reason == GGI_REASON_FIELD_NOT_AUTHORISED) {
        problem->field = call->found.veld_refused;
    }

    h = r->headers_in.content_type;
    if (h) {
        ggi_header_trim(h);
        problem->format = ggi_problem_format(ggi_from_ngx_str(h->value));
    }

    problem->lang = ggi_problem_lang(ggi_header_list_value(r, &accept));
}


/* The answer with a body: JSON or SOAP. */
static ngx_int_t
ggi_refusal_send(ngx_http_request_t *r, ggi_problem_t *problem, u_char *text,
    size_t len)
{
    ngx_str_t                  type;
    ngx_http_complex_value_t   cv;

    ngx_memzero(&cv, sizeof(ngx_http_complex_value_t));
    cv.value.data = text;
    cv.value.len = len;

    type = ggi_to_ngx_str(ggi_problem_media_type(problem->format));

    /* discards the rest of the body, which would otherwise be read as the next request */
    return ngx_http_send_response(r, (ngx_uint_t) problem->status, &type, &cv);
}


/*
 * The answer of gRPC: HTTP status 200, and its own status in headers that end
 * the stream ("Trailers-Only" in the gRPC protocol over HTTP/2).
 */
static ngx_int_t
ggi_refusal_send_grpc(ngx_http_request_t *r, ggi_problem_t *problem,
    u_char *text, size_t len)
{
    u_char     *status, *end;
    ngx_int_t   rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }

    status = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
    if (status == NULL) {
        return NGX_ERROR;
    }

    end = ngx_sprintf(status, "%d", ggi_problem_grpc_status(problem->reason,
                                                            problem->status));

    if (ggi_response_header(r, "grpc-status", status, (size_t) (end - status))
        != NGX_OK
        || ggi_response_header(r, "grpc-message", text, len) != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_type =
                      ggi_to_ngx_str(ggi_problem_media_type(problem->format));
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_length_n =
                            (r->http_version < NGX_HTTP_VERSION_20) ? 0 : -1;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


/*
 * Sends the answer to a refused call. Returns what nginx's filters return, or
 * NGX_HTTP_INTERNAL_SERVER_ERROR without memory.
 */
static ngx_int_t
ggi_refusal_answer(ngx_http_request_t *r, ggi_call_t *call)
{
    u_char         *text;
    size_t          len;
    ggi_problem_t   problem;

    ggi_refusal_problem(r, call, &problem);

    text = ngx_pnalloc(r->pool, GGI_PROBLEM_MAX);
    if (text == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    len = ggi_problem_write((char *) text, GGI_PROBLEM_MAX, &problem);

    if (len == 0 || ggi_refusal_headers(r, &problem) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* an error page that led here does not keep its status */
    r->err_status = 0;

    return ggi_problem_is_grpc(problem.format)
           ? ggi_refusal_send_grpc(r, &problem, text, len)
           : ggi_refusal_send(r, &problem, text, len);
}


ngx_int_t
ggi_call_refuse(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t  rc;

    if (r->post_action) {
        /* the client has its answer, and the record the status of that */
        ngx_http_finalize_request(r, NGX_OK);
        return NGX_DONE;
    }

    rc = ggi_refusal_answer(r, call);

    if (rc == NGX_HTTP_INTERNAL_SERVER_ERROR) {
        return rc;
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


ngx_int_t
ggi_call_refuse_instead(ngx_http_request_t *r, ggi_call_t *call, ggi_reason_e reason)
{
    ngx_int_t  rc;

    call->reason = reason;
    call->status = 0;

    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    ngx_http_clear_etag(r);
    r->allow_ranges = 0;
    r->headers_out.status_line.len = 0;
    r->headers_out.content_type_lowcase = NULL;
    r->headers_out.charset.len = 0;

    rc = ggi_refusal_answer(r, call);

    /* so that whoever began the other answer does not send its body */
    r->header_only = 1;

    return (rc > NGX_OK) ? NGX_ERROR : rc;
}
