/* SPDX-License-Identifier: EUPL-1.2 */

/* A call from its first gate to its last. */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_destination.h"
#include "ggi_ngx_forward.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_judge_log.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_refusal.h"
#include "ggi_ngx_settled.h"
#include "ggi_oin.h"
#include "ggi_uri.h"
#include "ggi_velden.h"


/* A call that waits for a gate other than the audit, in its request's pool. */
typedef struct ggi_undecided_s {
    ngx_queue_t          queue;
    ngx_http_request_t  *request;
    ggi_call_t          *call;
} ggi_undecided_t;


/* Those of this worker. */
static ngx_queue_t  ggi_undecided;


void
ggi_judge_init_process(void)
{
    ngx_queue_init(&ggi_undecided);
}


void
ggi_call_each_undecided(void (*handler)(ngx_http_request_t *r,
    ggi_call_t *call))
{
    ngx_queue_t      *q;
    ggi_undecided_t  *undecided;

    ggi_queue_foreach(q, &ggi_undecided) {
        undecided = ngx_queue_data(q, ggi_undecided_t, queue);
        handler(undecided->request, undecided->call);
    }
}


/* Takes a call off the list: its gate goes on, or its request ends. */
static void
ggi_undecided_leave(void *data)
{
    ggi_call_t  *call;

    call = ((ggi_undecided_t *) data)->call;

    if (call->state.undecided == data) {
        ngx_queue_remove(&call->state.undecided->queue);
        call->state.undecided = NULL;
    }
}


/*
 * Puts a call that waits for a gate on the list. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
static ngx_int_t
ggi_undecided_enter(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_http_cleanup_t  *cln;

    if (call->state.subrequest || call->state.gate == GGI_GATE_AUDIT) {
        return NGX_OK;
    }

    cln = ngx_http_cleanup_add(r, sizeof(ggi_undecided_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ggi_undecided_leave;
    call->state.undecided = cln->data;
    call->state.undecided->request = r;
    call->state.undecided->call = call;
    ngx_queue_insert_tail(&ggi_undecided, &call->state.undecided->queue);

    return NGX_OK;
}


void
ggi_call_enter(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_uint_t              n;
    ngx_table_elt_t        *h;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    ngx_memzero(&call->found, sizeof(ggi_findings_t));

    call->role = dlcf->place.role;
    call->dienst = ggi_from_ngx_str(dlcf->place.dienst);
    call->method = ggi_from_ngx_str(r->method_name);
    call->path = ggi_from_ngx_str(r->uri);
    call->state.path_ordinary = ggi_uri_ordinary(call->path);
    call->state.path_clear = 0;
    ggi_destination_read(r, call);
    call->state.judged = dlcf;
    call->state.again = 0;
    call->reason = GGI_REASON_NONE;
    call->status = 0;
    call->would_refuse = GGI_REASON_NONE;
    call->header.len = 0;
    call->would_refuse_header.len = 0;
    call->origin.len = 0;
    call->state.origin_malformed = 0;
    call->state.gate = GGI_GATE_NETWERK;
    call->state.judging = 1;
    call->state.judging_since = ngx_current_msec;
    call->state.unaudited = (dlcf->mode[GGI_GATE_AUDIT] == GGI_MODE_OFF);

    if (call->role == GGI_ROLE_AFNEMER) {
        call->found.aanbieders = dlcf->aanbieders_json;
    }

    if (call->role == GGI_ROLE_AFNEMER && call->organisation) {
        call->found.oin = call->organisation->oin;
        call->found.organisation = call->organisation->name;
    }

    h = ggi_header_find_if(call->state.headers, r, &dlcf->origin, &n);

    if (h == NULL || (n == 1 && (char *) h->value.data == call->state.own_origin)) {
        return;
    }

    if (n != 1 || h->value.len > GGI_OIN_LEN) {
        call->state.origin_malformed = 1;
        return;
    }

    call->origin = ggi_from_ngx_str(h->value);
}


ngx_int_t
ggi_call_begin_decision(ggi_call_t *call)
{
    if (ggi_call_descend(call) != NGX_OK) {
        return NGX_ERROR;
    }

    call->redirected_from = call->dienst;
    call->state.recorded = 0;
    call->state.counted = 0;

    return NGX_OK;
}


/* A dienst can have other gates in another location: a refusal by them is a decision of its own. */
void
ggi_call_enter_again(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_str_t   method, path, destination;
    ngx_uint_t  ordinary, unaudited, writes;

    method = call->method;
    path = call->path;
    ordinary = call->state.path_ordinary;
    destination = call->destination;
    writes = call->state.writes;
    unaudited = call->state.unaudited;

    call->state.headers = ggi_header_filter(r);
    ggi_call_enter(r, call);

    call->method = method;
    call->path = path;
    call->state.path_ordinary = ordinary;
    call->destination = destination;
    call->state.writes = writes;
    call->state.again = !unaudited;

    if (unaudited && !call->state.unaudited) {
        call->state.counted = 0;              /* no record has it; what follows will be recorded */
    }
}


/*
 * For a call that was judged again in another location of its dienst, and for a
 * subrequest: returns 1 when that needs no record, since it was let through. A
 * refusal becomes a decision of its own, in a span below that of the call.
 */
static ngx_uint_t
ggi_call_unchanged(ggi_call_t *call)
{
    if (!call->state.again) {
        return 0;
    }

    call->state.again = 0;

    if (call->reason == GGI_REASON_NONE) {
        return 1;
    }

    if (ggi_call_begin_decision(call) != NGX_OK) {
        return 1;
    }

    if (call->state.subrequest) {
        call->redirected_from.len = 0;  /* it came by no redirect */
    }

    return 0;
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
    call->state.gate++;
}


/*
 * Moves a call to the next gate by the answer of a gate that did not let it pass, which is
 * neither NGX_OK nor NGX_AGAIN.
 */
static void
ggi_call_conclude(ngx_http_request_t *r, ggi_call_t *call, ggi_mode_e mode,
    ngx_int_t rc)
{
    ggi_reason_e            given;
    ggi_dienst_loc_conf_t  *dlcf;

    given = call->reason;               /* by this gate, or by one before the audit */

    if (given == GGI_REASON_REQUEST_REJECTED && call->state.gate < GGI_GATE_AUDIT) {
        /* nginx has rejected the body that the gate has asked for: no mode lets it pass */
        call->state.gate = GGI_GATE_AUDIT;
        return;
    }

    if (rc != NGX_DECLINED || call->reason == GGI_REASON_NONE) {
        call->reason = ggi_gates[call->state.gate].undecided;
        ggi_judge_log_undecided(r, call);
    }

    if (call->reason == GGI_REASON_ON_BEHALF_OF_NOT_AUTHORISED) {
        dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
        call->header = ggi_from_ngx_str(dlcf->origin.key);
    }

    if (call->state.gate == GGI_GATE_AUDIT) {
        /* a refusal keeps its own reason though it could not be recorded */
        if (mode == GGI_MODE_OBSERVE || given != GGI_REASON_NONE) {
            call->reason = given;
        }

        call->state.gate++;
        return;
    }

    if (mode == GGI_MODE_OBSERVE) {
        ggi_call_observe(call);
        return;
    }

    call->state.gate = GGI_GATE_AUDIT;
}


/*
 * Concludes the judging of a subrequest by a copy of its call. Returns the return code
 * of a phase handler.
 */
static ngx_int_t
ggi_call_subrequest_judged(ngx_http_request_t *r, ggi_call_t *call)
{
    if (call->reason != GGI_REASON_NONE) {
        if (!call->state.counted) {
            ggi_status_count(r, call);
        }

        ggi_judge_log_subrequest(r, call);
        return NGX_HTTP_FORBIDDEN;
    }

    return (ggi_forward_subrequest(r, call) == NGX_OK
            && ggi_subrequest_keep(r) == NGX_OK)
           ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/*
 * A path that would be another one after some way of passing it on is refused
 * in every mode: whatever was judged, the API might get something else. That
 * comes after the profile has been judged, which may have an earlier reason.
 * The request's path is looked at, since a call that is judged again for another
 * location keeps the path that it was admitted with. The same holds for the path that
 * COPY and MOVE write to.
 */
static void
ggi_call_judge_path(ngx_http_request_t *r, ggi_call_t *call)
{
    if (ggi_call_has_ordinary_path(r, call) || ggi_uri_unambiguous(ggi_from_ngx_str(r->uri))) {

        if (!ggi_destination_is_other(r, call)) {
            return;
        }

        call->header = ggi_destination_header;
    }

    call->reason = GGI_REASON_PATH_NOT_AUTHORISED;
    call->state.gate = GGI_GATE_AUDIT;
}


/*
 * Has the gate at hand judge a call. A gate whose module is not loaded lets it pass, but for
 * levering when what is agreed limits its fields: nothing else would look at that. Returns
 * what a gate does.
 */
static ngx_int_t
ggi_call_ask(ngx_http_request_t *r, ggi_call_t *call, ggi_gate_pt handler)
{
    if (handler) {
        return handler(r, call);
    }

    if (call->state.gate != GGI_GATE_LEVERING
        || !ggi_velden_limit(call->found.profile_velden, call->found.profile_velden_n))
    {
        return NGX_OK;
    }

    ggi_judge_log_fields(r, call);

    return NGX_ERROR;
}


ngx_int_t
ggi_call_judge(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                rc;
    ggi_mode_e               mode;
    ggi_dienst_loc_conf_t   *dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    while (call->state.gate < GGI_GATES) {

        if (call->state.gate == GGI_GATE_DOELBINDING) {
            ggi_call_judge_path(r, call);
        }

        if (call->state.gate == GGI_GATE_AUDIT && call->reason == GGI_REASON_NONE
            && !call->state.subrequest && !ggi_early_settled(r, call))
        {
            call->reason = GGI_REASON_REQUEST_REJECTED;
            call->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (call->state.gate == GGI_GATE_AUDIT && ggi_call_unchanged(call)) {
            call->state.gate++;
            break;
        }

        mode = dlcf->mode[call->state.gate];
        rc = (mode == GGI_MODE_OFF)
             ? NGX_OK : ggi_call_ask(r, call, dmcf->gates[call->state.gate]);

        if (rc == NGX_OK) {
            call->state.gate++;
            continue;
        }

        if (rc == NGX_AGAIN) {
            /* a write event must not run the phases before the gate is ready */
            if (ggi_undecided_enter(r, call) != NGX_OK) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            call->state.waiting = 1;

            if (!call->state.reading) {
                r->read_event_handler = ngx_http_test_reading;
                r->write_event_handler = ngx_http_request_empty_handler;
            }

            return NGX_AGAIN;
        }

        ggi_call_conclude(r, call, mode, rc);
    }

    if (call->state.subrequest) {
        return ggi_call_subrequest_judged(r, call);
    }

    if (!call->state.counted) {
        ggi_status_count(r, call);
    }

    if (call->state.dropped) {
        return NGX_HTTP_CLOSE;
    }

    if (call->reason != GGI_REASON_NONE) {
        return ggi_call_refuse(r, call);
    }

    call->state.admitted = 1;

    return (ggi_forward_call(r, call) == NGX_OK)
           ? NGX_DECLINED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


void
ggi_call_stop_waiting(ggi_call_t *call)
{
    call->state.waiting = 0;

    if (call->state.undecided) {
        ggi_undecided_leave(call->state.undecided);
    }
}


void
ggi_call_go_on(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_get(r);

    if (call == NULL || !call->state.waiting) {
        return;
    }

    ggi_call_stop_waiting(call);
    ngx_http_set_log_request(r->connection->log, r);

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


void
ggi_call_resume(ngx_http_request_t *r)
{
    ngx_connection_t  *c;

    c = r->connection;
    ggi_call_go_on(r);
    ngx_http_run_posted_requests(c);
}
