/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_call.h"
#include "ggi_ngx_commit.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_sync.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_trail_leftover.h"


#define GGI_COMMIT_INTERVAL  1000       /* ms that a record waits at the most */
#define GGI_COMMIT_BUFFERED  65536      /* bytes that are written without waiting for that */


/* All of a worker. */
typedef struct {
    const ggi_commit_conf_t  *conf;
    ngx_queue_t               waiting;  /* of ggi_commit_waiter_t: for their record to be written */
    ngx_queue_t               written;  /* of those whose record is to be synced next */
    ngx_queue_t               syncing;  /* of those whose record is being synced */
    ngx_queue_t               open;     /* of those that were let through */
    ggi_sync_t                sync;
    uint64_t                  position; /* up to which is being synced */
    ngx_uint_t                file;     /* ggi_trail_file_number() of what is being synced */
    ngx_uint_t                dirty;    /* something was written that is not being synced yet */
    ngx_uint_t                repeated; /* what is being synced was written once more, to another file */
    ngx_uint_t                suspect;  /* a sync of the present file failed */
    ngx_uint_t                reopen;   /* the file at the path is to be taken once the sync that runs is done */
    time_t                    alerted;  /* of a failed sync, the last time */
    ngx_event_t               turn;     /* the end of this turn of the event loop */
    ngx_event_t               tick;     /* once a second */
} ggi_commit_t;


static void ggi_commit_synced(ngx_err_t error, ngx_log_t *log);


static ggi_commit_t  ggi_commit;


static ngx_int_t
ggi_commit_write(ngx_log_t *log)
{
    uint64_t   written;
    ngx_int_t  rc;

    written = ggi_trail_written_bytes();
    rc = ggi_trail_write(log);
    ggi_commit.dirty |= (ggi_trail_written_bytes() > written);

    return rc;
}


/* A buffer is meant to be filled; not when writing has failed, since calls depend on it then. */
static ngx_uint_t
ggi_commit_may_wait(void)
{
    return ggi_commit.conf->durability == GGI_DURABILITY_BUFFERED
           && ggi_trail_waiting() < GGI_COMMIT_BUFFERED && !ggi_trail_failed();
}


/* A worker that is to end stays while calls wait for the disk: nginx waits for timers that may not be cancelled. */
static void
ggi_commit_hold(void)
{
    ggi_commit.tick.cancelable = ngx_queue_empty(&ggi_commit.waiting)
                                 && ngx_queue_empty(&ggi_commit.written)
                                 && ngx_queue_empty(&ggi_commit.syncing);
}


void
ggi_commit_soon(void)
{
    /* otherwise it is written within a second */

    if (ggi_trail_waiting() && !ggi_trail_failed() && !ggi_commit_may_wait()) {
        ngx_post_event(&ggi_commit.turn, &ngx_posted_events);
    }
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
 * Records that were written may not be on the disk: their calls are refused,
 * which is a decision of its own after the one that was written.
 */
static void
ggi_commit_refuse_recorded(ngx_queue_t *batch)
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
            (void) ggi_trail_add_decision(waiter->request, waiter->call);
        }
    }
}


/* The calls that wait to be synced next, and now, are refused. */
static void
ggi_commit_unsynced(ngx_log_t *log)
{
    ngx_queue_t  batch;

    ngx_queue_init(&batch);
    ggi_commit_move(&batch, &ggi_commit.syncing);
    ggi_commit_refuse_recorded(&batch);
    ggi_commit_release(&batch);
    ggi_commit_soon();
    ggi_commit_hold();
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
        || (!ggi_commit.dirty && ngx_queue_empty(&ggi_commit.written)
            && ngx_queue_empty(&ggi_commit.syncing)))
    {
        return;
    }

    ggi_commit.dirty = 0;
    ggi_commit.position = ggi_trail_written_records();
    ggi_commit.file = ggi_trail_file_number();
    ggi_commit_move(&ggi_commit.syncing, &ggi_commit.written);

    if (ggi_trail_slot()->fd == NGX_INVALID_FILE
        || ggi_sync_start(&ggi_commit.sync, ggi_trail_slot()->fd, log) != NGX_OK)
    {
        ggi_commit.dirty = 1;
        ggi_commit_unsynced(log);
    }
}


static void
ggi_commit_tick_handler(ngx_event_t *ev)
{
    uint64_t  written;

    switch (ggi_slot_state(ggi_trail_slot())) {

    case GGI_SLOT_REPLACED:
    case GGI_SLOT_REMOVED:
        ggi_commit_reopen(ev->log);
        break;

    default:
        break;
    }

    written = ggi_trail_written_bytes();
    (void) ggi_commit_write(ev->log);
    ggi_trail_take_leftover(ev->log);
    ggi_commit.dirty |= (ggi_trail_written_bytes() > written);
    ggi_commit_sync(ev->log);
    ngx_add_timer(ev, GGI_COMMIT_INTERVAL);
}


/* What their records say once they can be written: that these calls were refused. */
static void
ggi_commit_refuse_unrecorded(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        ggi_commit_refuse(waiter);
        (void) ggi_trail_add_decision(waiter->request, waiter->call);
    }
}


/* Moves the calls from the first one whose end is behind position to another queue, which is empty. */
static void
ggi_commit_split(ngx_queue_t *batch, uint64_t position, ngx_queue_t *rest)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

        if (waiter->end > position) {
            ngx_queue_split(batch, q, rest);
            return;
        }
    }
}


/*
 * Not all of a batch could be written. The calls whose record is in the file stay
 * in it. The one whose record was cut is refused by a second record, since the
 * rest of the first one follows; the records of all others are made anew.
 */
static void
ggi_commit_unwritten(ngx_queue_t *batch)
{
    ngx_queue_t           cut, refused, *q;
    ggi_commit_waiter_t  *waiter;

    ngx_queue_init(&cut);
    ngx_queue_init(&refused);
    ggi_commit_split(batch, ggi_trail_written_records(), &cut);

    for (q = ngx_queue_head(&cut); q != ngx_queue_sentinel(&cut);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

        if (waiter->mark.position >= ggi_trail_written_bytes()) {
            ggi_trail_undo(&waiter->mark);
            ngx_queue_split(&cut, q, &refused);
            break;
        }
    }

    ggi_commit_refuse_recorded(&cut);
    ggi_commit_refuse_unrecorded(&refused);
    ggi_commit_release(&cut);
    ggi_commit_release(&refused);
}


/* Records the decisions of a batch; what remains of it goes on, or has been refused. */
static void
ggi_commit_decide(ngx_queue_t *batch, ngx_log_t *log)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        ggi_trail_mark(&waiter->mark);

        if (ggi_trail_add_decision(waiter->request, waiter->call) != NGX_OK) {
            ggi_commit_refuse(waiter);
        }

        waiter->end = ggi_trail_end();
    }

    if (ggi_commit_may_wait()) {
        return;
    }

    if (ggi_commit_write(log) != NGX_OK) {
        ggi_commit_unwritten(batch);
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_commit_move(&ggi_commit.written, batch);
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
    ggi_commit_waiter_t  *waiter;

    ngx_queue_init(&batch);
    ggi_commit_move(&batch, &ggi_commit.waiting);

    for (q = ngx_queue_head(&batch); q != ngx_queue_sentinel(&batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        waiter->call->state.recorded = 1;
    }

    /* what waits from before goes first, and makes room */

    if (ggi_trail_failed() && ggi_commit_write(ev->log) != NGX_OK) {
        ggi_commit_refuse_unrecorded(&batch);

    } else {
        ggi_commit_decide(&batch, ev->log);
    }

    ggi_commit_release(&batch);
    ggi_commit_sync(ev->log);
    ggi_commit_hold();
}


/* NGX_ENOENT: the file was removed meanwhile, which is told of where another one is taken. */
static void
ggi_commit_sync_failed(ngx_err_t error, ngx_log_t *log)
{
    if (error == NGX_ENOENT) {
        return;
    }

    if (ggi_commit.alerted != ngx_time()) {
        ggi_commit.alerted = ngx_time();
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "fdatasync() of audit log \"%V\" failed: what may not be on "
                      "the disk is written to another file; calls are refused "
                      "when that fails too",
                      &ggi_trail_slot()->name);
    }

    ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
}


/*
 * The end of a sync. After one that failed, the next one of the same file proves
 * nothing of what was written before: the system takes it for written. So what
 * is not known to be on the disk is written once more, to another file, and
 * counts when that is synced. While the disk fails that is tried once; then again
 * when a sync has gone well.
 */
static void
ggi_commit_synced(ngx_err_t error, ngx_log_t *log)
{
    ngx_uint_t  repeat;

    if (error) {
        ggi_commit_sync_failed(error, log);
    }

    repeat = error ? !ggi_commit.suspect && !ggi_commit.repeated
                   : ggi_commit.suspect;

    if (repeat && ggi_trail_write_again(ggi_commit.file, log) == NGX_OK) {
        ggi_commit.suspect = 0;
        ggi_commit.repeated = 1;
        ggi_commit.dirty = 1;
        ggi_commit_sync(log);
        return;
    }

    ggi_commit.repeated = 0;

    if (error || repeat) {
        ggi_commit.suspect = 1;
        ggi_commit_unsynced(log);

    } else {
        ggi_trail_forget(ggi_commit.position);
        ggi_commit_release(&ggi_commit.syncing);
    }

    if (ggi_commit.reopen) {
        ggi_commit_reopen(log);
    }

    ggi_commit_sync(log);
    ggi_commit_hold();
}


static void
ggi_commit_waiter_cleanup(void *data)
{
    ggi_commit_waiter_t  *waiter = data;

    if (waiter->queued) {
        ngx_queue_remove(&waiter->queue);
        waiter->queued = 0;
        ggi_commit_hold();
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
    ggi_commit.tick.cancelable = 0;
    ngx_post_event(&ggi_commit.turn, &ngx_posted_events);

    return waiter;
}


void
ggi_commit_let_through(ggi_commit_waiter_t *waiter)
{
    ngx_queue_insert_tail(&ggi_commit.open, &waiter->queue);
    waiter->queued = 1;
}


void
ggi_commit_each_open(void (*handler)(ngx_http_request_t *r, ggi_call_t *call))
{
    ngx_uint_t            i;
    ngx_queue_t          *q, *queues[3];
    ggi_commit_waiter_t  *waiter;

    queues[0] = &ggi_commit.open;
    queues[1] = &ggi_commit.syncing;
    queues[2] = &ggi_commit.written;

    for (i = 0; i < 3; i++) {

        for (q = ngx_queue_head(queues[i]); q != ngx_queue_sentinel(queues[i]);
             q = ngx_queue_next(q))
        {
            waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

            /* a call that waits for the disk would be counted when it goes on */

            if (queues[i] != &ggi_commit.open && !waiter->call->state.counted) {
                ggi_status_count(waiter->request, waiter->call);
            }

            /* one that was let through may have been refused elsewhere since */

            if (queues[i] == &ggi_commit.open
                || waiter->call->reason == GGI_REASON_NONE)
            {
                handler(waiter->request, waiter->call);
            }
        }
    }
}


/*
 * Writes what waits into the present file, which is about to be left, and has a
 * thread sync it, by a descriptor of its own. Returns 1 when all that is written may
 * stay where it is: it is written once more when that sync fails.
 */
static ngx_uint_t
ggi_commit_close_file(ngx_log_t *log)
{
    (void) ggi_commit_write(log);

    if (ggi_commit.conf->durability != GGI_DURABILITY_SYNCED) {
        return 0;                       /* nothing is kept */
    }

    if (ggi_trail_slot()->fd == NGX_INVALID_FILE
        || ggi_slot_is_removed(ggi_trail_slot()) || ggi_commit.suspect)
    {
        return 0;
    }

    ggi_commit_sync(log);

    return !ggi_commit.dirty && !ggi_commit.suspect;
}


void
ggi_commit_reopen(ngx_log_t *log)
{
    ngx_uint_t  file, synced;

    if (ggi_commit.conf == NULL) {
        return;
    }

    if (ggi_commit.sync.running && !ggi_slot_is_removed(ggi_trail_slot())) {
        /* what was written since that began has to be synced too, before the file is left */
        ggi_commit.reopen = 1;
        return;
    }

    ggi_commit.reopen = 0;
    synced = ggi_commit_close_file(log);
    file = ggi_trail_file_number();
    ggi_trail_reopen_file(synced, log);

    if (ggi_trail_file_number() != file && !synced) {
        ggi_commit.suspect = 0;         /* the other file gets all that is kept */
        (void) ggi_commit_write(log);
    }
}


ngx_int_t
ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf)
{
    ngx_memzero(&ggi_commit, sizeof(ggi_commit_t));
    ngx_queue_init(&ggi_commit.waiting);
    ngx_queue_init(&ggi_commit.written);
    ngx_queue_init(&ggi_commit.syncing);
    ngx_queue_init(&ggi_commit.open);

    if (conf->durability == GGI_DURABILITY_SYNCED
        && ggi_sync_init(&ggi_commit.sync, conf->pool, cycle, ggi_commit_synced)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_commit.turn.handler = ggi_commit_turn_handler;
    ggi_commit.turn.log = cycle->log;
    ggi_commit.tick.handler = ggi_commit_tick_handler;
    ggi_commit.tick.log = cycle->log;
    ggi_commit.tick.data = &ggi_commit;
    ggi_commit.conf = conf;
    ggi_commit_hold();
    ngx_add_timer(&ggi_commit.tick, GGI_COMMIT_INTERVAL);

    return NGX_OK;
}


/*
 * Writes what waits, and syncs it if it has to be, at once. For the end of a worker
 * alone, which has nothing else to do: the event loop waits for the disk.
 */
static void
ggi_commit_flush(ngx_log_t *log)
{
    (void) ggi_commit_write(log);

    if (ggi_commit.conf->durability != GGI_DURABILITY_SYNCED
        || ggi_trail_slot()->fd == NGX_INVALID_FILE || !ggi_commit.dirty)
    {
        return;
    }

    if (fdatasync(ggi_trail_slot()->fd) == -1) {
        ggi_commit_sync_failed(ngx_errno, log);
    }
}


void
ggi_commit_exit(ngx_log_t *log)
{
    ggi_commit_flush(log);
    ggi_trail_leave_leftover(log);
    ggi_commit.conf = NULL;
}
