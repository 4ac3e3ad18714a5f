/* SPDX-License-Identifier: EUPL-1.2 */

/* The file that the audit trail of a worker is written to. */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_trail_ends.h"
#include "ggi_ngx_trail_file.h"


#define GGI_TRAIL_UNSEEN  (64 * 1024)   /* most bytes that are written between two looks */


typedef struct {
    ggi_slot_t   slot;
    ngx_uint_t   number;                /* number of files that were begun */
    uint64_t     from;                  /* position of the first record in the present file */
    ngx_uint_t   keep;                  /* 1: records are kept until they are synced */
    uint64_t     counted;               /* number of records that were written */
    uint64_t     counted_to;            /* position behind those */
    uint64_t     seen;                  /* position up to which records were seen to be in a file */
    time_t       seen_at;               /* when that was looked at, the last time */
    ngx_uint_t   told;                  /* 1: an alert has told that the file was moved away */
    time_t       looked;                /* when none was found, the last time */
    ngx_err_t    none;                  /* why */
} ggi_trail_file_t;


static ggi_trail_file_t  ggi_trail_file;


const ggi_slot_t *
ggi_trail_slot(void)
{
    return &ggi_trail_file.slot;
}


ngx_uint_t
ggi_trail_file_number(void)
{
    return ggi_trail_file.number;
}


uint64_t
ggi_trail_written_records(void)
{
    return ggi_journal_reached(&ggi_trail.journal);
}


uint64_t
ggi_trail_written_bytes(void)
{
    return ggi_journal_written(&ggi_trail.journal);
}


void
ggi_trail_forget(uint64_t position)
{
    /* what was in a file that was removed since is not written yet */
    position = ngx_min(position, ggi_trail_written_records());

    if (position > ggi_trail.journal.start) {
        ggi_journal_forget(&ggi_trail.journal, position);
    }
}


/*
 * Begins with the file that the slot has now, to which all records from position on are
 * written.
 */
static void
ggi_trail_begin_file(uint64_t position)
{
    ggi_trail_file.number++;
    ggi_trail_file.told = 0;
    ggi_trail_file.from = position;
    ggi_journal_begin(&ggi_trail.journal, ggi_trail_file.slot.fd, position);
    ggi_trail_find_before(&ggi_trail_file.slot);
}


/*
 * Takes a file for everything that is kept. When none can be had, it looks again after
 * a second, since there may be many files. Returns 0 or the errno.
 */
static ngx_err_t
ggi_trail_take_file(ngx_log_t *log)
{
    if (ggi_trail_file.looked == ngx_time()) {
        return ggi_trail_file.none;
    }

    if (ggi_slot_reopen(&ggi_trail_file.slot, &ggi_trail_file.none, log) != NGX_OK) {
        ggi_trail_file.looked = ngx_time();
        return ggi_trail_file.none;
    }

    ggi_trail_begin_file(ggi_trail.journal.start);

    return 0;
}


/* Notes that the file was removed, so that nothing of what is kept is in a file. */
static void
ggi_trail_drop_file(void)
{
    ggi_slot_close(&ggi_trail_file.slot);
    ggi_trail_file.seen = ggi_trail.journal.start;
    ggi_trail.journal.written = 0;
}


/*
 * Returns 1 when it is time to look whether the file still has a name: once a second,
 * and before more is kept than a little. To look after each write would cost a call
 * more than to write its record.
 */
static ngx_uint_t
ggi_trail_must_look(void)
{
    return ggi_trail_file.seen_at != ngx_time()
           || ggi_trail_written_bytes() > ggi_trail_file.seen + GGI_TRAIL_UNSEEN;
}


/*
 * Looks after a write, which ended with 0 or an errno, whether the file still has a name,
 * if it is time for that. Returns 1 when it has none and was dropped, 0 otherwise.
 */
static ngx_uint_t
ggi_trail_look(ngx_err_t error)
{
    if (error == 0 && !ggi_trail_must_look()) {
        return 0;
    }

    if (ggi_slot_is_removed(&ggi_trail_file.slot)) {
        ggi_trail_drop_file();
        return 1;
    }

    ggi_trail_file.seen = ggi_trail_written_records();
    ggi_trail_file.seen_at = ngx_time();

    return 0;
}


/* Writes the records that wait to a file that has a name. Returns 0 or the errno. */
static ngx_err_t
ggi_trail_write_out(ngx_log_t *log)
{
    ngx_err_t   error;
    ngx_uint_t  tries;

    for (tries = 0; tries < 2; tries++) {

        if (ggi_trail_file.slot.fd == NGX_INVALID_FILE) {
            error = ggi_trail_take_file(log);

            if (error) {
                return error;
            }
        }

        error = ggi_journal_write(&ggi_trail.journal, ggi_trail_file.slot.fd);

        if (!ggi_trail_look(error)) {
            return error;
        }
    }

    return NGX_ENOENT;
}


/* Counts the records that were written for the first time. */
static void
ggi_trail_count_written(void)
{
    uint64_t  n, reached;

    reached = ggi_trail_written_records();

    if (reached <= ggi_trail_file.counted_to) {
        return;
    }

    n = (reached == ggi_journal_end(&ggi_trail.journal))
        ? ggi_trail.account.records - ggi_trail_file.counted
        : ggi_journal_lines(&ggi_trail.journal, ggi_trail_file.counted_to, reached);
    ggi_trail_file.counted += n;
    ggi_trail_file.counted_to = reached;
    ggi_metric_add(GGI_METRIC_AUDIT_RECORDS, (ngx_uint_t) n);
}


static void
ggi_trail_alert(ngx_err_t error, ngx_log_t *log)
{
    if (ggi_trail_file.slot.fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "no file of audit log \"%V\" can be had: calls are refused "
                      "until there is one, %uL audit records lost",
                      &ggi_trail_file.slot.conf->name, ggi_trail.account.gap.records);
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, log, error,
                  "write() to audit log \"%V\" failed: calls are refused until "
                  "it works again, %uL audit records lost",
                  &ggi_trail_file.slot.name, ggi_trail.account.gap.records);
}


void
ggi_trail_alert_astray(ngx_log_t *log)
{
    if (ggi_trail_file.told) {
        return;
    }

    ggi_trail_file.told = 1;
    ngx_log_error(NGX_LOG_ALERT, log, 0,
                  "audit log \"%V\" was moved away with its directory, and is written "
                  "on where it is now: make the directory, if it is missing, and send "
                  "SIGUSR1, at which nginx makes files in it",
                  &ggi_trail_file.slot.name);
}


static void
ggi_trail_write_failed(ngx_err_t error, ngx_log_t *log)
{
    if (ggi_trail_may_alert()) {
        ggi_trail_alert(error, log);
    }

    ggi_trail.failed = error;
    ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
}


/* Does what follows a write, which ended with 0 or an errno. Returns NGX_OK or NGX_ERROR. */
static ngx_int_t
ggi_trail_end_write(ngx_err_t error, ngx_log_t *log)
{
    ggi_trail_count_written();

    if (!ggi_trail_file.keep) {
        ggi_trail_forget(ggi_trail_file.seen);
    }

    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_trail_waiting());

    if (error) {
        ggi_trail_write_failed(error, log);
        return NGX_ERROR;
    }

    if (ggi_trail.failed) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "audit log \"%V\" is written again", &ggi_trail_file.slot.name);
        ggi_trail.failed = 0;
    }

    return NGX_OK;
}


ngx_int_t
ggi_trail_write(ngx_log_t *log)
{
    ngx_err_t  error;

    error = ggi_trail_write_out(log);

    if (error == 0 && ggi_trail.account.gap.records && ggi_trail_record_due()) {
        error = ggi_trail_write_out(log);
    }

    return ggi_trail_end_write(error, log);
}


void
ggi_trail_waiting_bytes(ggi_append_t *append)
{
    ggi_journal_append(&ggi_trail.journal, append);
}


ngx_int_t
ggi_trail_written_by(ngx_uint_t number, const ggi_append_t *append,
    ngx_err_t error, ngx_log_t *log)
{
    if (number == ggi_trail_file.number) {
        ggi_journal_appended(&ggi_trail.journal, append, append->written);

        if (ggi_trail_look(error)) {
            error = 0;                  /* another file gets all of it */
        }
    }

    if (error == 0 && ggi_trail.account.gap.records) {
        (void) ggi_trail_record_due();
    }

    return ggi_trail_end_write(error, log);
}


ngx_int_t
ggi_trail_write_again(ngx_uint_t number, ngx_log_t *log)
{
    ngx_err_t  error;

    if (number == ggi_trail_file.number
        && ggi_slot_take(&ggi_trail_file.slot, &error, log) != NGX_OK)
    {
        if (ggi_trail_may_alert()) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "no other file of audit log \"%V\" can be had for "
                          "what may not be on the disk",
                          &ggi_trail_file.slot.conf->name);
        }

        return NGX_ERROR;
    }

    if (ggi_trail_file.slot.fd != NGX_INVALID_FILE
        && (number == ggi_trail_file.number
            || ggi_trail_file.from > ggi_trail.journal.start))
    {
        ggi_trail_begin_file(ggi_trail.journal.start);
    }

    return ggi_trail_write(log);
}


void
ggi_trail_doubt_file(void)
{
    ggi_trail_file.seen_at = 0;
    ggi_trail_file.looked = 0;
}


void
ggi_trail_reopen_file(ngx_uint_t synced, ngx_log_t *log)
{
    ngx_fd_t   fd;
    uint64_t   position;
    ngx_err_t  error;

    fd = ggi_trail_file.slot.fd;

    if (fd == NGX_INVALID_FILE) {
        (void) ggi_trail_take_file(log);
        return;
    }

    if (ggi_slot_reopen(&ggi_trail_file.slot, &error, log) != NGX_OK) {

        if (ggi_slot_is_removed(&ggi_trail_file.slot)) {
            ggi_trail_drop_file();
        }

    } else if (ggi_trail_file.slot.fd != fd) {
        position = synced ? ggi_trail_written_records() : ggi_trail.journal.start;
        ggi_trail_begin_file(position);
    }
}


void
ggi_trail_init_file(ngx_cycle_t *cycle, const ggi_slot_conf_t *log,
    ngx_uint_t keep)
{
    ngx_err_t  error;

    ngx_memzero(&ggi_trail_file, sizeof(ggi_trail_file_t));
    ggi_slot_init(&ggi_trail_file.slot, log);
    ggi_trail_file.keep = keep;

    error = ggi_trail_take_file(cycle->log);

    if (error) {
        ggi_trail_write_failed(error, cycle->log);
    }
}


void
ggi_trail_close_file(void)
{
    ggi_slot_close(&ggi_trail_file.slot);
}
