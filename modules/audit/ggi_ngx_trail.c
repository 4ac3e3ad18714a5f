/* SPDX-License-Identifier: EUPL-1.2 */

/* The audit trail of a worker, in memory. */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_organisation.h"
#include "ggi_ngx_resource.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_subject.h"
#include "ggi_ngx_trail.h"


/* Bytes in which nearly all records have room: to try costs less than to reckon beforehand. */
#define GGI_TRAIL_USUAL      8192


ggi_trail_t  ggi_trail;


ngx_int_t
ggi_trail_init(ngx_cycle_t *cycle, ggi_str_t node, ggi_user_e user,
    const ggi_pseudonym_key_t *key, ggi_str_t digest)
{
    ngx_memzero(&ggi_trail, sizeof(ggi_trail_t));
    ggi_trail.env.user = user;
    ggi_trail.due = 1;
    ggi_trail.opened.worker = (uint64_t) ngx_pid;
    ggi_trail.opened.configuration = digest;
    ggi_trail.opened.before.how = GGI_END_UNKNOWN;

    if (!ggi_pseudonym_maker_set(&ggi_trail.env.pseudonyms, key)
        || !ggi_resource_start_chain(&ggi_trail.chain, ggi_trail_now(), cycle, node))
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the chain of audit records cannot be started: "
                      "if no earlier line tells why, OpenSSL gave no random bytes or no "
                      "SHA-256; look in openssl.cnf for a provider that has both, and "
                      "whether this machine has memory left");
        return NGX_ERROR;
    }

    ggi_trail.own = ggi_organisations(cycle)->own;
    ggi_resource_use(&ggi_trail.chain, ggi_trail.own);

    return NGX_OK;
}


void
ggi_trail_free(void)
{
    ggi_journal_free(&ggi_trail.journal);
    ggi_pseudonym_maker_free(&ggi_trail.env.pseudonyms);
    ggi_chain_free(&ggi_trail.chain);
}


uint64_t
ggi_trail_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (uint64_t) tp->sec * 1000 + tp->msec;
}


ngx_uint_t
ggi_trail_may_alert(void)
{
    if (ggi_trail.alerted == ngx_time()) {
        return 0;
    }

    ggi_trail.alerted = ngx_time();

    return 1;
}


size_t
ggi_trail_waiting(void)
{
    return ggi_journal_waiting(&ggi_trail.journal);
}


size_t
ggi_trail_kept(void)
{
    return ggi_trail.journal.len;
}


ngx_uint_t
ggi_trail_failed(void)
{
    return ggi_trail.failed != 0;
}


uint64_t
ggi_trail_end(void)
{
    return ggi_journal_end(&ggi_trail.journal);
}


/* Returns why a record has no place in the journal: an errno or a GGI_LEFTOVER_ cause. */
static ngx_err_t
ggi_trail_cause(void)
{
    if (ggi_trail.journal.nomem) {
        return NGX_ENOMEM;
    }

    if (ggi_trail.unmade) {
        return GGI_LEFTOVER_UNMADE;
    }

    return ggi_trail.failed ? ggi_trail.failed : GGI_LEFTOVER_FULL;
}


/* Logs that records are lost by a cause. */
static void
ggi_trail_log_lost(ngx_err_t cause)
{
    uint64_t  records;

    records = ggi_trail.account.gap.records;

    switch (cause) {

    case NGX_ENOMEM:
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "%uL audit records lost: no memory for them", records);
        break;

    case GGI_LEFTOVER_UNMADE:
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "%uL audit records lost: OpenSSL could not hash them, or "
                      "they were longer than their room", records);
        break;

    default:
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "%uL audit records lost: %uz bytes of records are kept "
                      "already, and %d are allowed; new records are kept again "
                      "when half of that is free", records, ggi_trail_kept(),
                      GGI_JOURNAL_MAX);
    }
}


void
ggi_trail_count_lost(ngx_uint_t n)
{
    ggi_leftover_t  lost;

    ggi_metric_add(GGI_METRIC_AUDIT_LOST, n);
    ggi_trail.account.lost += n;

    lost.records = n;
    lost.from = ggi_trail_now();
    lost.to = lost.from;
    lost.error = ggi_trail_cause();
    ggi_leftover_add(&ggi_trail.account.gap, &lost);
    ggi_trail.due = 1;

    if (ggi_trail_may_alert()) {
        ggi_trail_log_lost(lost.error);
    }
}


/* Returns in words why records were lost. */
static ggi_str_t
ggi_trail_reason(ngx_err_t cause)
{
    ggi_str_t  reason;

    switch (cause) {

    case GGI_LEFTOVER_FULL:
        return (ggi_str_t) ggi_str("too many records wait to be written or synced");

    case GGI_LEFTOVER_UNMADE:
        return (ggi_str_t) ggi_str("records could not be hashed, or were too long");

    default:
        reason.data = strerror(cause);
        reason.len = strlen(reason.data);
        return reason;
    }
}


ngx_uint_t
ggi_trail_end_record(const char *p, size_t len)
{
    if (p == NULL) {
        return 0;
    }

    ggi_trail.unmade = (len == 0);

    if (len == 0) {
        return 0;
    }

    ggi_trail.journal.len += len;
    ggi_trail.account.records++;
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_trail_waiting());

    return 1;
}


ngx_uint_t
ggi_trail_is_opened(void)
{
    return ggi_trail.chain.place.number > 1;
}


/*
 * Adds the record that opens the chain, or that it has moved. Returns 1, or 0 when there is
 * no room for it.
 */
static ngx_uint_t
ggi_trail_add_place(const ggi_opened_t *opened)
{
    char    *p;
    size_t   len;

    p = ggi_journal_room(&ggi_trail.journal, GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_opened(p, GGI_RECORD_GAP_SIZE, opened, ggi_trail_now(),
                                &ggi_trail.chain)
            : 0;

    return ggi_trail_end_record(p, len);
}


/* Adds a record that tells of the lost records. Returns 1, or 0 when there is no room for it. */
static ngx_uint_t
ggi_trail_add_gap(void)
{
    char            *p;
    size_t           len;
    ggi_gap_t        gap;
    ggi_leftover_t  *lost;

    if (ggi_trail.journal.len > GGI_JOURNAL_MAX / 2) {
        return 0;
    }

    lost = &ggi_trail.account.gap;
    gap.records = lost->records;
    gap.from = lost->from;
    gap.to = lost->to;
    gap.reason = ggi_trail_reason(lost->error);

    p = ggi_journal_room(&ggi_trail.journal, GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_gap(p, GGI_RECORD_GAP_SIZE, &gap, ggi_trail_now(),
                             &ggi_trail.chain)
            : 0;

    if (!ggi_trail_end_record(p, len)) {
        return 0;
    }

    ngx_memzero(lost, sizeof(ggi_leftover_t));

    return 1;
}


ngx_uint_t
ggi_trail_record_due(void)
{
    /* one look for all, since each record of a call takes it */

    if (!ggi_trail.due) {
        return 1;
    }

    if (!ggi_trail_is_opened() && !ggi_trail_add_place(&ggi_trail.opened)) {
        return 0;
    }

    if (ggi_trail.account.moved) {
        if (!ggi_trail_add_place(&ggi_trail.moved)) {
            return 0;
        }

        ggi_trail.account.moved = 0;
    }

    if (ggi_trail.account.gap.records && !ggi_trail_add_gap()) {
        return 0;
    }

    ggi_trail.due = 0;

    return 1;
}


void
ggi_trail_add_closing(const char *why)
{
    char    *p;
    size_t   len;

    if ((!ggi_trail_is_opened() && ggi_trail.account.gap.records == 0)
        || !ggi_trail_record_due())
    {
        return;
    }

    p = ggi_journal_room(&ggi_trail.journal, GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_closed(p, GGI_RECORD_GAP_SIZE, why, ggi_trail_now(),
                                &ggi_trail.chain)
            : 0;
    ggi_trail.closed = ggi_trail_end_record(p, len);
}


char *
ggi_trail_room(size_t size)
{
    return ggi_trail_record_due() ? ggi_journal_room(&ggi_trail.journal, size) : NULL;
}


ngx_int_t
ggi_trail_count_added(const char *p, size_t len)
{
    if (ggi_trail_end_record(p, len)) {
        return NGX_OK;
    }

    ggi_trail_count_lost(1);

    return NGX_ERROR;
}


/*
 * Writes a record of a call to *p, in room for size bytes: that of its completion or,
 * where completion is NULL, that of its decision. Sets *p to NULL when there is no room.
 * Returns the length of the record, or 0 when it has no such room or could not be made.
 */
static size_t
ggi_trail_write_record(const ggi_call_t *call, const ggi_record_context_t *context,
    const ggi_completion_t *completion, size_t size, char **p)
{
    size_t  len;

    *p = ggi_trail_room(size);

    if (*p == NULL) {
        return 0;
    }

    ggi_resource_change(&ggi_trail.chain, ggi_trail.own, call->organisation);
    len = completion ? ggi_record_completion(*p, size, call, context, completion,
                                             &ggi_trail.chain)
                     : ggi_record_decision(*p, size, call, context, &ggi_trail.env,
                                           &ggi_trail.chain);
    ggi_resource_change(&ggi_trail.chain, call->organisation, ggi_trail.own);

    return len;
}


/* Adds such a record, with a status. Returns NGX_OK, or NGX_ERROR when it is lost. */
static ngx_int_t
ggi_trail_add_record(ngx_http_request_t *r, ggi_call_t *call,
    const ggi_completion_t *completion, int status)
{
    char                  *p, bsn[GGI_BSN_LEN];
    size_t                 len, size;
    ggi_record_context_t   context;

    if (!call->state.path_clear) {
        /* a completion has the path of its decision, unless that began to be judged anew */
        call->state.path_clear = !ggi_bsn_conceivable(call->path);
    }

    context.path_clear = call->state.path_clear;
    context.subject.len = 0;

    if (completion == NULL) {
        context.subject = ggi_subject_find(r, call, context.path_clear, bsn);
    }

    context.time = ggi_trail_now();
    context.client = ggi_from_ngx_str(r->connection->addr_text);
    context.status = status;

    len = ggi_trail_write_record(call, &context, completion, GGI_TRAIL_USUAL, &p);

    if (len == 0) {
        size = completion ? ggi_record_completion_size(call, &context, completion)
                          : ggi_record_size(call, &context);
        len = ggi_trail_write_record(call, &context, completion, size, &p);
    }

    return ggi_trail_count_added(p, len);
}


ngx_int_t
ggi_trail_add_decision(ngx_http_request_t *r, ggi_call_t *call)
{
    return ggi_trail_add_record(r, call, NULL, call->status);
}


ngx_int_t
ggi_trail_add_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status)
{
    return ggi_trail_add_record(r, call, completion, status);
}


void
ggi_trail_mark(ggi_trail_mark_t *mark)
{
    mark->position = ggi_journal_end(&ggi_trail.journal);
    mark->account = ggi_trail.account;
    mark->place = ggi_trail.chain.place;
}


void
ggi_trail_undo(const ggi_trail_mark_t *mark)
{
    uint64_t  lost;

    /* what found no room since is tried again, and is lost then, or has room now */
    lost = ggi_trail.account.lost - mark->account.lost;
    ggi_metric_add(GGI_METRIC_AUDIT_LOST, (ngx_uint_t) -lost);

    ggi_trail.journal.len = (size_t) (mark->position - ggi_trail.journal.start);
    ggi_trail.account = mark->account;
    ggi_trail.chain.place = mark->place;
    ggi_trail.due = 1;
}
