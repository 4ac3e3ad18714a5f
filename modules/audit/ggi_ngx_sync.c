/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_slot_file.h"
#include "ggi_ngx_sync.h"

#include <fcntl.h>


typedef struct {
    ggi_sync_t        *sync;
    ggi_sync_done_pt   done;
    ngx_fd_t           fd;              /* the task's own descriptor of the file */
    ngx_err_t          error;
} ggi_sync_task_t;


static void
ggi_sync_thread_handler(void *data, ngx_log_t *log)
{
    ggi_sync_task_t *task = data;

    task->error = (fdatasync(task->fd) == -1) ? ngx_errno : 0;

    if (task->error == 0 && ggi_slot_is_nameless(task->fd)) {
        task->error = NGX_ENOENT;
    }
}


/* Runs on the event loop when the thread has finished. */
static void
ggi_sync_done_handler(ngx_event_t *ev)
{
    ggi_sync_task_t *task = ev->data;

    (void) close(task->fd);
    task->sync->running = 0;
    task->done(task->error, ev->log);
}


ngx_int_t
ggi_sync_init(ggi_sync_t *sync, ngx_thread_pool_t *pool, ngx_cycle_t *cycle,
    ggi_sync_done_pt done)
{
    ggi_sync_task_t  *task;

    sync->pool = pool;
    sync->running = 0;

    sync->task = ngx_thread_task_alloc(cycle->pool, sizeof(ggi_sync_task_t));
    if (sync->task == NULL) {
        return NGX_ERROR;
    }

    task = sync->task->ctx;
    task->sync = sync;
    task->done = done;

    sync->task->handler = ggi_sync_thread_handler;
    sync->task->event.handler = ggi_sync_done_handler;
    sync->task->event.data = task;
    sync->task->event.log = cycle->log;

    return NGX_OK;
}


ngx_int_t
ggi_sync_start(ggi_sync_t *sync, ngx_fd_t fd, ngx_log_t *log)
{
    ggi_sync_task_t  *task;

    task = sync->task->ctx;

    task->error = NGX_ECANCELED;        /* until the thread knows */
    task->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (task->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "audit log cannot be synced, and calls that wait for it "
                      "are refused: fcntl() gave no descriptor for its file; "
                      "raise \"worker_rlimit_nofile\" when there are too few");
        return NGX_ERROR;
    }

    if (ngx_thread_task_post(sync->pool, sync->task) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "audit log cannot be synced, and calls that wait for it "
                      "are refused: the threads of \"thread_pool default\" "
                      "have too much to do; give it more \"threads\", or "
                      "keep other work from them");
        (void) close(task->fd);
        return NGX_ERROR;
    }

    sync->running = 1;

    return NGX_OK;
}


ngx_err_t
ggi_sync_finish(ggi_sync_t *sync)
{
    ggi_sync_task_t  *task;

    if (!sync->running) {
        return 0;
    }

    task = sync->task->ctx;
    (void) close(task->fd);
    sync->running = 0;

    return task->error;
}
