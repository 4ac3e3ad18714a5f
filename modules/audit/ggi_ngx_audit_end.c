/* SPDX-License-Identifier: EUPL-1.2 */

/* How calls end. */

#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_audit_end.h"
#include "ggi_ngx_call.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_rejected.h"
#include "ggi_ngx_signal.h"
#include "ggi_ngx_trail.h"
#include "ggi_ngx_upstreams.h"


/*
 * Returns 1 when worker_shutdown_timeout has closed the connection of a request.
 * nginx marks a connection of HTTP/1.1 and a stream of HTTP/3 then. Of HTTP/2 it
 * only says that the connection failed: the client has not closed it, and nothing
 * went wrong with it, so that no cause remains but a breach of the protocol, which
 * cannot be told apart.
 */
static ngx_uint_t
ggi_audit_is_shutdown(ngx_http_request_t *r)
{
    ngx_core_conf_t   *ccf;
    ngx_connection_t  *c;

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx,
                                           ngx_core_module);

    if (!ngx_exiting || ccf->shutdown_timeout == 0) {
        return 0;
    }

    c = r->connection;

#if (NGX_HTTP_V2)
    if (r->stream) {
        c = r->stream->connection->connection;

        return c->error && !c->timedout && !c->read->eof && !c->read->error
               && !c->write->error;
    }
#endif

    return c->close && c->error;
}


/* Returns who ended the call before it was completed; status is that of the answer. */
static ggi_cut_e
ggi_audit_find_cut(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_connection_t  *c;

    c = r->connection;

    if (status != NGX_HTTP_CLIENT_CLOSED_REQUEST && !c->error && !c->timedout) {
        return GGI_CUT_NONE;
    }

    if (r->request_complete) {
        /* it has its answer, and only a mirror or the update of a cache went on */
        return GGI_CUT_NONE;
    }

    return ggi_audit_is_shutdown(r) ? GGI_CUT_SHUTDOWN : GGI_CUT_CLIENT;
}


/* Records how a call ended that was let through; terminated 1: its worker ends at once. */
static void
ggi_audit_record_completion(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t terminated)
{
    off_t              sent;
    ngx_uint_t         status;
    ggi_completion_t   completion;
    ngx_connection_t  *c;

    c = r->connection;
    /* a post_action comes after the answer, and leaves its own status */
    status = (r->post_action && call->state.answered) ? (ngx_uint_t) call->state.answered
                                                      : ggi_answer_status(r);
    sent = c->sent - (off_t) r->header_size;

    ggi_completion_init(&completion);
    completion.duration = ngx_current_msec - call->started;
    completion.received = (uint64_t) r->request_length;
    completion.sent = (sent > 0) ? (uint64_t) sent : 0;
    completion.cut = terminated ? GGI_CUT_TERMINATED
                                : ggi_audit_find_cut(r, status);

    if (completion.cut == GGI_CUT_SHUTDOWN
        && status == NGX_HTTP_CLIENT_CLOSED_REQUEST)
    {
        status = 0;                     /* it was not the client that ended the call */
    }

    ggi_upstreams_find(r, call, &completion);

    (void) ggi_trail_add_completion(r, call, &completion, (int) status);

    /* also without room for the record: it counts as lost then, and must not be made later */
    call->state.completed = 1;
}


void
ggi_audit_record_terminated(ngx_http_request_t *r, ggi_call_t *call)
{
    if (!call->state.completed) {
        ggi_audit_record_completion(r, call, 1);
    }
}


void
ggi_audit_record_undecided(ngx_http_request_t *r, ggi_call_t *call)
{
    if (call->state.unaudited || call->state.recorded) {
        return;
    }

    call->reason = GGI_REASON_REQUEST_REJECTED;
    call->status = NGX_HTTP_SERVICE_UNAVAILABLE;
    call->state.recorded = 1;

    if (!call->state.counted) {
        ggi_status_count(r, call);
    }

    if (ggi_anonymous_recorded(r, call)) {
        (void) ggi_trail_add_decision(r, call);
    }
}


/*
 * Records the requests that an API got so that a cache could be updated. They are no
 * part of the call's answer, but were made with its identity.
 */
static void
ggi_audit_record_updates(ngx_http_request_t *r, ggi_call_t *call)
{
    int                status;
    ggi_call_t         update;
    ggi_part_t        *part;
    ggi_completion_t   completion;

    for (part = call->state.parts; part; part = part->next) {

        if (!ggi_part_is_update(part->request)) {
            continue;
        }

        update = *call;
        update.state.tunnel = 0;
        ngx_memcpy(update.trace.span_id, update.trace.child_span_id, GGI_SPAN_ID_LEN);
        (void) ggi_call_branch(&update);

        ggi_completion_init(&completion);
        status = ggi_upstreams_update(part->request, &completion);

        (void) ggi_trail_add_completion(r, &update, &completion, status);
    }
}


ngx_int_t
ggi_audit_record_end(ngx_http_request_t *r)
{
    ggi_call_t  *call;
    ngx_uint_t   status;

    call = ggi_call_ended(r);

    if (call == NULL || call->state.unaudited) {
        return NGX_OK;
    }

    if (!call->state.recorded) {
        /* the client was gone, or nginx gave up, before or while the call was judged */
        if (call->reason == GGI_REASON_NONE) {
            call->reason = GGI_REASON_REQUEST_REJECTED;
        }

        status = ggi_answer_status(r);

        if ((status == 0 || status == NGX_HTTP_CLIENT_CLOSED_REQUEST)
            && ggi_audit_is_shutdown(r))
        {
            status = NGX_HTTP_SERVICE_UNAVAILABLE;      /* it was not the client that ended it */
        }

        /* an error page can answer 200 for what nginx rejected, which then keeps nginx's status */

        if (call->reason == GGI_REASON_REQUEST_REJECTED
            && (status >= NGX_HTTP_BAD_REQUEST || call->status == 0))
        {
            call->status = (int) status;
        }

        call->state.recorded = 1;
        ggi_signal_observe(r, call);

        if (ggi_anonymous_recorded(r, call)) {
            (void) ggi_trail_add_decision(r, call);
            ggi_commit_schedule_write();
        }
    }

    /* one that is recorded as allowed may have ended before it was let through */

    if (call->state.admitted || call->reason == GGI_REASON_NONE) {
        ggi_audit_record_completion(r, call, 0);
        ggi_audit_record_updates(r, call);
        ggi_commit_schedule_completion();
    }

    return NGX_OK;
}
