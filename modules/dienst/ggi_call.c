/* SPDX-License-Identifier: EUPL-1.2 */

/* A call from its first gate to its last. */

#include "ngx_http_ggi_dienst_module.h"
#include "ggi_oin.h"
#include "ggi_uri.h"

#include <openssl/rand.h>


#define GGI_RANDOM_POOL    4096
#define GGI_CALL_RANDOM    (GGI_TRACE_RANDOM + GGI_UUID_RANDOM)


static void ggi_call_cleanup(void *data);


static ggi_name_t  ggi_traceparent = ggi_name("traceparent", "traceparent");

/*
 * By the first five some servers take another method or path than what was
 * judged. The others are about the caller's own connection, and some servers
 * read names of headers in them, or an upgrade to HTTP/2.
 */
static const ggi_name_t  ggi_not_forwarded[] = {
    ggi_name("X-HTTP-Method-Override", "x-http-method-override"),
    ggi_name("X-HTTP-Method", "x-http-method"),
    ggi_name("X-Method-Override", "x-method-override"),
    ggi_name("X-Original-URL", "x-original-url"),
    ggi_name("X-Rewrite-URL", "x-rewrite-url"),
    ggi_name("Keep-Alive", "keep-alive"),
    ggi_name("Proxy-Connection", "proxy-connection"),
    ggi_name("HTTP2-Settings", "http2-settings")
};

/* API-standaard Verwerkingenlogging: the organisation of the certificate */
static ggi_name_t  ggi_oin_header = ggi_name("OIN", "oin");

static ggi_name_t  ggi_transaction = ggi_name("Fsc-Transaction-Id",
                                              "fsc-transaction-id");


ggi_claimed_e
ggi_header_claimed(ngx_uint_t i, const ggi_name_t **name)
{
    static const struct {
        const ggi_name_t  *name;
        ggi_claimed_e      what;
    } claimed[] = {
        { &ggi_oin_header, GGI_CLAIMED_OIN },
        { &ggi_traceparent, GGI_CLAIMED_TRACE },
        { &ggi_transaction, GGI_CLAIMED_TRANSACTION }
    };

    const ngx_uint_t  n = sizeof(claimed) / sizeof(claimed[0]);

    if (i < n) {
        *name = claimed[i].name;
        return claimed[i].what;
    }

    if (i < n + sizeof(ggi_not_forwarded) / sizeof(ggi_name_t)) {
        *name = &ggi_not_forwarded[i - n];
        return GGI_CLAIMED_REMOVED;
    }

    return GGI_CLAIMED_NOT;
}


/*
 * Random bytes in bulk: one visit to the generator serves many calls. Each
 * process fills its own, since the master never judges a call.
 */
static ngx_int_t
ggi_call_random(u_char *dst, size_t len)
{
    static u_char  pool[GGI_RANDOM_POOL];
    static size_t  left;

    if (left < len) {
        if (RAND_bytes(pool, sizeof(pool)) != 1) {
            return NGX_ERROR;
        }

        left = sizeof(pool);
    }

    left -= len;
    ngx_memcpy(dst, pool + left, len);

    return NGX_OK;
}


static void
ggi_call_cleanup(void *data)
{
    /* marks the call in the pool's list of cleanups: contexts are wiped by internal redirects, that list is not */
}


/* Returns the call of a request, also one that nothing but early variables has asked for, or NULL. */
static ggi_call_t *
ggi_call_find(ngx_http_request_t *r)
{
    ggi_call_t          *call;
    ngx_pool_cleanup_t  *cln;

    call = ngx_http_get_module_ctx(r, ngx_http_ggi_dienst_module);
    if (call) {
        return call;
    }

    for (cln = r->main->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ggi_call_cleanup) {
            ngx_http_set_ctx(r, cln->data, ngx_http_ggi_dienst_module);
            return cln->data;
        }
    }

    return NULL;
}


ggi_call_t *
ggi_call_get(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_find(r);

    return (call && call->entered) ? call : NULL;
}


ggi_call_t *
ggi_call_create(ngx_http_request_t *r)
{
    ggi_call_t  *call;
    ngx_time_t  *tp;

    call = ggi_call_early(r);
    if (call == NULL) {
        return NULL;
    }

    tp = ngx_timeofday();
    call->time = (uint64_t) tp->sec * 1000 + tp->msec;
    call->entered = 1;

    return call;
}


/*
 * When the request came, by the clock that nobody sets: nginx keeps that time
 * by the other one, which may have been set since, but not by longer than the
 * connection is there.
 */
static ngx_msec_t
ggi_call_started(ngx_http_request_t *r)
{
    ngx_msec_t       connected;
    ngx_time_t      *tp;
    ngx_msec_int_t   passed;

    tp = ngx_timeofday();
    passed = (ngx_msec_int_t) (tp->sec - r->start_sec) * 1000
             + (ngx_msec_int_t) tp->msec - (ngx_msec_int_t) r->start_msec;
    connected = ngx_current_msec - r->connection->start_time;

    if (passed < 0) {
        passed = 0;
    }

    return ngx_current_msec - ngx_min((ngx_msec_t) passed, connected);
}


ggi_call_t *
ggi_call_early(ngx_http_request_t *r)
{
    u_char               random[GGI_CALL_RANDOM];
    ngx_uint_t           n;
    ggi_call_t          *call;
    ngx_time_t          *tp;
    ngx_table_elt_t     *h;
    ngx_pool_cleanup_t  *cln;

    call = ggi_call_find(r);
    if (call) {
        return call;
    }

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ggi_call_t));
    if (cln == NULL || ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NULL;
    }

    call = cln->data;
    ngx_memzero(call, sizeof(ggi_call_t));

    tp = ngx_timeofday();
    call->time = (uint64_t) tp->sec * 1000 + tp->msec;
    call->started = ggi_call_started(r);
    h = ggi_header_find(r, &ggi_traceparent, &n);

    ggi_trace_start(&call->trace, (h && n == 1) ? h->value.data : NULL,
                    h ? h->value.len : 0, random);

    h = ggi_header_find(r, &ggi_transaction, &n);

    if (h == NULL || n != 1
        || !ggi_uuid_read(call->transaction_id, h->value.data, h->value.len))
    {
        ggi_uuid7_write(call->transaction_id, call->time,
                        random + GGI_TRACE_RANDOM);
    }

    cln->handler = ggi_call_cleanup;
    ngx_http_set_ctx(r, call, ngx_http_ggi_dienst_module);

    return call;
}


void
ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call)
{
    char                   *findings;
    ngx_uint_t              n;
    ngx_table_elt_t        *h;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    findings = (char *) call;
    ngx_memzero(findings + offsetof(ggi_call_t, netwerk),
                offsetof(ggi_call_t, gate) - offsetof(ggi_call_t, netwerk));

    call->dienst = ggi_from_ngx_str(dlcf->place.dienst);
    call->method = ggi_from_ngx_str(r->method_name);
    call->path = ggi_from_ngx_str(r->uri);
    call->judged = dlcf;
    call->again = 0;
    call->reason = GGI_REASON_NONE;
    call->would_refuse = GGI_REASON_NONE;
    call->header.len = 0;
    call->would_refuse_header.len = 0;
    call->gate = GGI_GATE_NETWERK;
    call->unaudited = (dlcf->mode[GGI_GATE_AUDIT] == GGI_MODE_OFF);

    h = ggi_header_find(r, &dlcf->origin, &n);

    if (h == NULL) {
        call->origin.len = 0;
        return;
    }

    call->origin = ggi_from_ngx_str(h->value);
    call->origin_malformed = (n != 1 || h->value.len > GGI_OIN_LEN);

    if (call->origin_malformed) {
        call->origin.len = 0;
    }
}


ngx_int_t
ggi_call_descend(ggi_call_t *call)
{
    u_char  random[GGI_SPAN_ID_LEN / 2];

    if (ggi_call_random(random, sizeof(random)) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_trace_descend(&call->trace, random);

    return NGX_OK;
}


ngx_int_t
ggi_call_redirect(ggi_call_t *call)
{
    if (ggi_call_descend(call) != NGX_OK) {
        return NGX_ERROR;
    }

    call->redirected_from = call->dienst;
    call->recorded = 0;
    call->counted = 0;

    return NGX_OK;
}


/* A dienst can have other gates in another location: a refusal by them is a decision of its own. */
void
ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_str_t   method, path;
    ngx_uint_t  unaudited;

    method = call->method;
    path = call->path;
    unaudited = call->unaudited;

    ggi_call_enter(r, call);

    call->method = method;
    call->path = path;
    call->again = !unaudited;
}


/*
 * For a call that was judged again in another location of its dienst: returns 1
 * when that needs no record, since it was let through once more. A refusal
 * becomes a decision of its own.
 */
static ngx_uint_t
ggi_call_unchanged(ggi_call_t *call)
{
    if (!call->again) {
        return 0;
    }

    call->again = 0;

    if (call->reason == GGI_REASON_NONE) {
        return 1;
    }

    return ggi_call_redirect(call) != NGX_OK;
}


/* Gives the API a header with the value that the gates have established; "": none. */
static ngx_int_t
ggi_call_establish(ngx_http_request_t *r, ggi_name_t *name, ggi_str_t value)
{
    return value.len ? ggi_header_set(r, name, value)
                     : ggi_header_remove(r, name, 1);
}


/*
 * What the API sees of the call: the identifiers by which it is found in the
 * records, and the organisation for which it is made, established instead of
 * claimed.
 */
static ngx_int_t
ggi_call_forward_headers(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_str_t               value;
    ggi_dienst_loc_conf_t  *dlcf;

    if (ggi_header_remove(r, ggi_not_forwarded,
                          sizeof(ggi_not_forwarded) / sizeof(ggi_name_t))
        != NGX_OK
        || ggi_connection_forward(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->removed
        && ggi_header_remove(r, dlcf->removed->elts, dlcf->removed->nelts)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    value.data = call->trace.traceparent;
    value.len = GGI_TRACEPARENT_LEN;

    if (ggi_header_set(r, &ggi_traceparent, value) != NGX_OK) {
        return NGX_ERROR;
    }

    value.data = call->transaction_id;
    value.len = GGI_UUID_LEN;

    if (ggi_header_set(r, &ggi_transaction, value) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ggi_header_find(r, &ggi_oin_header, NULL)
        && ggi_call_establish(r, &ggi_oin_header, call->oin) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_call_establish(r, &dlcf->origin,
                              call->on_behalf_of.len ? call->on_behalf_of
                                                     : call->oin);
}


ngx_int_t
ggi_uri_write(ngx_http_request_t *r, ngx_str_t *uri)
{
    u_char     *p;
    size_t      len;
    uintptr_t   escape;

    escape = 2 * ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    len = r->uri.len + escape + (r->args.len ? r->args.len + 1 : 0);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    uri->data = p;
    uri->len = len;

    if (escape) {
        p = (u_char *) ngx_escape_uri(p, r->uri.data, r->uri.len,
                                      NGX_ESCAPE_URI);
    } else if (r->uri.len) {
        /* nginx rejects a request line that it cannot read without a path */
        p = ngx_cpymem(p, r->uri.data, r->uri.len);
    }

    if (r->args.len) {
        *p++ = '?';
        ngx_memcpy(p, r->args.data, r->args.len);
    }

    return NGX_OK;
}


/* Variables that were evaluated before the gates hold what the caller sent. */
static void
ggi_call_flush_variables(ngx_http_request_t *r)
{
    ngx_uint_t               i, *index;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    index = dmcf->sent.elts;

    for (i = 0; i < dmcf->sent.nelts; i++) {
        r->variables[index[i]].valid = 0;
        r->variables[index[i]].not_found = 0;
    }
}


/* Moves a call that a gate in mode observe would have refused to the next gate. */
static void
ggi_call_observe(ggi_call_t *call)
{
    if (call->would_refuse == GGI_REASON_NONE) {
        call->would_refuse = call->reason;
        call->would_refuse_header = call->header;
    }

    call->reason = GGI_REASON_NONE;
    call->header.len = 0;
    call->gate++;
}


/* What a gate's answer means for the call: moves to the next gate. */
static void
ggi_call_conclude(ngx_http_request_t *r, ggi_call_t *call, ggi_mode_e mode,
    ngx_int_t rc)
{
    ggi_reason_e            earlier;
    ggi_dienst_loc_conf_t  *dlcf;

    if (rc == NGX_OK) {
        call->gate++;
        return;
    }

    earlier = call->reason;

    if (rc != NGX_DECLINED || call->reason == GGI_REASON_NONE) {
        call->reason = ggi_gates[call->gate].undecided;
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "gate %s cannot decide", ggi_gates[call->gate].name);
    }

    if (call->reason == GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED) {
        dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
        call->header = ggi_from_ngx_str(dlcf->origin.key);
    }

    if (call->gate == GGI_GATE_AUDIT) {
        /* a refusal keeps its own reason though it could not be recorded */
        if (mode == GGI_MODE_OBSERVE || earlier != GGI_REASON_NONE) {
            call->reason = earlier;
        }

        call->gate++;
        return;
    }

    if (mode == GGI_MODE_OBSERVE) {
        ggi_call_observe(call);
        return;
    }

    call->gate = GGI_GATE_AUDIT;
}


/* A subrequest has the headers that were established for its call, and its own location can name others. */
static ngx_int_t
ggi_call_subrequest_judged(ngx_http_request_t *r, ggi_call_t *call)
{
    if (call->reason != GGI_REASON_NONE) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "subrequest to dienst \"%*s\" refused: %s",
                      call->dienst.len, call->dienst.data,
                      ggi_reason_get(call->reason)->name);
        return NGX_HTTP_FORBIDDEN;
    }

    if (ggi_header_own(r) != NGX_OK
        || ggi_call_forward_headers(r, call) != NGX_OK
        || ggi_subrequest_keep(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ggi_call_flush_variables(r);

    return NGX_DECLINED;
}


/*
 * A path that would be another one after some way of passing it on is refused
 * in every mode: whatever was judged, the API might get something else. That
 * comes after the profile has been judged, which may have an earlier reason.
 * The request's path is looked at, since a call that is judged again for another
 * location keeps the path that it was admitted with.
 */
static void
ggi_call_judge_path(ngx_http_request_t *r, ggi_call_t *call)
{
    if (!ggi_uri_unambiguous(ggi_from_ngx_str(r->uri))) {
        call->reason = GGI_REASON_PATH_NOT_AUTHORISED;
        call->gate = GGI_GATE_AUDIT;
    }
}


ngx_int_t
ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                rc;
    ggi_mode_e               mode;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    while (call->gate < GGI_GATES) {

        if (call->gate == GGI_GATE_DOELBINDING) {
            ggi_call_judge_path(r, call);
        }

        if (call->gate == GGI_GATE_AUDIT && call->reason == GGI_REASON_NONE
            && !call->subrequest && !ggi_early_settled(r, call))
        {
            call->reason = GGI_REASON_REQUEST_REJECTED;
            call->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (call->gate == GGI_GATE_AUDIT
            && (call->subrequest || ggi_call_unchanged(call)))
        {
            call->gate++;
            break;
        }

        mode = ggi_gate_mode(r, call->gate);

        if (mode == GGI_MODE_OFF || dmcf->gates[call->gate] == NULL) {
            call->gate++;
            continue;
        }

        rc = dmcf->gates[call->gate](r, call);

        if (rc == NGX_AGAIN) {
            /* a write event must not run the phases before the gate is ready */
            call->waiting = 1;
            r->read_event_handler = ngx_http_test_reading;
            r->write_event_handler = ngx_http_request_empty_handler;
            return NGX_AGAIN;
        }

        ggi_call_conclude(r, call, mode, rc);
    }

    if (call->subrequest) {
        return ggi_call_subrequest_judged(r, call);
    }

    if (!call->counted) {
        ggi_status_count(r, call);
    }

    if (call->dropped) {
        return NGX_HTTP_CLOSE;
    }

    if (call->reason != GGI_REASON_NONE) {
        return ggi_call_refuse(r, call);
    }

    call->admitted = 1;

    /*
     * The path that was judged, everywhere: proxy_pass would send the caller's
     * spelling of it, and $request_uri holds that, by which FastCGI and uwsgi
     * applications find their way.
     */

    if (ggi_call_forward_headers(r, call) != NGX_OK
        || ggi_uri_write(r, &r->unparsed_uri) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ggi_call_flush_variables(r);

    return NGX_DECLINED;
}


void
ggi_call_resume(ngx_http_request_t *r)
{
    ggi_call_t        *call;
    ngx_connection_t  *c;

    c = r->connection;
    call = ggi_call_get(r);

    if (call == NULL || !call->waiting) {
        return;
    }

    call->waiting = 0;
    ngx_http_set_log_request(c->log, r);

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
    ngx_http_run_posted_requests(c);
}
