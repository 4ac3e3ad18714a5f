/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Runs fdatasync() in a thread, one at a time, so that the event loop does not wait
 * for the disk.
 */

#ifndef GGI_NGX_SYNC_H
#define GGI_NGX_SYNC_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_thread_pool.h>


/*
 * Is called on the event loop when a sync has ended. error is 0 when all that was
 * written before ggi_sync_start() is on the disk, in a file that has a name; otherwise
 * it is an errno, which is NGX_ENOENT for a file that has no name any more.
 */
typedef void (*ggi_sync_done_pt)(ngx_err_t error, ngx_log_t *log);


typedef struct {
    ngx_thread_pool_t  *pool;
    ngx_thread_task_t  *task;
    ngx_uint_t          running;        /* 1 from the start of a sync until done is called */
} ggi_sync_t;


/*
 * Prepares to sync, in a worker, by threads of a pool; done is called after each sync.
 * Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_sync_init(ggi_sync_t *sync, ngx_thread_pool_t *pool,
    ngx_cycle_t *cycle, ggi_sync_done_pt done);

/*
 * Starts to sync a file. No sync may be running: the caller looks at sync->running.
 * The caller may close the file meanwhile, or open it anew. Returns NGX_OK; or
 * NGX_ERROR after a message, and done is then not called.
 */
ngx_int_t ggi_sync_start(ggi_sync_t *sync, ngx_fd_t fd, ngx_log_t *log);

/*
 * Ends a sync without done, in a worker that exits: the event loop, which calls done, has
 * stopped. nginx has waited for the threads of its pools by then, since it calls the
 * exit_process of their module before that of a module for HTTP. Returns the error as done
 * gets it, or NGX_ECANCELED when no thread came to it; or 0 when no sync is running.
 */
ngx_err_t ggi_sync_finish(ggi_sync_t *sync);


#endif
