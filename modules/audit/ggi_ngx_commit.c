/* SPDX-License-Identifier: EUPL-1.2 */

/* Group commit: the records of one turn of the event loop are written together at its end. */

#include "ggi_ngx_commit.h"
#include "ggi_ngx_commit_sync.h"
#include "ggi_ngx_commit_write.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_trail_ends.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_trail_leftover.h"


#define GGI_COMMIT_INTERVAL  1000       /* most ms that a record waits */


/*
 * Moves the calls from the first one on whose record ends behind position to another
 * queue, which is empty.
 */
static void
ggi_commit_split_batch(ngx_queue_t *batch, uint64_t position, ngx_queue_t *rest)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_foreach(q, batch) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

        if (waiter->end > position) {
            ngx_queue_split(batch, q, rest);
            return;
        }
    }
}


/*
 * Deals with a batch of which not all could be written. Calls whose record is in the
 * file stay in the batch. A call whose record was cut off is withdrawn by a second
 * record, since the rest of the first one will follow. The records of all others are
 * made anew.
 */
static void
ggi_commit_refuse_unwritten(ngx_queue_t *batch)
{
    ngx_queue_t           cut, refused, *q;
    ggi_commit_waiter_t  *waiter;

    ngx_queue_init(&cut);
    ngx_queue_init(&refused);
    ggi_commit_split_batch(batch, ggi_trail_written_records(), &cut);

    ggi_queue_foreach(q, &cut) {
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


/* Adds the decision records of a batch to the trail. */
static void
ggi_commit_add_decisions(ngx_queue_t *batch)
{
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_foreach(q, batch) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        ggi_trail_mark(&waiter->mark);

        if (ggi_trail_add_decision(waiter->request, waiter->call) != NGX_OK) {
            ggi_commit_refuse_call(waiter);
        }

        waiter->end = ggi_trail_end();
    }
}


/*
 * Records the decisions of a batch, and writes them. The calls that remain in it
 * afterwards go on; the others have been refused.
 */
static void
ggi_commit_record_batch(ngx_queue_t *batch, ngx_log_t *log)
{
    ggi_commit_add_decisions(batch);

    if (ggi_commit_may_buffer()) {
        return;
    }

    if (ggi_commit_write(log) != NGX_OK) {
        ggi_commit_refuse_unwritten(batch);
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_queue_move(&ggi_commit.written, batch);
    }
}


/*
 * Returns 1 when the trail has no other records behind the first one of a batch than those
 * of the batch, so that they can be made anew.
 */
static ngx_uint_t
ggi_commit_is_alone(ngx_queue_t *batch)
{
    uint64_t              position;
    ngx_queue_t          *q;
    ggi_commit_waiter_t  *waiter;

    position = ggi_trail_end();

    for (q = ngx_queue_last(batch); q != ngx_queue_sentinel(batch); q = ngx_queue_prev(q)) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);

        if (waiter->end != position) {
            return 0;
        }

        position = waiter->mark.position;
    }

    return 1;
}


/*
 * Refuses the calls of a batch that a thread could not write: by a second record each
 * where other records stand behind their first one, so that this one stays.
 */
static void
ggi_commit_refuse_handed(ngx_queue_t *batch)
{
    ngx_queue_t  rest;

    if (ggi_commit_is_alone(batch)) {
        ggi_commit_refuse_unwritten(batch);
        return;
    }

    ngx_queue_init(&rest);
    ggi_commit_split_batch(batch, ggi_trail_written_records(), &rest);
    ggi_commit_refuse_recorded(&rest);
    ggi_commit_release(&rest);
}


/*
 * Goes on with the calls whose records have been written; rc is NGX_ERROR when not all
 * could be. Then all other calls that wait are refused. Those whose record is to be written
 * anew, since the file was removed, wait for that.
 */
static void
ggi_commit_end_writing(ngx_int_t rc)
{
    ngx_queue_t  batch;

    ggi_queue_take_all(&batch, &ggi_commit.writing);
    ggi_queue_move(&batch, &ggi_commit.recorded);

    if (rc == NGX_OK) {
        ggi_commit_split_batch(&batch, ggi_trail_written_records(), &ggi_commit.recorded);

    } else {
        ggi_commit_refuse_handed(&batch);
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_queue_move(&ggi_commit.written, &batch);
    }

    ggi_commit_release(&batch);
}


/*
 * Has what waits written, unless a thread is writing: then that is followed by what waits
 * by its end. A thread writes where one has to and can, otherwise the event loop.
 */
static void
ggi_commit_write_waiting(ngx_log_t *log)
{
    if (ggi_commit_writing()) {
        return;
    }

    if (ggi_trail_waiting() == 0) {
        /* calls whose records had no room wait for nothing */
        ggi_commit_end_writing(NGX_OK);
        return;
    }

    if (ggi_commit_needs_thread() && ggi_commit_start_write(log) == NGX_OK) {
        ggi_queue_move(&ggi_commit.writing, &ggi_commit.recorded);
        return;
    }

    ggi_commit_end_writing(ggi_commit_write(log));
}


/* Runs on the event loop when a thread has written. */
static void
ggi_commit_wrote(ngx_int_t rc, ngx_log_t *log)
{
    ggi_commit_end_writing(rc);
    ggi_commit_go_on(log);

    if (rc == NGX_OK && !ggi_commit_may_buffer()) {
        ggi_commit_write_waiting(log);
    }

    ggi_commit_hold_worker();
}


/*
 * Records the decisions of a batch, and has a thread write them. The calls that remain in
 * it afterwards go on, or have been refused; the others wait.
 */
static void
ggi_commit_hand_batch(ngx_queue_t *batch, ngx_log_t *log)
{
    if (ggi_trail_failed()) {
        ggi_commit_refuse_unrecorded(batch);

    } else {
        ggi_commit_add_decisions(batch);

        if (ggi_commit_may_buffer()) {
            return;
        }

        if (ggi_commit.conf->durability != GGI_DURABILITY_BUFFERED) {
            ggi_queue_move(&ggi_commit.recorded, batch);
        }
    }

    ggi_commit_write_waiting(log);
}


/*
 * Ends a turn of the event loop: writes all decisions that were made in it at once, or
 * none yet when they may be buffered. The calls go on together in that case as well,
 * since requests that reach the API in a row cost less than one by one.
 */
static void
ggi_commit_turn_handler(ngx_event_t *ev)
{
    ngx_queue_t           batch, *q;
    ggi_commit_waiter_t  *waiter;

    ggi_queue_take_all(&batch, &ggi_commit.waiting);

    ggi_queue_foreach(q, &batch) {
        waiter = ngx_queue_data(q, ggi_commit_waiter_t, queue);
        waiter->call->state.recorded = 1;
    }

    if (ggi_commit_needs_thread()) {
        ggi_commit_hand_batch(&batch, ev->log);

    } else if (ggi_trail_failed() && ggi_commit_write(ev->log) != NGX_OK) {
        /* what waits from before goes first, and makes room */
        ggi_commit_refuse_unrecorded(&batch);

    } else {
        ggi_commit_record_batch(&batch, ev->log);
    }

    ggi_commit_release(&batch);
    ggi_commit_start_sync(ev->log);
    ggi_commit_hold_worker();
}


static void
ggi_commit_late_handler(ngx_event_t *ev)
{
    ggi_commit_schedule_write();
}


/* Writes what waits, and what ended workers have left, as is due each second. */
static void
ggi_commit_write_in_time(ngx_log_t *log)
{
    if (ggi_trail_take_leftover(log)) {
        (void) ggi_commit_write(log);
        ggi_trail_end_leftover(log);

    } else if (ggi_commit_needs_thread()) {
        ggi_commit_write_waiting(log);

    } else {
        (void) ggi_commit_write(log);
    }

    ggi_commit_start_sync(log);
}


static void
ggi_commit_tick_handler(ngx_event_t *ev)
{
    if (!ggi_commit_writing()) {
        ggi_commit_look_after_file(ev->log);
        ggi_commit_write_in_time(ev->log);
        ggi_commit_hold_worker();
    }

    ngx_add_timer(ev, GGI_COMMIT_INTERVAL);
}


ngx_int_t
ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf)
{
    ngx_memzero(&ggi_commit, sizeof(ggi_commit_t));
    ngx_queue_init(&ggi_commit.waiting);
    ngx_queue_init(&ggi_commit.recorded);
    ngx_queue_init(&ggi_commit.writing);
    ngx_queue_init(&ggi_commit.written);
    ngx_queue_init(&ggi_commit.syncing);
    ngx_queue_init(&ggi_commit.open);

    if (ggi_trail_init_notes(cycle, conf->pool) != NGX_OK
        || ggi_commit_init_write(cycle, conf, ggi_commit_wrote) != NGX_OK
        || ggi_commit_init_sync(cycle, conf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_commit.turn.handler = ggi_commit_turn_handler;
    ggi_commit.turn.log = cycle->log;
    ggi_commit.tick.handler = ggi_commit_tick_handler;
    ggi_commit.tick.log = cycle->log;
    ggi_commit.tick.data = &ggi_commit;
    ggi_commit.late.handler = ggi_commit_late_handler;
    ggi_commit.late.log = cycle->log;
    ggi_commit.late.data = &ggi_commit;
    ggi_commit.late.cancelable = 1;     /* ggi_commit_exit() writes what waits when a worker ends */
    ggi_commit.conf = conf;
    ggi_commit_hold_worker();
    ngx_add_timer(&ggi_commit.tick, GGI_COMMIT_INTERVAL);

    return NGX_OK;
}


void
ggi_commit_exit(ngx_log_t *log)
{
    ggi_trail_leave_leftover(ggi_commit_write_last(log), log);
    ggi_commit.conf = NULL;
}
