/* SPDX-License-Identifier: EUPL-1.2 */

/* The calls that wait for their decision records. */

#include "ggi_ngx_call.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_trail_events.h"


#define GGI_COMMIT_BUFFERED  65536      /* waiting bytes that are written at once */
#define GGI_COMMIT_LATE      100        /* most ms that a completion record waits for a decision */


ggi_commit_t  ggi_commit;


ngx_uint_t
ggi_commit_may_buffer(void)
{
    return ggi_commit.conf->durability == GGI_DURABILITY_BUFFERED
           && ggi_trail_waiting() < GGI_COMMIT_BUFFERED && !ggi_trail_failed();
}


void
ggi_commit_hold_worker(void)
{
    ggi_commit.tick.cancelable = ngx_queue_empty(&ggi_commit.waiting)
                                 && ngx_queue_empty(&ggi_commit.recorded)
                                 && ngx_queue_empty(&ggi_commit.writing)
                                 && ngx_queue_empty(&ggi_commit.written)
                                 && ngx_queue_empty(&ggi_commit.syncing);
}


void
ggi_commit_schedule_write(void)
{
    /* otherwise it is written within a second */

    if (ggi_trail_waiting() && !ggi_trail_failed() && !ggi_commit_may_buffer()) {
        ngx_post_event(&ggi_commit.turn, &ngx_posted_events);
    }
}


void
ggi_commit_schedule_completion(void)
{
    if (ggi_trail_waiting() == 0) {
        return;
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_BUFFERED || ngx_exiting
        || ggi_trail_waiting() >= GGI_COMMIT_BUFFERED)
    {
        ggi_commit_schedule_write();

    } else if (!ggi_commit.late.timer_set) {
        /* it is not stopped when a decision comes first: a timer costs more than to find nothing */
        ngx_add_timer(&ggi_commit.late, GGI_COMMIT_LATE);
    }
}


/*
 * Takes a call off its queue when its request ends. What is recorded by then is counted
 * at the end of the request, but not if it is a subrequest, of which nginx logs nothing.
 */
static void
ggi_commit_waiter_cleanup(void *data)
{
    ggi_call_t           *call;
    ggi_commit_waiter_t  *waiter = data;

    if (!waiter->queued) {
        return;
    }

    ngx_queue_remove(&waiter->queue);
    waiter->queued = 0;
    ggi_commit_hold_worker();

    call = waiter->call;

    if (call->state.subrequest && call->state.recorded && !call->state.counted) {
        ggi_status_count(waiter->request, call);
    }
}


ggi_commit_waiter_t *
ggi_commit_queue_call(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_http_cleanup_t   *cln;
    ggi_commit_waiter_t  *waiter;

    cln = ngx_http_cleanup_add(r, sizeof(ggi_commit_waiter_t));
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ggi_commit_waiter_cleanup;
    waiter = cln->data;
    waiter->request = r;
    waiter->call = call;
    waiter->queued = 1;
    waiter->done = 0;
    waiter->failed = 0;

    ngx_queue_insert_tail(&ggi_commit.waiting, &waiter->queue);
    ggi_commit.tick.cancelable = 0;
    ngx_post_event(&ggi_commit.turn, &ngx_posted_events);

    return waiter;
}


void
ggi_commit_keep_open(ggi_commit_waiter_t *waiter)
{
    ngx_queue_insert_tail(&ggi_commit.open, &waiter->queue);
    waiter->queued = 1;
}


/* Ends the calls of a queue, which wait for the disk, as ggi_commit_end_calls() does. */
static void
ggi_commit_end_unsynced(ngx_queue_t *queue, ggi_commit_end_pt end_allowed)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_foreach(q, queue) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

        /* it would have been counted when it went on */

        if (!waiter->call->state.counted) {
            ggi_status_count(waiter->request, waiter->call);
        }

        if (waiter->call->reason == GGI_REASON_NONE) {
            end_allowed(waiter->request, waiter->call);
        }
    }
}


void
ggi_commit_end_calls(ggi_commit_end_pt end_allowed)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    /* also one that has been refused elsewhere since it was let through */

    ggi_queue_foreach(q, &ggi_commit.open) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        end_allowed(waiter->request, waiter->call);
    }

    ggi_commit_end_unsynced(&ggi_commit.syncing, end_allowed);
    ggi_commit_end_unsynced(&ggi_commit.written, end_allowed);
    ggi_commit_end_unsynced(&ggi_commit.writing, end_allowed);
    ggi_commit_end_unsynced(&ggi_commit.recorded, end_allowed);
}


void
ggi_commit_refuse_call(ggi_commit_waiter_t *waiter)
{
    ggi_call_t  *call;

    call = waiter->call;

    if (ggi_gate_mode(waiter->request, GGI_GATE_AUDIT) == GGI_MODE_ON) {
        waiter->failed = 1;

        if (call->reason == GGI_REASON_NONE) {
            call->reason = GGI_REASON_AUDIT_UNAVAILABLE;
        }

    } else if (call->would_refuse == GGI_REASON_NONE) {
        call->would_refuse = GGI_REASON_AUDIT_UNAVAILABLE;
    }
}


void
ggi_commit_refuse_recorded(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_reason_e          reason;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_foreach(q, batch) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        reason = waiter->call->reason;
        ggi_commit_refuse_call(waiter);

        if (waiter->call->reason != reason) {
            (void) ggi_trail_add_withdrawal(waiter->call);
            /* one that was let through before will have a completion, in another span */
            (void) ggi_call_branch(waiter->call);
        }
    }
}


void
ggi_commit_refuse_unrecorded(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_foreach(q, batch) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        ggi_commit_refuse_call(waiter);
        (void) ggi_trail_add_decision(waiter->request, waiter->call);
    }
}


void
ggi_commit_release(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    while ((q = ggi_queue_take(batch)) != NULL) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        waiter->queued = 0;
        waiter->done = 1;
        ggi_call_resume(waiter->request);
    }
}
