/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_disk.h"
#include "ggi_ngx_slot_file.h"
#include "ggi_write_time.h"

#include <fcntl.h>


typedef struct {
    ggi_disk_job_t    *job;
    ggi_disk_work_pt   work;
    ggi_disk_done_pt   done;
    void              *data;
    ngx_fd_t           fd;              /* the task's own descriptor of the file */
    ngx_err_t          error;
} ggi_disk_task_t;


ngx_err_t
ggi_disk_sync(ngx_fd_t fd, void *data)
{
    if (fdatasync(fd) == -1) {
        return ngx_errno;
    }

    return ggi_slot_is_nameless(fd) ? NGX_ENOENT : 0;
}


ngx_err_t
ggi_disk_append(ngx_fd_t fd, void *data)
{
    ggi_disk_append_t *it = data;

    ngx_err_t         error;
    ggi_write_time_t  time;

    ggi_write_begin(&time, 1);
    error = ggi_append(&it->append, fd);
    it->waited = ggi_write_waited(&time, ggi_write_clock());

    return error;
}


static void
ggi_disk_thread_handler(void *data, ngx_log_t *log)
{
    ggi_disk_task_t *task = data;

    task->error = task->work(task->fd, task->data);
}


/* Runs on the event loop when the thread has finished. */
static void
ggi_disk_done_handler(ngx_event_t *ev)
{
    ggi_disk_task_t *task = ev->data;

    (void) close(task->fd);
    task->job->running = 0;
    task->done(task->error, ev->log);
}


ngx_int_t
ggi_disk_init(ggi_disk_job_t *job, ngx_thread_pool_t *pool, ngx_cycle_t *cycle,
    ggi_disk_work_pt work, void *data, ggi_disk_done_pt done)
{
    ggi_disk_task_t  *task;

    job->pool = pool;
    job->running = 0;

    job->task = ngx_thread_task_alloc(cycle->pool, sizeof(ggi_disk_task_t));
    if (job->task == NULL) {
        return NGX_ERROR;
    }

    task = job->task->ctx;
    task->job = job;
    task->work = work;
    task->data = data;
    task->done = done;

    job->task->handler = ggi_disk_thread_handler;
    job->task->event.handler = ggi_disk_done_handler;
    job->task->event.data = task;
    job->task->event.log = cycle->log;

    return NGX_OK;
}


ngx_int_t
ggi_disk_start(ggi_disk_job_t *job, ngx_fd_t fd, const char *what,
    ngx_log_t *log)
{
    ggi_disk_task_t  *task;

    task = job->task->ctx;

    task->error = NGX_ECANCELED;        /* until the thread knows */
    task->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (task->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "audit log cannot be %s by a thread: fcntl() gave no "
                      "descriptor for its file; raise \"worker_rlimit_nofile\" "
                      "when there are too few", what);
        return NGX_ERROR;
    }

    if (ngx_thread_task_post(job->pool, job->task) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "audit log cannot be %s by a thread: those of "
                      "\"thread_pool default\" have too much to do; give it more "
                      "\"threads\", or keep other work from them", what);
        (void) close(task->fd);
        return NGX_ERROR;
    }

    job->running = 1;

    return NGX_OK;
}


ngx_err_t
ggi_disk_finish(ggi_disk_job_t *job)
{
    ggi_disk_task_t  *task;

    if (!job->running) {
        return 0;
    }

    task = job->task->ctx;
    (void) close(task->fd);
    job->running = 0;

    return task->error;
}
