/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_commit.h"

#include "ggi_ngx_sync.h"
#include "ggi_ngx_trail.h"

#define GGI_COMMIT_INTERVAL  1000       /* ms that a record waits at the most */
#define GGI_COMMIT_BUFFERED  65536      /* bytes that are written without waiting for that */


/* All of a worker. */
typedef struct {
    const ggi_commit_conf_t  *conf;
    ngx_queue_t               waiting;  /* of ggi_commit_waiter_t: for their record to be written */
    ngx_queue_t               written;  /* the same: for it to be synced, next */
    ngx_queue_t               syncing;  /* now */
    ggi_sync_t                sync;
    ngx_uint_t                dirty;    /* something was written that is not being synced yet */
    ngx_uint_t                unsynced; /* the last sync failed, which was logged */
    ngx_event_t               turn;     /* the end of this turn of the event loop */
    ngx_event_t               timer;
} ggi_commit_t;


static void ggi_commit_synced(ngx_err_t error, ngx_log_t *log);


static ggi_commit_t  ggi_commit;


static ngx_int_t
ggi_commit_write(ngx_log_t *log)
{
    size_t  waiting;

    waiting = ggi_trail_waiting();

    if (ggi_trail_write(log) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_commit.dirty |= (waiting > 0);

    return NGX_OK;
}


/* A buffer is meant to be filled; not when writing has failed, since calls depend on it then. */
static ngx_uint_t
ggi_commit_may_wait(void)
{
    return ggi_commit.conf->durability == GGI_DURABILITY_BUFFERED
           && ggi_trail_waiting() < GGI_COMMIT_BUFFERED && !ggi_trail_failed();
}


void
ggi_commit_soon(void)
{
    if (ggi_trail_waiting() == 0) {
        return;
    }

    if (ggi_trail_failed() || ggi_commit_may_wait()) {
        if (!ggi_commit.timer.timer_set) {
            ngx_add_timer(&ggi_commit.timer, GGI_COMMIT_INTERVAL);
        }

        return;
    }

    ngx_post_event(&ggi_commit.turn, &ngx_posted_events);
}


/* What a call comes to that cannot be recorded. */
static void
ggi_commit_refuse(ggi_commit_waiter_t *waiter)
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


/* Calls go on. A resumed call may end others of the batch: each leaves it by itself then. */
static void
ggi_commit_release(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    while (!ngx_queue_empty(batch)) {
        q = ngx_queue_head(batch);
        /* the head changes by it; NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        ngx_queue_remove(q);
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        waiter->queued = 0;
        waiter->done = 1;
        ggi_call_resume(waiter->request);
    }
}


/* All of one queue, behind those of another. */
static void
ggi_commit_move(ngx_queue_t *to, ngx_queue_t *from)
{
    if (!ngx_queue_empty(from)) {
        ngx_queue_add(to, from);
        ngx_queue_init(from);
    }
}


/*
 * Syncs what has been written, unless that is being done: then it follows. Many
 * calls share one fdatasync() by that, the more of them the slower the disk is.
 */
static void
ggi_commit_sync(ngx_log_t *log)
{
    if (ggi_commit.conf->durability != GGI_DURABILITY_SYNCED
        || ggi_commit.sync.running
        || (!ggi_commit.dirty && ngx_queue_empty(&ggi_commit.written)))
    {
        return;
    }

    ggi_commit.dirty = 0;
    ggi_commit_move(&ggi_commit.syncing, &ggi_commit.written);

    if (ggi_sync_start(&ggi_commit.sync, ggi_trail_slot()->fd, log)
        != NGX_OK)
    {
        ggi_commit_synced(NGX_EAGAIN, log);
    }
}


static void
ggi_commit_timer_handler(ngx_event_t *ev)
{
    if (ggi_commit_write(ev->log) != NGX_OK && !ngx_exiting) {
        ngx_add_timer(ev, GGI_COMMIT_INTERVAL);
    }

    ggi_commit_sync(ev->log);
}


/* The same for all calls of a failed write; that is what their records say, once they can be written. */
static void
ggi_commit_refuse_batch(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        ggi_commit_refuse(waiter);
        (void) ggi_trail_decision(waiter->request, waiter->call);
    }
}


/*
 * The end of a turn: all decisions that were made in it, in one write; or none
 * yet, when there may be a buffer. Calls go on together in that case as well:
 * requests that reach the API in a row cost less than one by one.
 */
static void
ggi_commit_turn_handler(ngx_event_t *ev)
{
    ngx_queue_t           batch, *q;
    ggi_trail_mark_t      mark;
    ggi_commit_waiter_t  *waiter;

    ngx_queue_init(&batch);
    ggi_commit_move(&batch, &ggi_commit.waiting);

    /* what waits from before goes first, and makes room */

    if (ggi_trail_failed()) {
        (void) ggi_commit_write(ev->log);
    }

    ggi_trail_mark(&mark);

    for (q = ngx_queue_head(&batch); q != ngx_queue_sentinel(&batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        waiter->call->recorded = 1;

        if (ggi_trail_decision(waiter->request, waiter->call) != NGX_OK) {
            ggi_commit_refuse(waiter);
        }
    }

    if (ggi_commit_may_wait()) {
        ggi_commit_soon();

    } else if (ggi_commit_write(ev->log) != NGX_OK) {
        ggi_trail_undo(&mark);
        ggi_commit_refuse_batch(&batch);
        ggi_commit_soon();

    } else if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_commit_move(&ggi_commit.written, &batch);
    }

    ggi_commit_release(&batch);
    ggi_commit_sync(ev->log);
}


/*
 * Records that were written may not be on the disk: their calls are refused,
 * which is a decision of its own after the one that was written.
 */
static void
ggi_commit_unsynced(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_reason_e          reason;
    ggi_commit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        reason = waiter->call->reason;
        ggi_commit_refuse(waiter);

        if (waiter->call->reason != reason) {
            (void) ggi_trail_decision(waiter->request, waiter->call);
        }
    }
}


/* The end of a sync. */
static void
ggi_commit_synced(ngx_err_t error, ngx_log_t *log)
{
    ngx_queue_t  batch;

    ngx_queue_init(&batch);
    ggi_commit_move(&batch, &ggi_commit.syncing);

    if (error) {
        if (!ggi_commit.unsynced) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "fdatasync() of audit log \"%V\" failed: the calls "
                          "that wait for it are refused until it works again",
                          &ggi_trail_slot()->name);
        }

        ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
        ggi_commit_unsynced(&batch);
        ggi_commit_soon();
    }

    ggi_commit.unsynced = (error != 0);
    ggi_commit_release(&batch);
    ggi_commit_sync(log);
}


static void
ggi_commit_waiter_cleanup(void *data)
{
    ggi_commit_waiter_t  *waiter = data;

    if (waiter->queued) {
        ngx_queue_remove(&waiter->queue);
        waiter->queued = 0;
    }
}


ggi_commit_waiter_t *
ggi_commit_wait(ngx_http_request_t *r, ggi_call_t *call)
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
    ngx_post_event(&ggi_commit.turn, &ngx_posted_events);

    return waiter;
}


/* Writes what waits, and syncs it if it has to be, at once. */
static void
ggi_commit_flush(ngx_log_t *log)
{
    (void) ggi_commit_write(log);

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED && ggi_commit.dirty
        && fdatasync(ggi_trail_slot()->fd) == -1)
    {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "fdatasync() of audit log \"%V\" failed",
                      &ggi_trail_slot()->name);
    }
}


void
ggi_commit_reopen(ngx_log_t *log)
{
    if (ggi_commit.conf == NULL) {
        return;
    }

    ggi_commit_flush(log);
    ggi_trail_reopen(log);
}


ngx_int_t
ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf)
{
    ngx_memzero(&ggi_commit, sizeof(ggi_commit_t));
    ngx_queue_init(&ggi_commit.waiting);
    ngx_queue_init(&ggi_commit.written);
    ngx_queue_init(&ggi_commit.syncing);

    if (conf->durability == GGI_DURABILITY_SYNCED
        && ggi_sync_init(&ggi_commit.sync, conf->pool, cycle, ggi_commit_synced)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_commit.turn.handler = ggi_commit_turn_handler;
    ggi_commit.turn.log = cycle->log;
    ggi_commit.timer.handler = ggi_commit_timer_handler;
    ggi_commit.timer.log = cycle->log;
    ggi_commit.timer.data = &ggi_commit;
    ggi_commit.timer.cancelable = 1;
    ggi_commit.conf = conf;

    return NGX_OK;
}


void
ggi_commit_exit(ngx_log_t *log)
{
    if (ggi_commit_write(log) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "%uz bytes of audit records are lost with this worker",
                      ggi_trail_waiting());
    }

    ggi_commit_flush(log);
    ggi_commit.conf = NULL;
}
