/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The calls that wait for their decision records, in queues by how far the records
 * have come, and what happens to calls whose records cannot be kept.
 */

#ifndef GGI_NGX_COMMIT_QUEUE_H
#define GGI_NGX_COMMIT_QUEUE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_trail.h"


/* When a call goes on: */
typedef enum {
    GGI_DURABILITY_BUFFERED,            /* once its record is in memory */
    GGI_DURABILITY_WRITTEN,             /* once write() has taken its record */
    GGI_DURABILITY_SYNCED               /* once fdatasync() has put its record on the disk */
} ggi_durability_e;


typedef struct {
    ggi_durability_e         durability;
    ngx_thread_pool_t       *pool;      /* for what may wait for the disk */
} ggi_commit_conf_t;


/* A call that waits for its record; and one that was let through, until its request ends. */
typedef struct {
    ngx_queue_t              queue;
    ngx_http_request_t      *request;
    ggi_call_t              *call;
    ggi_trail_mark_t         mark;      /* where its record begins */
    uint64_t                 end;       /* the position behind its record */
    ngx_uint_t               queued;    /* it is in a queue */
    ngx_uint_t               done;      /* it has been resumed */
    ngx_uint_t               failed;    /* its record is not where it has to be: refuse it */
} ggi_commit_waiter_t;


/* The queues of a worker, of ggi_commit_waiter_t, and when something is done with them. */
typedef struct {
    const ggi_commit_conf_t  *conf;     /* NULL: the worker writes no records, or no more */
    ngx_queue_t               waiting;  /* for their record to be made */
    ngx_queue_t               recorded; /* those whose record a thread is to write next */
    ngx_queue_t               writing;  /* those whose record a thread writes */
    ngx_queue_t               written;  /* those whose record is to be synced next */
    ngx_queue_t               syncing;  /* those whose record is being synced */
    ngx_queue_t               open;     /* those that were let through */
    ngx_event_t               turn;     /* posted: runs at the end of this turn of the event loop */
    ngx_event_t               tick;     /* a timer: runs once a second */
    ngx_event_t               late;     /* a timer: runs when completions have waited long enough */
} ggi_commit_t;

/* Ends a call that a record says is allowed, and whose request will not end by itself. */
typedef void (*ggi_commit_end_pt)(ngx_http_request_t *r, ggi_call_t *call);

/* The queues of this worker, for the files ggi_ngx_commit*.c alone. */
extern ggi_commit_t  ggi_commit;


/*
 * Queues a call: its decision record is made at the end of this turn of the event
 * loop, and the call is resumed once the record is as durable as is configured.
 * Returns the waiter, in the request's pool; NULL without memory.
 */
ggi_commit_waiter_t *ggi_commit_queue_call(ngx_http_request_t *r,
    ggi_call_t *call);

/*
 * Puts a call that was let through into the queue of open calls, where it stays until its
 * request ends, so that ggi_commit_end_calls() finds it. waiter has to be in no other queue.
 */
void ggi_commit_keep_open(ggi_commit_waiter_t *waiter);

/*
 * Ends all calls that have a record and whose request has not ended: counts for
 * ggi_status those that still wait for the disk, refused ones too, and calls
 * end_allowed() for each of which a record says that it is allowed; twice for a call
 * that was let through twice. Meant for the end of a worker that does not wait for its
 * requests.
 */
void ggi_commit_end_calls(ggi_commit_end_pt end_allowed);

/*
 * Has what was added to the trail written as soon as is configured, without a call
 * that waits for it: at the end of this turn of the event loop, or within a second.
 */
void ggi_commit_schedule_write(void);

/*
 * Has completion records that were added to the trail written with the next decision,
 * which saves them a write of their own; within 100 ms when no call comes, and at the end
 * of this turn of the event loop when 64 KB wait or the worker is about to end. With
 * durability=buffered they are written as ggi_commit_schedule_write() says.
 */
void ggi_commit_schedule_completion(void);


/*
 * For the files ggi_ngx_commit*.c alone: tells whether records may stay in memory
 * for now. Returns 1 when durability=buffered is configured, the buffer is not full
 * and the last write went well; otherwise 0.
 */
ngx_uint_t ggi_commit_may_buffer(void);

/*
 * For the files ggi_ngx_commit*.c alone: keeps a worker that nginx wants to end alive while
 * calls wait for the disk, and lets it end when none does, by making a timer one that
 * nginx waits for or not. Call it whenever a queue of calls has become empty or not empty.
 */
void ggi_commit_hold_worker(void);

/*
 * Decides about a call that waits, and whose record cannot be written or would not be
 * sealed. Where the gate audit is on, the call will be refused with
 * audit_unavailable when it is resumed, unless it has another reason already. Where
 * the gate observes, the call goes on, and notes that it would have been refused.
 */
void ggi_commit_refuse_call(ggi_commit_waiter_t *waiter);

/*
 * For the files ggi_ngx_commit*.c alone: refuses the calls of a batch whose records
 * were written, but may not be on the disk. A call that was allowed until then gets a
 * record that withdraws that. The calls stay in the batch.
 */
void ggi_commit_refuse_recorded(ngx_queue_t *batch);

/*
 * For the files ggi_ngx_commit*.c alone: refuses the calls of a batch that have no
 * record, and adds records which say, once they can be written, that the calls were
 * refused. The calls stay in the batch.
 */
void ggi_commit_refuse_unrecorded(ngx_queue_t *batch);

/*
 * For the files ggi_ngx_commit*.c alone: resumes all calls of a batch, which is
 * empty then. A resumed call may end others of the batch, which leave it by
 * themselves.
 */
void ggi_commit_release(ngx_queue_t *batch);


#endif
