/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */
#include "ggi_call.h"
#include "ggi_journal.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_trail.h"

#include <openssl/rand.h>


#define GGI_TRAIL_RESOURCE   (200 + 2 * 6 * NGX_MAXHOSTNAMELEN)     /* bytes */


typedef struct {
    ggi_slot_t         slot;
    ngx_uint_t         file;            /* how many files were begun */
    uint64_t           from;            /* the position of the first record in the present one */
    ggi_record_env_t   env;
    ggi_chain_t        chain;
    ggi_journal_t      journal;
    ngx_uint_t         keep;            /* records are kept until they are synced */
    ggi_trail_account_t  account;
    uint64_t           counted;         /* records that were written */
    uint64_t           counted_to;      /* the position behind those */
    ngx_err_t          failed;          /* of the last write; 0: it went well */
    ngx_uint_t         leftover_failed; /* what others have left cannot be emptied: it would be told of again and again */
    time_t             looked;          /* for another file, the last time */
    time_t             alerted;         /* the last time */
} ggi_trail_t;


static ngx_err_t ggi_trail_take(ngx_log_t *log);
static void ggi_trail_write_failed(ngx_err_t error, ngx_log_t *log);


static ggi_trail_t  ggi_trail;


ngx_int_t
ggi_trail_init(ngx_cycle_t *cycle, const ggi_slot_conf_t *log, ngx_uint_t keep,
    ggi_str_t node, ggi_user_e user, ggi_str_t key)
{
    char       text[GGI_TRAIL_RESOURCE];
    u_char     random[GGI_UUID_RANDOM];
    ngx_err_t  error;
    ggi_str_t  host, resource, nginx = ggi_str(NGINX_VERSION);

    ngx_memzero(&ggi_trail, sizeof(ggi_trail_t));
    ggi_slot_init(&ggi_trail.slot, log);
    ggi_trail.keep = keep;
    host = ggi_from_ngx_str(cycle->hostname);
    ggi_trail.env.user = user;
    ggi_trail.env.key = key;
    resource.data = text;
    resource.len = ggi_record_resource(text, sizeof(text),
                                       node.len ? node : host, host, nginx);

    if (RAND_bytes(random, sizeof(random)) != 1
        || !ggi_chain_start(&ggi_trail.chain, ggi_trail_now(), random, resource))
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the chain of audit records cannot be started: "
                      "OpenSSL has no random bytes or no SHA-256");
        return NGX_ERROR;
    }

    error = ggi_trail_take(cycle->log);

    if (error) {
        ggi_trail_write_failed(error, cycle->log);
    }

    return NGX_OK;
}


void
ggi_trail_free(void)
{
    ggi_slot_close(&ggi_trail.slot);
    ggi_journal_free(&ggi_trail.journal);
    ggi_chain_free(&ggi_trail.chain);
}


uint64_t
ggi_trail_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (uint64_t) tp->sec * 1000 + tp->msec;
}


static void
ggi_trail_context(ngx_http_request_t *r, ggi_record_context_t *context,
    int status)
{
    context->time = ggi_trail_now();
    context->client = ggi_from_ngx_str(r->connection->addr_text);
    context->status = status;
}


/* Returns 1 once a second at the most: however many calls a fault is felt by, it is told of that often. */
static ngx_uint_t
ggi_trail_may_alert(void)
{
    if (ggi_trail.alerted == ngx_time()) {
        return 0;
    }

    ggi_trail.alerted = ngx_time();

    return 1;
}


void
ggi_trail_lose(ngx_uint_t n)
{
    ggi_leftover_t  lost;

    ggi_metric_add(GGI_METRIC_AUDIT_LOST, n);
    ggi_trail.account.lost += n;

    lost.records = n;
    lost.from = ggi_trail_now();
    lost.to = lost.from;
    lost.error = ggi_trail.failed;
    ggi_leftover_add(&ggi_trail.account.gap, &lost);

    if (ggi_trail_may_alert()) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "%uL audit records lost: %d bytes wait already",
                      ggi_trail.account.gap.records, GGI_JOURNAL_MAX);
    }
}


/* Counts a record of len bytes that was made at the end of the journal. */
static void
ggi_trail_grow(size_t len)
{
    ggi_trail.journal.len += len;
    ggi_trail.account.records++;
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_trail_waiting());
}


/*
 * Tells in the chain of the records that were lost, as soon as half of the room
 * is free again. Returns 1 when nothing has to be told any more: until then all
 * are lost, so that they are missing in one place.
 */
static ngx_uint_t
ggi_trail_close_gap(void)
{
    char                 *p;
    size_t                len;
    ggi_gap_t             gap;
    ggi_trail_account_t  *account;

    account = &ggi_trail.account;

    if (account->gap.records == 0) {
        return 1;
    }

    if (ggi_trail.journal.len > GGI_JOURNAL_MAX / 2) {
        return 0;
    }

    gap.records = account->gap.records;
    gap.from = account->gap.from;
    gap.to = account->gap.to;
    gap.reason.data = account->gap.error ? strerror(account->gap.error)
                                         : "too many records wait to be synced";
    gap.reason.len = strlen(gap.reason.data);

    p = ggi_journal_room(&ggi_trail.journal, GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_gap(p, GGI_RECORD_GAP_SIZE, &gap, ggi_trail_now(),
                             &ggi_trail.chain)
            : 0;

    if (len == 0) {
        return 0;
    }

    ggi_trail_grow(len);
    ggi_leftover_add(&account->told, &account->gap);
    account->gaps++;
    account->gaps_end = ggi_journal_end(&ggi_trail.journal);
    ngx_memzero(&account->gap, sizeof(ggi_leftover_t));

    return 1;
}


/* Room for a record of at most size bytes; NULL: there is none. */
static char *
ggi_trail_room(size_t size)
{
    return ggi_trail_close_gap() ? ggi_journal_room(&ggi_trail.journal, size)
                                 : NULL;
}


/* Ends a record of len bytes; 0: it got no room, and is lost. */
static ngx_int_t
ggi_trail_added(size_t len)
{
    if (len == 0) {
        ggi_trail_lose(1);
        return NGX_ERROR;
    }

    ggi_trail_grow(len);

    return NGX_OK;
}


ngx_int_t
ggi_trail_decision(ngx_http_request_t *r, ggi_call_t *call)
{
    char                  *p;
    size_t                 size, len;
    ggi_record_context_t   context;

    ggi_trail_context(r, &context, call->status);
    size = ggi_record_size(call, &context);
    p = ggi_trail_room(size);
    len = p ? ggi_record_decision(p, size, call, &context, &ggi_trail.env,
                                  &ggi_trail.chain)
            : 0;

    return ggi_trail_added(len);
}


ngx_int_t
ggi_trail_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status)
{
    char                  *p;
    size_t                 size, len;
    ggi_record_context_t   context;

    ggi_trail_context(r, &context, status);
    size = ggi_record_completion_size(call, &context, completion);
    p = ggi_trail_room(size);
    len = p ? ggi_record_completion(p, size, call, &context, completion,
                                    &ggi_trail.chain)
            : 0;

    return ggi_trail_added(len);
}


ngx_int_t
ggi_trail_anonymous(const ggi_anonymous_count_t *count)
{
    char       *p, text[GGI_ANONYMOUS_TEXT];
    size_t      len;
    ggi_str_t   address;

    address.data = text;
    address.len = count->address ? ggi_anonymous_text(text, count->address) : 0;
    p = ggi_trail_room(GGI_RECORD_GAP_SIZE);
    len = p ? ggi_record_anonymous(p, GGI_RECORD_GAP_SIZE, count, address,
                                   ggi_trail_now(), &ggi_trail.chain)
            : 0;

    if (len == 0) {
        return NGX_ERROR;
    }

    ggi_trail_grow(len);

    return NGX_OK;
}


/* Begins with the file that the slot has now: all from position on is written to it. */
static void
ggi_trail_begin(uint64_t position)
{
    ggi_trail.file++;
    ggi_trail.from = position;
    ggi_journal_begin(&ggi_trail.journal, ggi_trail.slot.fd, position);
}


/* Takes a file for all that is kept; looks again once a second at the most, since there may be many. 0, or the errno. */
static ngx_err_t
ggi_trail_take(ngx_log_t *log)
{
    ngx_err_t  error;

    if (ggi_trail.looked == ngx_time()) {
        return NGX_ENOENT;
    }

    if (ggi_slot_reopen(&ggi_trail.slot, &error, log) != NGX_OK) {
        ggi_trail.looked = ngx_time();
        return error;
    }

    ggi_trail_begin(ggi_trail.journal.start);

    return 0;
}


/* The file was removed: nothing of what is kept stands anywhere. */
static void
ggi_trail_removed(void)
{
    ggi_slot_close(&ggi_trail.slot);
    ggi_trail.journal.written = 0;
}


/* Writes what waits to a file that has a name. Returns 0, or the errno. */
static ngx_err_t
ggi_trail_write_out(ngx_log_t *log)
{
    ngx_err_t   error;
    ngx_uint_t  tries;

    for (tries = 0; tries < 2; tries++) {

        if (ggi_trail.slot.fd == NGX_INVALID_FILE) {
            error = ggi_trail_take(log);

            if (error) {
                return error;
            }
        }

        if (ggi_trail_waiting() == 0) {
            return 0;
        }

        error = ggi_journal_write(&ggi_trail.journal, ggi_trail.slot.fd);

        if (!ggi_slot_is_removed(&ggi_trail.slot)) {
            return error;
        }

        ggi_trail_removed();
    }

    return NGX_ENOENT;
}


/* Counts the records that were written for the first time. */
static void
ggi_trail_count(void)
{
    size_t    n;
    uint64_t  reached;

    reached = ggi_trail_reached();

    if (reached <= ggi_trail.counted_to) {
        return;
    }

    if (ggi_trail.account.gaps && reached >= ggi_trail.account.gaps_end) {
        ggi_trail.account.gaps = 0;
        ngx_memzero(&ggi_trail.account.told, sizeof(ggi_leftover_t));
    }

    n = (reached == ggi_journal_end(&ggi_trail.journal))
        ? (size_t) (ggi_trail.account.records - ggi_trail.counted)
        : ggi_journal_lines(&ggi_trail.journal, ggi_trail.counted_to, reached);

    ggi_trail.counted += n;
    ggi_trail.counted_to = reached;
    ggi_metric_add(GGI_METRIC_AUDIT_RECORDS, n);
}


static void
ggi_trail_alert(ngx_err_t error, ngx_log_t *log)
{
    if (ggi_trail.slot.fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "no file of audit log \"%V\" can be had: calls are refused "
                      "until there is one, %uL audit records lost",
                      &ggi_trail.slot.conf->name, ggi_trail.account.gap.records);
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, log, error,
                  "write() to audit log \"%V\" failed: calls are refused until "
                  "it works again, %uL audit records lost",
                  &ggi_trail.slot.name, ggi_trail.account.gap.records);
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


ngx_int_t
ggi_trail_write(ngx_log_t *log)
{
    ngx_err_t  error;

    error = ggi_trail_write_out(log);

    if (error == 0 && ggi_trail.account.gap.records && ggi_trail_close_gap()) {
        error = ggi_trail_write_out(log);
    }

    ggi_trail_count();

    if (!ggi_trail.keep) {
        ggi_journal_forget(&ggi_trail.journal, ggi_trail_reached());
    }

    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_trail_waiting());

    if (error) {
        ggi_trail_write_failed(error, log);
        return NGX_ERROR;
    }

    if (ggi_trail.failed) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "audit log \"%V\" is written again", &ggi_trail.slot.name);
        ggi_trail.failed = 0;
    }

    return NGX_OK;
}


uint64_t
ggi_trail_end(void)
{
    return ggi_journal_end(&ggi_trail.journal);
}


uint64_t
ggi_trail_reached(void)
{
    return ggi_journal_reached(&ggi_trail.journal);
}


uint64_t
ggi_trail_written(void)
{
    return ggi_journal_written(&ggi_trail.journal);
}


void
ggi_trail_synced(uint64_t position)
{
    if (position > ggi_trail.journal.start) {
        ggi_journal_forget(&ggi_trail.journal, position);
    }
}


ngx_int_t
ggi_trail_repeat(ngx_uint_t file, ngx_log_t *log)
{
    ngx_err_t  error;

    if (file == ggi_trail.file
        && ggi_slot_take(&ggi_trail.slot, &error, log) != NGX_OK)
    {
        if (ggi_trail_may_alert()) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "no other file of audit log \"%V\" can be had for "
                          "what may not be on the disk",
                          &ggi_trail.slot.conf->name);
        }

        return NGX_ERROR;
    }

    if (ggi_trail.slot.fd != NGX_INVALID_FILE
        && (file == ggi_trail.file || ggi_trail.from > ggi_trail.journal.start))
    {
        ggi_trail_begin(ggi_trail.journal.start);
    }

    return ggi_trail_write(log);
}


const ggi_slot_t *
ggi_trail_slot(void)
{
    return &ggi_trail.slot;
}


ngx_uint_t
ggi_trail_file(void)
{
    return ggi_trail.file;
}


void
ggi_trail_reopen(ngx_uint_t synced, ngx_log_t *log)
{
    ngx_fd_t   fd;
    uint64_t   position;
    ngx_err_t  error;

    fd = ggi_trail.slot.fd;

    if (fd == NGX_INVALID_FILE) {
        (void) ggi_trail_take(log);
        return;
    }

    if (ggi_slot_reopen(&ggi_trail.slot, &error, log) != NGX_OK) {

        if (ggi_slot_is_removed(&ggi_trail.slot)) {
            ggi_trail_removed();
        }

    } else if (ggi_trail.slot.fd != fd) {
        position = synced ? ggi_trail_reached() : ggi_trail.journal.start;
        ggi_trail_begin(position);
    }
}


void
ggi_trail_take_over(ngx_log_t *log)
{
    int              fd;
    ggi_leftover_t  *gap;

    fd = ggi_trail.slot.conf->leftover;
    gap = &ggi_trail.account.gap;

    if (fd == NGX_INVALID_FILE || ggi_trail.leftover_failed || ggi_trail.failed
        || gap->records || !ggi_leftover_take(fd, gap))
    {
        return;
    }

    /* when it cannot be written after all, this worker has it now, and leaves it in its turn */
    (void) ggi_trail_write(log);

    if (ggi_leftover_taken(fd) != 0) {
        ggi_trail.leftover_failed = 1;
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "the file beside audit log \"%V\" that tells of lost "
                      "records cannot be written: a later \"ggi.gap\" may tell "
                      "of the same records again", &ggi_trail.slot.conf->name);
    }
}


/* The time of the first record that is not written as a whole, in ms since the epoch. */
static uint64_t
ggi_trail_unwritten_since(void)
{
    char          *line, *p;
    static char    name[] = "\"timestamp\":";

    line = ggi_trail.journal.data + (ggi_trail_reached() - ggi_trail.journal.start);
    p = memmem(line, ggi_trail.journal.len - (size_t) (line - ggi_trail.journal.data),
               name, sizeof(name) - 1);

    return p ? strtoull(p + sizeof(name) - 1, NULL, 10) : ggi_trail_now();
}


void
ggi_trail_give_up(ngx_log_t *log)
{
    int                   error;
    ggi_leftover_t        lost;
    ggi_trail_account_t  *account;

    account = &ggi_trail.account;
    ngx_memzero(&lost, sizeof(ggi_leftover_t));

    /* gap records are no loss by themselves: what they tell of is */
    lost.records = account->records - ggi_trail.counted - account->gaps;

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

    error = (ggi_trail.slot.conf->leftover == NGX_INVALID_FILE)
            ? NGX_ENOENT
            : ggi_leftover_leave(ggi_trail.slot.conf->leftover, &lost);

    if (error) {
        ngx_log_error(NGX_LOG_ALERT, log, error,
                      "no record of audit log \"%V\" will tell of that",
                      &ggi_trail.slot.conf->name);
    }
}


size_t
ggi_trail_waiting(void)
{
    return ggi_journal_waiting(&ggi_trail.journal);
}


ngx_uint_t
ggi_trail_failed(void)
{
    return ggi_trail.failed != 0;
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
}
