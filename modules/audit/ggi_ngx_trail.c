/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_trail.h"

#include <openssl/rand.h>

#include "ggi_journal.h"

#define GGI_TRAIL_RESOURCE   (128 + 6 * NGX_MAXHOSTNAMELEN)


typedef struct {
    ggi_slot_t         slot;
    ggi_record_env_t   env;
    char               resource[GGI_TRAIL_RESOURCE];
    ggi_chain_t        chain;
    ggi_journal_t      journal;
    time_t             looked;          /* for a file, the last time */
    ngx_uint_t         records;         /* in the journal */
    ngx_uint_t         failed;          /* the last write did */
    ngx_uint_t         lost;            /* records for which there was no room since */
} ggi_trail_t;


static ggi_trail_t  ggi_trail;


ngx_int_t
ggi_trail_init(ngx_cycle_t *cycle, const ggi_slot_conf_t *log, ggi_user_e user,
    ggi_str_t key)
{
    u_char     random[GGI_UUID_RANDOM];
    ngx_err_t  error;
    ggi_str_t  version = ggi_str(NGINX_VERSION);

    ngx_memzero(&ggi_trail, sizeof(ggi_trail_t));
    ggi_slot_init(&ggi_trail.slot, log);
    ggi_trail.env.user = user;
    ggi_trail.env.key = key;
    ggi_trail.env.resource.data = ggi_trail.resource;
    ggi_trail.env.resource.len =
        ggi_record_resource(ggi_trail.resource, sizeof(ggi_trail.resource),
                            ggi_from_ngx_str(cycle->hostname), version);

    if (RAND_bytes(random, sizeof(random)) != 1
        || !ggi_chain_start(&ggi_trail.chain, ggi_trail_now(), random))
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the chain of audit records cannot be started: "
                      "OpenSSL has no random bytes or no SHA-256");
        return NGX_ERROR;
    }

    if (ggi_slot_take(&ggi_trail.slot, &error, cycle->log) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, error,
                      "no file of audit log \"%V\" can be had: calls are "
                      "refused until there is one", &log->name);
    }

    return NGX_OK;
}


void
ggi_trail_free(void)
{
    ggi_slot_leave(&ggi_trail.slot);
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


/* Ends a record of len bytes. 0: it got no room, which only happens when nothing could be written for long. */
static ngx_int_t
ggi_trail_added(ngx_http_request_t *r, size_t len)
{
    if (len == 0) {
        ggi_trail.lost++;
        ggi_metric_add(GGI_METRIC_AUDIT_LOST, 1);
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "audit record lost: %d bytes wait already",
                      GGI_JOURNAL_MAX);
        return NGX_ERROR;
    }

    ggi_trail.journal.len += len;
    ggi_trail.records++;
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_trail.journal.len);

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
    p = ggi_journal_room(&ggi_trail.journal, size);
    len = p ? ggi_record_decision(p, size, call, &context, &ggi_trail.env,
                                  &ggi_trail.chain)
            : 0;

    return ggi_trail_added(r, len);
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
    p = ggi_journal_room(&ggi_trail.journal, size);
    len = p ? ggi_record_completion(p, size, call, &context, completion,
                                    &ggi_trail.env, &ggi_trail.chain)
            : 0;

    return ggi_trail_added(r, len);
}


/* Looks for a file, at most once a second: there may be many to look at. */
static void
ggi_trail_take(ngx_log_t *log)
{
    ngx_err_t  error;

    if (ggi_trail.looked == ngx_time()) {
        return;
    }

    ggi_trail.looked = ngx_time();
    (void) ggi_slot_take(&ggi_trail.slot, &error, log);
}


ngx_int_t
ggi_trail_write(ngx_log_t *log)
{
    int  error;

    if (ggi_trail.slot.fd == NGX_INVALID_FILE) {
        ggi_trail_take(log);
    }

    error = (ggi_trail.slot.fd == NGX_INVALID_FILE)
            ? ENOENT
            : ggi_journal_write(&ggi_trail.journal, ggi_trail.slot.fd);

    if (error) {
        if (!ggi_trail.failed) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "write() to audit log \"%V\" failed: calls are "
                          "refused until it works again",
                          &ggi_trail.slot.name);
        }

        ggi_trail.failed = 1;
        ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
        return NGX_ERROR;
    }

    ggi_metric_add(GGI_METRIC_AUDIT_RECORDS, ggi_trail.records);
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, 0);
    ggi_trail.records = 0;

    if (ggi_trail.failed) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "audit log \"%V\" is written again, %ui records were lost",
                      &ggi_trail.slot.name, ggi_trail.lost);
        ggi_trail.failed = 0;
        ggi_trail.lost = 0;
    }

    return NGX_OK;
}


const ggi_slot_t *
ggi_trail_slot(void)
{
    return &ggi_trail.slot;
}


void
ggi_trail_reopen(ngx_log_t *log)
{
    ngx_err_t  error;

    if (ggi_slot_reopen(&ggi_trail.slot, &error, log) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, error, "audit log \"%V\" cannot be "
                      "opened anew: what it was renamed to is written on",
                      &ggi_trail.slot.name);
    }
}


size_t
ggi_trail_waiting(void)
{
    return ggi_trail.journal.len;
}


ngx_uint_t
ggi_trail_failed(void)
{
    return ggi_trail.failed;
}


void
ggi_trail_mark(ggi_trail_mark_t *mark)
{
    mark->len = ggi_trail.journal.len;
    mark->records = ggi_trail.records;
    mark->place = ggi_trail.chain.place;
}


void
ggi_trail_undo(const ggi_trail_mark_t *mark)
{
    ggi_trail.journal.len = mark->len;
    ggi_trail.records = mark->records;
    ggi_trail.chain.place = mark->place;
}
