/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_commit_write.h"
#include "ggi_ngx_disk.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_write_pace.h"
#include "ggi_write_time.h"


#define GGI_COMMIT_COPY_MAX  (1024 * 1024)      /* bytes: a larger copy is freed after use */


typedef struct {
    ggi_disk_job_t       job;
    ggi_disk_append_t    copy;          /* what the thread writes */
    ngx_uint_t           file;          /* ggi_trail_file_number() of the file it writes to */
    ggi_write_pace_t     pace;
    ggi_commit_wrote_pt  wrote;
    ngx_uint_t           unsynced;      /* 1: something was written */
    ngx_uint_t           syncing;       /* 1: a sync runs for which no call waits */
    ngx_uint_t           met_sync;      /* 1: what the thread writes has met such a sync */
} ggi_commit_writer_t;


static ggi_commit_writer_t  ggi_commit_writer;


ngx_uint_t
ggi_commit_writing(void)
{
    return ggi_commit_writer.job.running;
}


/*
 * Returns 1 when a write would wait for a sync. After a write that failed the loop tries again
 * even so, since the call that it tries with is refused where a thread would have to.
 */
static ngx_uint_t
ggi_commit_meets_sync(void)
{
    return ggi_commit_writer.syncing && !ggi_trail_failed()
           && ggi_trail_slot()->fd != NGX_INVALID_FILE;
}


ngx_uint_t
ggi_commit_needs_thread(void)
{
    return ggi_commit_writer.job.running
           || ggi_commit_meets_sync()
           || (!ggi_write_pace_calm(&ggi_commit_writer.pace)
               && ggi_trail_slot()->fd != NGX_INVALID_FILE
               && !ggi_write_pace_allows(&ggi_commit_writer.pace, ggi_write_clock()));
}


void
ggi_commit_note_sync(ngx_uint_t syncing)
{
    ggi_commit_writer.syncing = syncing;
    ggi_commit_writer.met_sync |= syncing;
}


ngx_uint_t
ggi_commit_take_unsynced(void)
{
    ngx_uint_t  unsynced;

    unsynced = ggi_commit_writer.unsynced;
    ggi_commit_writer.unsynced = 0;

    return unsynced;
}


/* Notes whether the present file has got anything since it was that one, so far. */
static void
ggi_commit_note_written(ngx_uint_t file, uint64_t written)
{
    ggi_commit_writer.unsynced |= (ggi_trail_file_number() != file
                                   || ggi_trail_written_bytes() > written);
}


ngx_int_t
ggi_commit_write(ngx_log_t *log)
{
    uint64_t          now, written;
    ngx_int_t         rc;
    ngx_uint_t        file;
    ggi_write_time_t  time;

    /* to watch costs each call a system call: a first slow write is taken for one as it is */
    ggi_write_begin(&time, !ggi_write_pace_calm(&ggi_commit_writer.pace));
    file = ggi_trail_file_number();
    written = ggi_trail_written_bytes();

    rc = ggi_trail_write(log);

    now = ggi_write_clock();
    ggi_write_pace_note(&ggi_commit_writer.pace, now, ggi_write_waited(&time, now), 1);
    ggi_commit_note_written(file, written);

    return rc;
}


ngx_int_t
ggi_commit_start_write(ngx_log_t *log)
{
    ggi_append_t  append;

    ggi_trail_waiting_bytes(&append);

    if (!ggi_append_copy(&ggi_commit_writer.copy.append, &append)) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "audit log cannot be written by a thread: no memory for "
                      "what it is to write");
        return NGX_DECLINED;
    }

    ggi_commit_writer.file = ggi_trail_file_number();
    ggi_commit_writer.met_sync = ggi_commit_writer.syncing;

    return (ggi_disk_start(&ggi_commit_writer.job, ggi_trail_slot()->fd,
                           "written", log)
            == NGX_OK)
           ? NGX_OK : NGX_DECLINED;
}


/* Takes over what a thread has written. Returns as ggi_trail_write() does. */
static ngx_int_t
ggi_commit_end_write(ngx_err_t error, ngx_log_t *log)
{
    uint64_t            written;
    ngx_int_t           rc;
    ngx_uint_t          file;
    ggi_disk_append_t  *copy;

    copy = &ggi_commit_writer.copy;
    file = ggi_trail_file_number();
    written = ggi_trail_written_bytes();

    rc = ggi_trail_written_by(ggi_commit_writer.file, &copy->append, error, log);

    if (!ggi_commit_writer.met_sync || copy->waited < GGI_WRITE_SLOW) {
        ggi_write_pace_note(&ggi_commit_writer.pace, ggi_write_clock(), copy->waited, 0);
    }

    ggi_commit_note_written(file, written);

    if (copy->append.size > GGI_COMMIT_COPY_MAX) {
        ggi_append_free(&copy->append);
    }

    return rc;
}


static void
ggi_commit_write_done(ngx_err_t error, ngx_log_t *log)
{
    ggi_commit_writer.wrote(ggi_commit_end_write(error, log), log);
}


void
ggi_commit_finish_write(ngx_log_t *log)
{
    ngx_err_t  error;

    if (ggi_commit_writer.job.running) {
        error = ggi_disk_finish(&ggi_commit_writer.job);

        /* when no thread came to it, nothing was tried: the caller writes it all */
        (void) ggi_commit_end_write(error == NGX_ECANCELED ? 0 : error, log);
    }

    ggi_append_free(&ggi_commit_writer.copy.append);
}


ngx_int_t
ggi_commit_init_write(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf,
    ggi_commit_wrote_pt wrote)
{
    ngx_memzero(&ggi_commit_writer, sizeof(ggi_commit_writer_t));
    ggi_commit_writer.wrote = wrote;

    return ggi_disk_init(&ggi_commit_writer.job, conf->pool, cycle,
                         ggi_disk_append, &ggi_commit_writer.copy,
                         ggi_commit_write_done);
}
