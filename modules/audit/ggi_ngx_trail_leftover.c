/* SPDX-License-Identifier: EUPL-1.2 */

/* What a worker could not write before it ended, handed to the workers after it. */

#define _GNU_SOURCE                     /* memmem() */
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_trail.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_trail_leftover.h"


/* 1: DIR/NAME.gap cannot be emptied, so that it would be told of again and again. */
static ngx_uint_t  ggi_trail_leftover_failed;


void
ggi_trail_take_leftover(ngx_log_t *log)
{
    int              fd;
    ggi_leftover_t  *gap;

    fd = ggi_trail_slot()->conf->leftover;
    gap = &ggi_trail.account.gap;

    if (fd == NGX_INVALID_FILE || ggi_trail_leftover_failed || ggi_trail.failed
        || gap->records || !ggi_leftover_take(fd, gap))
    {
        return;
    }

    /* when it cannot be written after all, this worker has it now, and leaves it in its turn */
    (void) ggi_trail_write(log);

    if (ggi_leftover_taken(fd) != 0) {
        ggi_trail_leftover_failed = 1;
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "the file beside audit log \"%V\" that tells of lost "
                      "records cannot be written: a later \"ggi.gap\" may tell "
                      "of the same records again", &ggi_trail_slot()->conf->name);
    }
}


/*
 * Returns the time of the first record that is not written as a whole, in ms since the
 * epoch.
 */
static uint64_t
ggi_trail_unwritten_since(void)
{
    char          *line, *p;
    static char    name[] = "\"timestamp\":";

    line = ggi_trail.journal.data + (ggi_trail_written_records() - ggi_trail.journal.start);
    p = memmem(line, ggi_trail.journal.len - (size_t) (line - ggi_trail.journal.data),
               name, sizeof(name) - 1);

    return p ? strtoull(p + sizeof(name) - 1, NULL, 10) : ggi_trail_now();
}


void
ggi_trail_leave_leftover(ngx_log_t *log)
{
    int                   error;
    ggi_leftover_t        lost;
    ggi_trail_account_t  *account;

    account = &ggi_trail.account;
    ngx_memzero(&lost, sizeof(ggi_leftover_t));

    /* a gap record that is lost is no further loss: its report is passed on */
    lost.records = ggi_trail_unwritten() - account->gaps;

    if (lost.records) {
        lost.from = ggi_trail_unwritten_since();
        lost.to = ggi_trail_now();
        lost.error = ggi_trail.failed;
        ggi_metric_add(GGI_METRIC_AUDIT_LOST, (ngx_uint_t) lost.records);
    }

    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, 0);
    ggi_leftover_add(&lost, &account->told);
    ggi_leftover_add(&lost, &account->gap);

    if (lost.records == 0) {
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, log, 0,
                  "%uL audit records are lost with this worker: they could not "
                  "be written", lost.records);

    error = (ggi_trail_slot()->conf->leftover == NGX_INVALID_FILE)
            ? NGX_ENOENT
            : ggi_leftover_leave(ggi_trail_slot()->conf->leftover, &lost);

    if (error) {
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "no record of audit log \"%V\" will tell of that",
                      &ggi_trail_slot()->conf->name);
    }
}
