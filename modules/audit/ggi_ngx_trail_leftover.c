/* SPDX-License-Identifier: EUPL-1.2 */

/* What a worker could not write before it ended, handed to the workers after it. */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_trail.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_trail_leftover.h"


/* 1: DIR/NAME.gap cannot be emptied, so that it would be told of again and again. */
static ngx_uint_t  ggi_trail_leftover_failed;


ngx_uint_t
ggi_trail_take_leftover(ngx_log_t *log)
{
    int              fd;
    ggi_leftover_t  *gap;

    fd = ggi_trail_slot()->conf->leftover;
    gap = &ggi_trail.account.gap;

    if (fd == NGX_INVALID_FILE || ggi_trail_leftover_failed || ggi_trail.failed
        || gap->records || !ggi_leftover_take(fd, gap))
    {
        return 0;
    }

    ggi_trail.due = 1;

    /* the worker that lost them may have been unable to write to the error log too */
    ngx_log_error(NGX_LOG_ERR, log, (gap->error == GGI_LEFTOVER_UNMADE) ? 0 : gap->error,
                  "%uL audit records were lost with workers that ended: a record "
                  "\"ggi.gap\" of audit log \"%V\" tells of them", gap->records,
                  &ggi_trail_slot()->conf->name);

    return 1;
}


void
ggi_trail_end_leftover(ngx_log_t *log)
{
    if (ggi_leftover_taken(ggi_trail_slot()->conf->leftover) != 0) {
        ggi_trail_leftover_failed = 1;
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "the file beside audit log \"%V\" that tells of lost "
                      "records cannot be written: a later \"ggi.gap\" may tell "
                      "of the same records again", &ggi_trail_slot()->conf->name);
    }
}


/*
 * Sets lost to the records that are kept, which are lost by error. A record "ggi.gap"
 * among them is no further loss: what it tells of is passed on. Neither are those that open
 * and close the chain. Returns how many others are lost.
 */
static ngx_uint_t
ggi_trail_find_lost(ggi_leftover_t *lost, ngx_err_t error)
{
    uint64_t        position;
    ggi_gap_t       gap;
    ggi_str_t       line;
    ngx_uint_t      n;
    ggi_leftover_t  more;

    n = 0;
    ngx_memzero(lost, sizeof(ggi_leftover_t));
    more.error = error;
    position = ggi_trail.journal.start;

    while ((line = ggi_journal_line(&ggi_trail.journal, &position)).len) {

        if (ggi_record_gap_read(line, &gap)) {
            more.records = gap.records;
            more.from = gap.from;
            more.to = gap.to;

        } else if (ggi_record_is_end(line)) {
            more.records = 0;           /* it tells of no call */

        } else {
            more.records = 1;
            more.from = ggi_record_time(line);
            more.to = ggi_trail_now();
            n++;
        }

        ggi_leftover_add(lost, &more);
    }

    return n;
}


void
ggi_trail_leave_leftover(ngx_err_t unsynced, ngx_log_t *log)
{
    int             error;
    ggi_leftover_t  lost;

    error = unsynced ? unsynced : ggi_trail.failed;
    ggi_metric_add(GGI_METRIC_AUDIT_LOST, ggi_trail_find_lost(&lost, error));
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, 0);
    ggi_leftover_add(&lost, &ggi_trail.account.gap);

    if (lost.records == 0) {
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, log, error,
                  "%uL audit records are lost with this worker: they %s",
                  lost.records,
                  unsynced ? "may not be on the disk, which could not be synced"
                           : "could not be written");

    error = (ggi_trail_slot()->conf->leftover == NGX_INVALID_FILE)
            ? NGX_ENOENT
            : ggi_leftover_leave(ggi_trail_slot()->conf->leftover, &lost);

    if (error) {
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "no record of audit log \"%V\" will tell of that",
                      &ggi_trail_slot()->conf->name);
    }
}
