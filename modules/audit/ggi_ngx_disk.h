/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Work on the file of the audit log that may wait for the disk, done by a thread, so that
 * the event loop does not wait: appending to it, and fdatasync().
 */

#ifndef GGI_NGX_DISK_H
#define GGI_NGX_DISK_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_thread_pool.h>

#include "ggi_append.h"


/* The work, in a thread, on a file and the data of its job. Returns 0 or an errno. */
typedef ngx_err_t (*ggi_disk_work_pt)(ngx_fd_t fd, void *data);

/* Is called on the event loop when the work has ended, with what it returned. */
typedef void (*ggi_disk_done_pt)(ngx_err_t error, ngx_log_t *log);


/* One kind of work, which is done once at a time. */
typedef struct {
    ngx_thread_pool_t  *pool;
    ngx_thread_task_t  *task;
    ngx_uint_t          running;        /* 1 from the start of the work until done is called */
} ggi_disk_job_t;


/* Bytes to be appended by a thread, and how long that waited, as ggi_write_waited() tells. */
typedef struct {
    ggi_append_t        append;
    uint64_t            waited;         /* ms */
} ggi_disk_append_t;


/*
 * Prepares a job in a worker; ggi_disk_start() then starts it, as often as need be. Each time a
 * thread of pool calls work() with the file and data, and when that has returned the event loop
 * calls done(). job and data are the caller's, and have to live as long as the worker. Returns
 * NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_disk_init(ggi_disk_job_t *job, ngx_thread_pool_t *pool,
    ngx_cycle_t *cycle, ggi_disk_work_pt work, void *data, ggi_disk_done_pt done);

/*
 * Starts a job on the file fd; job->running must be 0. The caller may close the file meanwhile,
 * since the thread has a descriptor of its own. what is a word for the message of a failure,
 * "audit log cannot be WHAT by a thread", such as "synced". Returns NGX_OK; or NGX_ERROR after
 * such a message, and done is not called.
 */
ngx_int_t ggi_disk_start(ggi_disk_job_t *job, ngx_fd_t fd, const char *what,
    ngx_log_t *log);

/*
 * Ends a job without done, in a worker that exits: the event loop, which calls done, has
 * stopped. nginx has waited for the threads of its pools by then, since it calls the
 * exit_process of their module before that of a module for HTTP. Returns the error as done
 * gets it, or NGX_ECANCELED when no thread came to it; or 0 when the job is not running.
 */
ngx_err_t ggi_disk_finish(ggi_disk_job_t *job);

/*
 * Work: fdatasync(). Returns 0 when all that was written before is on the disk, in a file
 * that has a name; otherwise an errno, which is NGX_ENOENT for a file that has no name any
 * more.
 */
ngx_err_t ggi_disk_sync(ngx_fd_t fd, void *data);

/* Work: appends the bytes of data, a ggi_disk_append_t. Returns 0 or the errno. */
ngx_err_t ggi_disk_append(ngx_fd_t fd, void *data);


#endif
