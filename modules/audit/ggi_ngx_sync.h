/* SPDX-License-Identifier: EUPL-1.2 */

/* fdatasync() in a thread, one at a time, so that the event loop does not wait for the disk. */

#ifndef GGI_NGX_SYNC_H
#define GGI_NGX_SYNC_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_thread_pool.h>


/*
 * On the event loop: what was written before ggi_sync_start() is on the disk, in a
 * file that has a name; or error is an errno, NGX_ENOENT for a file without one.
 */
typedef void (*ggi_sync_done_pt)(ngx_err_t error, ngx_log_t *log);


typedef struct {
    ngx_thread_pool_t  *pool;
    ngx_thread_task_t  *task;
    ngx_uint_t          running;
} ggi_sync_t;


/* Prepares it, in a worker. NGX_ERROR: no memory. */
ngx_int_t ggi_sync_init(ggi_sync_t *sync, ngx_thread_pool_t *pool,
    ngx_cycle_t *cycle, ggi_sync_done_pt done);

/*
 * Begins, unless one is running already: look at sync->running. The file may
 * be closed or opened anew meanwhile. NGX_ERROR: logged; done is not called.
 */
ngx_int_t ggi_sync_start(ggi_sync_t *sync, ngx_fd_t fd, ngx_log_t *log);


#endif
