/* SPDX-License-Identifier: EUPL-1.2 */

/* From the trail of a worker to the disk. */

#include "ggi_ngx_commit_sync.h"
#include "ggi_ngx_commit_write.h"
#include "ggi_ngx_disk.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_queue.h"
#include "ggi_ngx_trail_ends.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_trail_leftover.h"


/* How far the records of a worker have come to the disk. */
typedef struct {
    ggi_disk_job_t  sync;
    uint64_t        position;           /* position up to which a sync runs */
    ngx_uint_t      file;               /* ggi_trail_file_number() of what is being synced */
    ngx_uint_t      dirty;              /* 1: something written is in no sync yet */
    ngx_uint_t      repeated;           /* 1: what is being synced was written once more */
    ngx_uint_t      suspect;            /* number of the file of which a sync failed; 0: none */
    ngx_uint_t      ended;              /* 1: a sync has ended, which is dealt with after a write */
    ngx_err_t       error;              /* of that sync */
    ngx_uint_t      reopen;             /* once what runs in a thread is done, change files */
    time_t          alerted;            /* when a failed sync was logged, the last time */
} ggi_commit_disk_t;


static ggi_commit_disk_t  ggi_commit_disk;


/*
 * Returns 1 when a sync of the file with a number failed, so that one that succeeds
 * proves nothing about what is in that file. A file that has taken its place since has
 * another number.
 */
static ngx_uint_t
ggi_commit_is_suspect(ngx_uint_t file)
{
    return ggi_commit_disk.suspect && ggi_commit_disk.suspect == file;
}


/* Refuses the calls whose records were to be synced now. */
static void
ggi_commit_refuse_unsynced(ngx_log_t *log)
{
    ngx_queue_t  batch;

    ggi_queue_take_all(&batch, &ggi_commit.syncing);
    ggi_commit_refuse_recorded(&batch);
    ggi_commit_release(&batch);
    ggi_commit_schedule_write();
    ggi_commit_hold_worker();
}


/* Returns 1 when something written is in no sync yet. */
static ngx_uint_t
ggi_commit_is_dirty(void)
{
    ggi_commit_disk.dirty |= ggi_commit_take_unsynced();

    return ggi_commit_disk.dirty;
}


/* Starts to sync what has been written, while no sync runs. */
static void
ggi_commit_begin_sync(ngx_log_t *log)
{
    ggi_commit_disk.dirty = 0;
    ggi_commit_disk.position = ggi_trail_written_records();
    ggi_commit_disk.file = ggi_trail_file_number();
    ggi_queue_move(&ggi_commit.syncing, &ggi_commit.written);

    if (ggi_trail_must_note(ggi_trail_slot())) {
        ggi_trail_prepare_note(ggi_trail_slot());
    }

    if (ggi_trail_slot()->fd == NGX_INVALID_FILE
        || ggi_disk_start(&ggi_commit_disk.sync, ggi_trail_slot()->fd, "synced", log)
           != NGX_OK)
    {
        ggi_commit_disk.dirty = 1;
        ggi_trail_note_synced(EIO, log);
        ggi_commit_refuse_unsynced(log);
        return;
    }

    ggi_commit_note_sync(ggi_commit.conf->durability != GGI_DURABILITY_SYNCED);
}


/* Returns 1 while a sync runs, or one that has ended is not dealt with yet. */
static ngx_uint_t
ggi_commit_syncing(void)
{
    return ggi_commit_disk.sync.running || ggi_commit_disk.ended;
}


void
ggi_commit_start_sync(ngx_log_t *log)
{
    ngx_uint_t  dirty;

    dirty = ggi_commit_is_dirty();

    if (ggi_commit_syncing()) {
        return;
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED
        ? (dirty || !ngx_queue_empty(&ggi_commit.written)
           || !ngx_queue_empty(&ggi_commit.syncing))
        : (dirty && ggi_trail_must_note(ggi_trail_slot())))
    {
        ggi_commit_begin_sync(log);
    }
}


/* Starts to sync what has been written, for which no call waits. */
static void
ggi_commit_sync_unawaited(ngx_log_t *log)
{
    if (ggi_commit_is_dirty() && !ggi_commit_syncing()
        && ggi_trail_slot()->fd != NGX_INVALID_FILE)
    {
        ggi_commit_begin_sync(log);
    }
}


/*
 * Writes what waits to the present file, which is about to be left, and has a thread
 * sync it by a descriptor of its own. Returns 1 when everything that is written may
 * stay where it is; it is written once more if that sync fails.
 */
static ngx_uint_t
ggi_commit_finish_file(ngx_log_t *log)
{
    ggi_slot_state_e  state;

    ggi_trail_doubt_file();
    (void) ggi_commit_write(log);

    if (ggi_commit.conf->durability != GGI_DURABILITY_SYNCED) {
        ggi_commit_sync_unawaited(log);
        return 0;                       /* nothing is kept of what is in a file that has a name */
    }

    state = ggi_slot_state(ggi_trail_slot());

    if (state == GGI_SLOT_NONE || state == GGI_SLOT_REMOVED
        || ggi_commit_is_suspect(ggi_trail_file_number()))
    {
        return 0;
    }

    ggi_commit_start_sync(log);

    return !ggi_commit_disk.dirty;
}


void
ggi_commit_reopen_file(ngx_log_t *log)
{
    ngx_uint_t  file, synced;

    if (ggi_commit.conf == NULL) {
        return;
    }

    if (ggi_commit_writing()
        || (ggi_commit_syncing() && !ggi_slot_is_removed(ggi_trail_slot())))
    {
        /* what was written since that began has to be synced too, before the file is left */
        ggi_commit_disk.reopen = 1;
        return;
    }

    ggi_commit_disk.reopen = 0;
    synced = ggi_commit_finish_file(log);
    ggi_trail_prepare_note(ggi_trail_slot());

    if (!ggi_commit_syncing()) {
        ggi_trail_note_synced(0, log);
    }

    file = ggi_trail_file_number();
    ggi_trail_reopen_file(synced, log);

    if (ggi_trail_file_number() != file && !synced) {
        (void) ggi_commit_write(log);   /* the other file gets all that is kept */
    }
}


/*
 * Logs that a sync failed, at most once a second; not for NGX_ENOENT, since the loss of
 * the file is logged where another one is taken.
 */
static void
ggi_commit_count_failed_sync(ngx_err_t error, ngx_log_t *log)
{
    if (error == NGX_ENOENT) {
        return;
    }

    if (ggi_commit_disk.alerted != ngx_time()) {
        ggi_commit_disk.alerted = ngx_time();
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "fdatasync() of audit log \"%V\" failed: %s",
                      &ggi_trail_slot()->name,
                      (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED)
                      ? "what may not be on the disk is written to another file; "
                        "calls are refused when that fails too"
                      : "records that were written since the last one may not be "
                        "on the disk");
    }

    ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
}


/*
 * Deals with a sync that has ended. After a sync that failed, the next one of the same file
 * proves nothing about what was written before, since the system takes that for written. So
 * everything that is not known to be on the disk is written once more, to another file, and
 * counts when that is synced. While the disk fails this is tried once, and again after a
 * sync that succeeded.
 */
static void
ggi_commit_end_sync(ngx_err_t error, ngx_log_t *log)
{
    ngx_uint_t  repeat, suspect;

    suspect = ggi_commit_is_suspect(ggi_commit_disk.file);
    repeat = error ? !suspect && !ggi_commit_disk.repeated : suspect;

    if (repeat && ggi_trail_write_again(ggi_commit_disk.file, log) == NGX_OK) {
        ggi_commit_disk.repeated = 1;
        ggi_commit_disk.dirty = 1;
        ggi_commit_start_sync(log);
        return;
    }

    ggi_commit_disk.repeated = 0;

    if (error || repeat) {
        /* also one that was taken just now, when it could not be given all that is kept */
        ggi_commit_disk.suspect = ggi_trail_file_number();
        ggi_commit_refuse_unsynced(log);

    } else {
        ggi_trail_forget(ggi_commit_disk.position);
        ggi_commit_release(&ggi_commit.syncing);
    }
}


/*
 * Returns 1 when a sync that has ended can be dealt with: at once when all is well, and
 * otherwise not before a thread that writes is done, since much is to be written anew.
 */
static ngx_uint_t
ggi_commit_may_end_sync(void)
{
    return ggi_commit_disk.ended
           && (!ggi_commit_writing()
               || (ggi_commit_disk.error == 0
                   && !ggi_commit_is_suspect(ggi_commit_disk.file)));
}


void
ggi_commit_go_on(ngx_log_t *log)
{
    if (ggi_commit_may_end_sync()) {
        ggi_commit_disk.ended = 0;
        ggi_commit_end_sync(ggi_commit_disk.error, log);
    }

    if (ggi_commit_disk.reopen && !ggi_commit_syncing()) {
        ggi_commit_reopen_file(log);
    }

    ggi_commit_start_sync(log);
    ggi_commit_hold_worker();
}


/*
 * Runs on the event loop when a sync has ended. Where no call waits for it, a failure is
 * told of, and nothing else: what was written is not kept.
 */
static void
ggi_commit_sync_done(ngx_err_t error, ngx_log_t *log)
{
    ggi_commit_note_sync(0);

    if (error) {
        ggi_commit_count_failed_sync(error, log);
    }

    ggi_trail_note_synced(error, log);

    if (ggi_commit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_commit_disk.ended = 1;
        ggi_commit_disk.error = error;
    }

    ggi_commit_go_on(log);
}


ngx_int_t
ggi_commit_init_sync(ngx_cycle_t *cycle, const ggi_commit_conf_t *conf)
{
    ngx_memzero(&ggi_commit_disk, sizeof(ggi_commit_disk_t));

    return ggi_disk_init(&ggi_commit_disk.sync, conf->pool, cycle, ggi_disk_sync,
                         NULL, ggi_commit_sync_done);
}


/* Takes the file that may be made in the directory that stands where the log's was. */
static void
ggi_commit_leave_directory(ngx_log_t *log)
{
    ggi_commit_reopen_file(log);

    if (!ggi_commit_disk.reopen && ggi_slot_state(ggi_trail_slot()) == GGI_SLOT_ASTRAY) {
        ggi_trail_alert_astray(log);
    }
}


void
ggi_commit_look_after_file(ngx_log_t *log)
{
    switch (ggi_slot_state(ggi_trail_slot())) {

    case GGI_SLOT_ASTRAY:
        ggi_commit_leave_directory(log);
        break;

    case GGI_SLOT_REPLACED:
    case GGI_SLOT_REMOVED:
        ggi_commit_reopen_file(log);
        break;

    default:
        break;
    }

    if (ggi_commit.conf->durability == GGI_DURABILITY_WRITTEN) {
        ggi_commit_sync_unawaited(log);
    }
}


/*
 * Ends the sync that runs, if any. Returns the errno for which what is kept may not be on
 * the disk, and has to be written once more; or 0.
 */
static ngx_err_t
ggi_commit_finish_sync(ngx_log_t *log)
{
    ngx_err_t   error;
    ngx_uint_t  running;

    running = ggi_commit_syncing();
    error = ggi_disk_finish(&ggi_commit_disk.sync);

    if (error) {
        ggi_commit_count_failed_sync(error, log);

    } else if (ggi_commit_disk.ended) {
        error = ggi_commit_disk.error;
    }

    if (error) {
        return error;
    }

    if (ggi_commit_is_suspect(ggi_commit_disk.file)) {
        return EIO;                     /* was logged when that sync failed */
    }

    if (running) {
        ggi_trail_forget(ggi_commit_disk.position);
    }

    return 0;
}


/* Syncs the present file, and waits for that. Returns 0; or the errno, after a message. */
static ngx_err_t
ggi_commit_sync_now(ngx_log_t *log)
{
    ngx_err_t  error;

    ggi_commit_disk.file = ggi_trail_file_number();

    if (fdatasync(ggi_trail_slot()->fd) == 0) {
        return 0;
    }

    error = ngx_errno;
    ggi_commit_count_failed_sync(error, log);

    return error;
}


/*
 * Syncs what has been written, for which no call has waited, and waits for that: with
 * durability=buffered too, since it is noted then that the chain has come so far.
 */
static void
ggi_commit_sync_last(ngx_log_t *log)
{
    if (ggi_commit_is_dirty()) {
        (void) ggi_commit_sync_now(log);
    }
}


/*
 * Syncs all that is kept, and waits for that; in another file when a sync has failed with
 * error, or fails now. Returns 0 or the errno.
 */
static ngx_err_t
ggi_commit_sync_all(ngx_err_t error, ngx_log_t *log)
{
    if (error == 0) {
        error = ggi_commit_sync_now(log);
    }

    if (error && ggi_trail_write_again(ggi_commit_disk.file, log) == NGX_OK) {
        error = ggi_commit_sync_now(log);
    }

    return error;
}


ngx_err_t
ggi_commit_write_last(ngx_log_t *log)
{
    ngx_err_t  error;

    ggi_commit_finish_write(log);
    error = ggi_commit_finish_sync(log);
    ggi_trail_doubt_file();
    (void) ggi_commit_write(log);

    if (ggi_trail_slot()->fd == NGX_INVALID_FILE) {
        return 0;
    }

    if (ggi_commit.conf->durability != GGI_DURABILITY_SYNCED) {
        ggi_commit_sync_last(log);
        error = 0;

    } else if (ggi_trail_kept()) {
        error = ggi_commit_sync_all(error, log);
    }

    if (error == 0) {
        ggi_trail_forget(ggi_trail_written_records());
    }

    return error;
}
