/* SPDX-License-Identifier: EUPL-1.2 */

/* What a worker writes about signals in the error log, and how often. */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_signal_log.h"


#define GGI_SIGNAL_LINES  10            /* lines about signals that a worker writes a second */
#define GGI_SIGNAL_FULL   3600          /* s in which a worker tells once that the zone is full */


/* The state of this worker. */
static time_t      ggi_signal_second;   /* in which it has written a line last */
static ngx_uint_t  ggi_signal_lines;    /* lines that it has written in this second */
static ngx_uint_t  ggi_signal_unlogged; /* signals without a line since the last line */
static ngx_msec_t  ggi_signal_full;     /* when it has told last that the zone is full; 0: never */


void
ggi_signal_log_init(void)
{
    ggi_signal_second = 0;
    ggi_signal_lines = 0;
    ggi_signal_unlogged = 0;
    ggi_signal_full = 0;
}


void
ggi_signal_log(const ggi_signal_told_t *told, const ggi_call_t *call)
{
    char    line[GGI_SIGNAL_LINE];
    size_t  len;

    if (ggi_signal_second != ngx_time()) {
        ggi_signal_second = ngx_time();
        ggi_signal_lines = 0;
    }

    if (ggi_signal_lines++ >= GGI_SIGNAL_LINES) {
        ggi_signal_unlogged++;
        return;
    }

    len = ggi_signal_line(line, told, call);
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0, "ggi %*s unlogged=%ui", len, line,
                  ggi_signal_unlogged);
    ggi_signal_unlogged = 0;
}


void
ggi_signal_log_full(ngx_uint_t n)
{
    ggi_metric_add(GGI_METRIC_AUDIT_SIGNALS, n);

    if (ggi_signal_full && ngx_current_msec - ggi_signal_full < GGI_SIGNAL_FULL * 1000) {
        return;
    }

    ggi_signal_full = ngx_current_msec;
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "the memory of signals is full: what was counted of a subject was forgotten "
                  "before its period ended, so that signals may be missing: give "
                  "\"ggi_audit_signals\" a larger zone");
}
