/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Group commit. Calls wait for their decision records, which are written
 * together at the end of the turn of the event loop in which they were made.
 */

#ifndef GGI_NGX_COMMIT_H
#define GGI_NGX_COMMIT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_call.h"
#include "ggi_ngx_trail.h"


typedef enum {
    GGI_DURABILITY_BUFFERED,
    GGI_DURABILITY_WRITTEN,
    GGI_DURABILITY_SYNCED
} ggi_durability_e;


typedef struct {
    ggi_durability_e         durability;
    ngx_thread_pool_t       *pool;      /* for GGI_DURABILITY_SYNCED */
} ggi_commit_conf_t;


/* A call that waits for its record; and one that was let through, until its request ends. */
typedef struct {
    ngx_queue_t              queue;
    ngx_http_request_t      *request;
    ggi_call_t              *call;
    ggi_trail_mark_t         mark;      /* where its record begins */
    uint64_t                 end;       /* the position behind its record */
    ngx_uint_t               queued;
    ngx_uint_t               done;      /* it has been resumed */
    ngx_uint_t               failed;    /* its record is not where it has to be: refuse it */
} ggi_commit_waiter_t;


/* In a worker, after ggi_trail_init(). The configuration has to stay. NGX_ERROR: logged. */
ngx_int_t ggi_commit_init(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf);

/* Writes what is left, at the end of the worker. */
void ggi_commit_exit(ngx_log_t *log);

/*
 * Makes the call's decision record at the end of this turn, and resumes the
 * call once it is as durable as is configured. Returns the waiter, in the
 * request's pool; NULL: no memory.
 */
ggi_commit_waiter_t *ggi_commit_wait(ngx_http_request_t *r, ggi_call_t *call);

/* Keeps a call that is let through in mind until its request ends. Its waiter is done. */
void ggi_commit_let_through(ggi_commit_waiter_t *waiter);

/*
 * Calls a handler for each call that a record says is allowed, and whose request
 * has not ended; for one that was let through twice, twice. Recorded calls that
 * still wait for the disk, refused ones too, are counted for ggi_status. For the
 * end of a worker that does not wait for its requests.
 */
void ggi_commit_each_open(void (*handler)(ngx_http_request_t *r,
    ggi_call_t *call));

/* What was added to the trail is written as soon as is configured; nobody waits for it. */
void ggi_commit_soon(void);

/*
 * On SIGUSR1, or when the file is found to be removed or replaced, in a worker:
 * writes what waits into the present file, has a thread sync that, and goes on in
 * the one that stands at its path now. While a sync is running that is put off
 * until it is done, and the present file is written on.
 */
void ggi_commit_reopen(ngx_log_t *log);


#endif
