/* SPDX-License-Identifier: EUPL-1.2 */

/* From a request to the fields that it asks for. */

#include "ggi_ngx_levering.h"

#include "ggi_fields_json.h"
#include "ggi_fields_query.h"
#include "ggi_ngx_body.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_value.h"
#include "ggi_velden.h"


static ggi_name_t  ggi_levering_type = ggi_name("Content-Type", "content-type");
static ggi_name_t  ggi_levering_encoding = ggi_name("Content-Encoding", "content-encoding");
static ggi_name_t  ggi_levering_cookie = ggi_name("Cookie", "cookie");


static ngx_int_t
ggi_levering_refuse(ggi_call_t *call, ggi_reason_e reason)
{
    call->reason = reason;

    return NGX_DECLINED;
}


/* Refuses a call for a header, since other fields could be read by it. Returns NGX_DECLINED. */
static ngx_int_t
ggi_levering_refuse_header(ggi_call_t *call, const ggi_name_t *header)
{
    call->header = ggi_from_ngx_str(header->key);

    return ggi_levering_refuse(call, GGI_REASON_FIELDS_MALFORMED);
}


/*
 * Judges a header that says how a call is to be read by a test of its value, which is ""
 * where there is none. Returns NGX_OK, NGX_DECLINED with the reason in the call, or
 * NGX_ERROR without memory.
 */
static ngx_int_t
ggi_levering_judge_header(ngx_http_request_t *r, ggi_call_t *call, ggi_name_t *header,
    int (*good)(ggi_str_t value))
{
    ngx_int_t  rc;
    ggi_str_t  value = ggi_str("");

    rc = ggi_header_value_if(call->state.headers, r, header, 1, &value);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    return (rc == NGX_OK && good(value)) ? NGX_OK : ggi_levering_refuse_header(call, header);
}


static int
ggi_levering_is_plain(ggi_str_t encoding)
{
    return encoding.len == 0;
}


/* Returns the bytes of a body that nginx has read. */
static off_t
ggi_levering_body_size(ngx_http_request_t *r)
{
    off_t         size;
    ngx_chain_t  *cl;

    size = 0;

    for (cl = r->request_body ? r->request_body->bufs : NULL; cl; cl = cl->next) {
        size += ngx_buf_size(cl->buf);
    }

    return size;
}


/*
 * Copies a part of a body to p. nginx has just written what is in a file, so that the
 * kernel has it in memory. Returns the end of the copy, or NULL after a message.
 */
static u_char *
ggi_levering_copy(u_char *p, ngx_buf_t *buf)
{
    size_t   size;
    ssize_t  n;

    size = (size_t) ngx_buf_size(buf);

    if (size == 0 || ngx_buf_in_memory(buf)) {
        return size ? ngx_cpymem(p, buf->pos, size) : p;
    }

    n = ngx_read_file(buf->file, p, size, buf->file_pos);

    return (n == (ssize_t) size) ? p + size : NULL;
}


/*
 * Sets body to what nginx has read, size bytes: where it is, when it is there in one piece,
 * or in a copy. Returns NGX_OK or NGX_ERROR.
 */
static ngx_int_t
ggi_levering_body(ngx_http_request_t *r, size_t size, ggi_str_t *body)
{
    u_char       *p;
    ngx_chain_t  *cl;

    body->len = size;
    body->data = "";

    if (size == 0) {
        return NGX_OK;
    }

    cl = r->request_body->bufs;

    if (cl->next == NULL && ngx_buf_in_memory(cl->buf)) {
        body->data = (char *) cl->buf->pos;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = (char *) p;

    for ( /* void */ ; cl; cl = cl->next) {
        p = ggi_levering_copy(p, cl->buf);
        if (p == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Reads the fields in the body of a call. Returns what ggi_levering_handler() does. */
static ngx_int_t
ggi_levering_read_body(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_levering_loc_conf_t *llcf, ggi_fields_t *fields)
{
    off_t      size;
    ngx_int_t  rc;
    ggi_str_t  body;

    if (r->headers_in.content_length_n <= 0 && !r->headers_in.chunked) {
        return ggi_levering_refuse(call, GGI_REASON_FIELD_MISSING);
    }

    if (ggi_fields_query_has(ggi_from_ngx_str(r->args), llcf->name)) {
        return ggi_levering_refuse(call, GGI_REASON_FIELDS_MALFORMED);
    }

    rc = ggi_levering_judge_header(r, call, &ggi_levering_type, ggi_fields_type_is_json);

    if (rc == NGX_OK) {
        rc = ggi_levering_judge_header(r, call, &ggi_levering_encoding, ggi_levering_is_plain);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    if (r->headers_in.content_length_n > (off_t) llcf->body_max) {
        return ggi_levering_refuse(call, GGI_REASON_BODY_TOO_LARGE);
    }

    rc = ggi_body_read(r, call);
    if (rc != NGX_OK) {
        return rc;
    }

    size = ggi_levering_body_size(r);

    if (size > (off_t) llcf->body_max) {
        return ggi_levering_refuse(call, GGI_REASON_BODY_TOO_LARGE);
    }

    if (ggi_levering_body(r, (size_t) size, &body) != NGX_OK) {
        return NGX_ERROR;
    }

    call->reason = ggi_fields_read_json(fields, llcf->name, body);

    return call->reason ? NGX_DECLINED : NGX_OK;
}


/*
 * Refuses a call with a body: there are servers that mix what stands in a form, in JSON or
 * in a body of no known type with the arguments of the query. Returns NGX_OK when there is
 * no body, or what ggi_levering_handler() does.
 */
static ngx_int_t
ggi_levering_refuse_body(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t  rc;

    if (r == r->main && r->headers_in.content_length_n > 0) {
        return ggi_levering_refuse(call, GGI_REASON_FIELDS_MALFORMED);
    }

    if (r->headers_in.chunked) {
        rc = ggi_body_read(r, call);    /* there may be nothing in it */

        if (rc != NGX_OK) {
            return rc;
        }
    }

    return (ggi_levering_body_size(r) == 0)
           ? NGX_OK : ggi_levering_refuse(call, GGI_REASON_FIELDS_MALFORMED);
}


/* Reads the fields in the query of a call. Returns what ggi_levering_handler() does. */
static ngx_int_t
ggi_levering_read_query(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_levering_loc_conf_t *llcf, ggi_fields_t *fields)
{
    u_char     *room;
    ngx_int_t   rc;

    rc = ggi_levering_refuse_body(r, call);
    if (rc != NGX_OK) {
        return rc;
    }

    room = ngx_pnalloc(r->pool, r->args.len + 1);
    if (room == NULL) {
        return NGX_ERROR;
    }

    call->reason = ggi_fields_read_query(fields, llcf->name, ggi_from_ngx_str(r->args),
                                         (char *) room);

    return call->reason ? NGX_DECLINED : NGX_OK;
}


/* Notes the fields that a call asks for. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_levering_note(ngx_http_request_t *r, ggi_findings_t *found, const ggi_fields_t *fields)
{
    ggi_str_t  *velden;

    velden = ngx_palloc(r->pool, fields->n * sizeof(ggi_str_t));
    if (velden == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(velden, fields->item, fields->n * sizeof(ggi_str_t));
    found->velden = velden;
    found->velden_n = fields->n;

    return NGX_OK;
}


/* Judges the fields that were read. Returns NGX_OK, or NGX_DECLINED with the reason. */
static ngx_int_t
ggi_levering_judge(ggi_call_t *call, const ggi_levering_loc_conf_t *llcf,
    const ggi_fields_t *fields)
{
    ggi_fields_rules_t  rules;

    rules.agreed = call->found.profile_velden;
    rules.agreed_n = call->found.profile_velden_n;
    rules.always = llcf->always ? llcf->always->elts : NULL;
    rules.always_n = llcf->always ? llcf->always->nelts : 0;
    rules.aliases = llcf->aliases ? llcf->aliases->elts : NULL;
    rules.aliases_n = llcf->aliases ? llcf->aliases->nelts : 0;

    call->reason = ggi_fields_judge(fields, &rules, &call->found.veld_refused);

    return call->reason ? NGX_DECLINED : NGX_OK;
}


/*
 * Refuses a call in a location that does not say where fields are asked for, when what is
 * agreed limits them. Returns NGX_OK or NGX_DECLINED.
 */
static ngx_int_t
ggi_levering_unsaid(ngx_http_request_t *r, ggi_call_t *call)
{
    uint64_t             left_out;
    static ggi_limits_t  limits;

    if (!ggi_velden_limit(call->found.profile_velden, call->found.profile_velden_n)) {
        return NGX_OK;
    }

    if (ggi_limits_allow(&limits, call->dienst.len, call->dienst.data, "", &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "\"velden\" are agreed on for dienst \"%*s\", and its location does not "
                      "say where calls ask for fields: give it \"ggi_levering_fields\", or "
                      "\"ggi_levering off;\" if all fields may be given (messages left out: %uL)",
                      call->dienst.len, call->dienst.data, left_out);
    }

    return ggi_levering_refuse(call, GGI_REASON_FIELDS_UNAVAILABLE);
}


ngx_int_t
ggi_levering_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                 rc;
    ggi_fields_t              fields;
    ggi_levering_loc_conf_t  *llcf;

    llcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_levering_module);

    if (llcf->fields == GGI_LEVERING_NOWHERE || call->state.handshake) {
        return NGX_OK;                  /* a call with a bad certificate gets nowhere */
    }

    if (llcf->fields == GGI_LEVERING_UNSAID) {
        return ggi_levering_unsaid(r, call);
    }

    if (ggi_header_maybe(call->state.headers, &ggi_levering_cookie)
        && ggi_fields_cookie_has(ggi_header_list_value(r, &ggi_levering_cookie), llcf->name))
    {
        return ggi_levering_refuse_header(call, &ggi_levering_cookie);
    }

    fields.n = 0;

    rc = (llcf->fields == GGI_LEVERING_BODY)
         ? ggi_levering_read_body(r, call, llcf, &fields)
         : ggi_levering_read_query(r, call, llcf, &fields);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ggi_levering_note(r, &call->found, &fields) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_levering_judge(call, llcf, &fields);
}
