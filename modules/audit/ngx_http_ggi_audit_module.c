/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * audit: is this call accounted for, before the API sees it. The decisions of
 * one turn of the event loop are written together at its end, and the calls go
 * on once they are.
 */

#include "ggi_call.h"

#include <openssl/rand.h>

#include "ggi_journal.h"
#include "ggi_ngx_sync.h"
#include "ggi_record.h"


#define GGI_AUDIT_INTERVAL   1000       /* ms that a record waits at the most */
#define GGI_AUDIT_RESOURCE   (128 + 6 * NGX_MAXHOSTNAMELEN)
#define GGI_AUDIT_BUFFERED   65536      /* bytes that are written without waiting for that */


typedef enum {
    GGI_DURABILITY_BUFFERED,
    GGI_DURABILITY_WRITTEN,
    GGI_DURABILITY_SYNCED
} ggi_audit_durability_e;


typedef struct {
    ngx_str_t                name;      /* of the log; len 0: none */
    ngx_open_file_t         *file;
    ngx_uint_t               durability;        /* ggi_audit_durability_e */
    ngx_thread_pool_t       *pool;      /* for GGI_DURABILITY_SYNCED */
    ngx_uint_t               user;      /* ggi_user_e */
    ggi_str_t                key;       /* of pseudonyms */
} ggi_audit_main_conf_t;


/* A call that waits for its record to be written. */
typedef struct {
    ngx_queue_t              queue;
    ngx_http_request_t      *request;
    ggi_call_t              *call;
    ngx_uint_t               queued;
    ngx_uint_t               done;
    ngx_uint_t               failed;
} ggi_audit_waiter_t;


/* All of a worker. */
typedef struct {
    ggi_audit_main_conf_t   *conf;
    ggi_record_env_t         env;
    char                     resource[GGI_AUDIT_RESOURCE];
    ggi_chain_t              chain;
    ggi_journal_t            journal;
    ngx_uint_t               records;   /* in the journal */
    ngx_queue_t              waiting;   /* of ggi_audit_waiter_t: for their record to be written */
    ngx_queue_t              written;   /* the same: for it to be synced, next */
    ngx_queue_t              syncing;   /* now */
    ggi_sync_t               sync;
    ngx_uint_t               dirty;     /* something was written that is not being synced yet */
    ngx_uint_t               unsynced;  /* the last sync failed, which was logged */
    ngx_event_t              turn;      /* the end of this turn of the event loop */
    ngx_event_t              timer;
    ngx_uint_t               failed;    /* the last write did */
    ngx_uint_t               lost;      /* records for which there was no room */
} ggi_audit_worker_t;


static ngx_int_t ggi_audit_init(ngx_conf_t *cf);
static ngx_int_t ggi_audit_init_process(ngx_cycle_t *cycle);
static void ggi_audit_exit_process(ngx_cycle_t *cycle);
static void ggi_audit_synced(ngx_err_t error, ngx_log_t *log);
static void *ggi_audit_create_main_conf(ngx_conf_t *cf);
static char *ggi_audit_init_main_conf(ngx_conf_t *cf, void *conf);
static char *ggi_audit_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_audit_pseudonym_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_enum_t  ggi_audit_users[] = {
    { ngx_string("pseudonym"), GGI_USER_PSEUDONYM },
    { ngx_string("plain"), GGI_USER_PLAIN },
    { ngx_string("omit"), GGI_USER_OMIT },
    { ngx_null_string, 0 }
};


static ngx_command_t  ggi_audit_commands[] = {

    { ngx_string("ggi_audit_log"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ggi_audit_log,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_audit_user"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ggi_audit_main_conf_t, user),
      ggi_audit_users },

    { ngx_string("ggi_audit_pseudonym_key"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_audit_pseudonym_key,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_audit_module_ctx = {
    NULL,                               /* preconfiguration */
    ggi_audit_init,                     /* postconfiguration */

    ggi_audit_create_main_conf,         /* create main configuration */
    ggi_audit_init_main_conf,           /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    NULL,                               /* create location configuration */
    NULL                                /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_audit_module = {
    NGX_MODULE_V1,
    &ggi_audit_module_ctx,              /* module context */
    ggi_audit_commands,                 /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    ggi_audit_init_process,             /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    ggi_audit_exit_process,             /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ggi_audit_worker_t  ggi_audit;


static uint64_t
ggi_audit_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (uint64_t) tp->sec * 1000 + tp->msec;
}


static void
ggi_audit_context(ngx_http_request_t *r, ggi_record_context_t *context)
{
    ngx_memzero(context, sizeof(ggi_record_context_t));
    context->time = ggi_audit_now();
    context->client = ggi_from_ngx_str(r->connection->addr_text);
}


/* No room for a record: that only happens when nothing could be written for long. */
static void
ggi_audit_no_room(ngx_http_request_t *r)
{
    ggi_audit.lost++;
    ggi_metric_add(GGI_METRIC_AUDIT_LOST, 1);
    ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                  "audit record lost: %d bytes wait already", GGI_JOURNAL_MAX);
}


/* A record of len bytes has been put into the room that it got. */
static void
ggi_audit_added(size_t len)
{
    ggi_audit.journal.len += len;
    ggi_audit.records++;
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, ggi_audit.journal.len);
}


/* Puts the decision of a call into the journal. NGX_ERROR: there is no room for it. */
static ngx_int_t
ggi_audit_add_decision(ngx_http_request_t *r, ggi_call_t *call)
{
    char                  *p;
    size_t                 size, len;
    ggi_record_context_t   context;

    ggi_audit_context(r, &context);
    context.status = call->status;

    size = ggi_record_size(call, &context);
    p = ggi_journal_room(&ggi_audit.journal, size);
    len = p ? ggi_record_decision(p, size, call, &context, &ggi_audit.env,
                                  &ggi_audit.chain)
            : 0;

    if (len == 0) {
        ggi_audit_no_room(r);
        return NGX_ERROR;
    }

    ggi_audit_added(len);

    return NGX_OK;
}


static void
ggi_audit_add_completion(ngx_http_request_t *r, ggi_call_t *call,
    ggi_completion_t *completion, int status)
{
    char                  *p;
    size_t                 size, len;
    ggi_record_context_t   context;

    ggi_audit_context(r, &context);
    context.status = status;

    size = ggi_record_size(call, &context);
    p = ggi_journal_room(&ggi_audit.journal, size);
    len = p ? ggi_record_completion(p, size, call, &context, completion,
                                    &ggi_audit.env, &ggi_audit.chain)
            : 0;

    if (len == 0) {
        ggi_audit_no_room(r);
        return;
    }

    ggi_audit_added(len);
}


/* Writes what waits. NGX_OK, or NGX_ERROR: nothing has been written. */
static ngx_int_t
ggi_audit_write(ngx_log_t *log)
{
    int         error;
    ngx_uint_t  lost;

    error = ggi_journal_write(&ggi_audit.journal, ggi_audit.conf->file->fd);

    if (error) {
        if (!ggi_audit.failed) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "write() to audit log \"%V\" failed: calls are "
                          "refused until it works again",
                          &ggi_audit.conf->file->name);
        }

        ggi_audit.failed = 1;
        ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
        return NGX_ERROR;
    }

    ggi_audit.dirty |= (ggi_audit.records > 0);
    ggi_metric_add(GGI_METRIC_AUDIT_RECORDS, ggi_audit.records);
    ggi_metric_set(GGI_METRIC_AUDIT_WAITING, 0);
    ggi_audit.records = 0;

    if (ggi_audit.failed) {
        lost = ggi_audit.lost;
        ggi_audit.failed = 0;
        ggi_audit.lost = 0;
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "audit log \"%V\" is written again, %ui records were lost",
                      &ggi_audit.conf->file->name, lost);
    }

    return NGX_OK;
}


/* A buffer is meant to be filled; not when writing has failed, since calls depend on it then. */
static ngx_uint_t
ggi_audit_may_wait(void)
{
    return ggi_audit.conf->durability == GGI_DURABILITY_BUFFERED
           && ggi_audit.journal.len < GGI_AUDIT_BUFFERED && !ggi_audit.failed;
}


static void
ggi_audit_want_write(void)
{
    if (ggi_audit.journal.len == 0) {
        return;
    }

    if (ggi_audit.failed || ggi_audit_may_wait()) {
        if (!ggi_audit.timer.timer_set) {
            ngx_add_timer(&ggi_audit.timer, GGI_AUDIT_INTERVAL);
        }

        return;
    }

    ngx_post_event(&ggi_audit.turn, &ngx_posted_events);
}


/* What a call comes to that cannot be recorded. */
static void
ggi_audit_refuse(ggi_audit_waiter_t *waiter)
{
    ggi_call_t  *call;

    call = waiter->call;

    if (ggi_gate_mode(waiter->request, GGI_GATE_AUDIT) == GGI_MODE_ON) {
        waiter->failed = 1;

        if (call->reason == GGI_REASON_NONE) {
            call->reason = GGI_REASON_AUDIT_UNAVAILABLE;
        }

    } else if (call->would_refuse == GGI_REASON_NONE) {
        call->would_refuse = GGI_REASON_AUDIT_UNAVAILABLE;
    }
}


/* Calls go on. A resumed call may end others of the batch: each leaves it by itself then. */
static void
ggi_audit_release(ngx_queue_t *batch)
{
    ngx_queue_t         *q;
    ggi_audit_waiter_t  *waiter;

    while (!ngx_queue_empty(batch)) {
        q = ngx_queue_head(batch);
        /* the head changes by it; NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        ngx_queue_remove(q);
        waiter = ngx_queue_data(q, ggi_audit_waiter_t, queue);
        waiter->queued = 0;
        waiter->done = 1;
        ggi_call_resume(waiter->request);
    }
}


/* All of one queue, behind those of another. */
static void
ggi_audit_move(ngx_queue_t *to, ngx_queue_t *from)
{
    if (!ngx_queue_empty(from)) {
        ngx_queue_add(to, from);
        ngx_queue_init(from);
    }
}


/*
 * Syncs what has been written, unless that is being done: then it follows. Many
 * calls share one fdatasync() by that, the more of them the slower the disk is.
 */
static void
ggi_audit_sync(ngx_log_t *log)
{
    if (ggi_audit.conf->durability != GGI_DURABILITY_SYNCED
        || ggi_audit.sync.running
        || (!ggi_audit.dirty && ngx_queue_empty(&ggi_audit.written)))
    {
        return;
    }

    ggi_audit.dirty = 0;
    ggi_audit_move(&ggi_audit.syncing, &ggi_audit.written);

    if (ggi_sync_start(&ggi_audit.sync, ggi_audit.conf->file->fd, log)
        != NGX_OK)
    {
        ggi_audit_synced(NGX_EAGAIN, log);
    }
}


static void
ggi_audit_timer_handler(ngx_event_t *ev)
{
    if (ggi_audit_write(ev->log) != NGX_OK && !ngx_exiting) {
        ngx_add_timer(ev, GGI_AUDIT_INTERVAL);
    }

    ggi_audit_sync(ev->log);
}


/* The same for all calls of a failed write; that is what their records say, once they can be written. */
static void
ggi_audit_refuse_batch(ngx_queue_t *batch)
{
    ngx_queue_t         *q;
    ggi_audit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_audit_waiter_t, queue);
        ggi_audit_refuse(waiter);
        (void) ggi_audit_add_decision(waiter->request, waiter->call);
    }
}


/*
 * The end of a turn: all decisions that were made in it, in one write; or none
 * yet, when there may be a buffer. Calls go on together in that case as well:
 * requests that reach the API in a row cost less than one by one.
 */
static void
ggi_audit_turn_handler(ngx_event_t *ev)
{
    size_t               kept;
    ngx_uint_t           records;
    ngx_queue_t          batch, *q;
    ggi_chain_place_t    place;
    ggi_audit_waiter_t  *waiter;

    ngx_queue_init(&batch);
    ggi_audit_move(&batch, &ggi_audit.waiting);

    /* what waits from before goes first, and makes room */

    if (ggi_audit.failed) {
        (void) ggi_audit_write(ev->log);
    }

    kept = ggi_audit.journal.len;
    records = ggi_audit.records;
    place = ggi_audit.chain.place;

    for (q = ngx_queue_head(&batch); q != ngx_queue_sentinel(&batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_audit_waiter_t, queue);
        waiter->call->recorded = 1;

        if (ggi_audit_add_decision(waiter->request, waiter->call) != NGX_OK) {
            ggi_audit_refuse(waiter);
        }
    }

    if (ggi_audit_may_wait()) {
        ggi_audit_want_write();

    } else if (ggi_audit_write(ev->log) != NGX_OK) {
        ggi_audit.journal.len = kept;
        ggi_audit.records = records;
        ggi_audit.chain.place = place;
        ggi_audit_refuse_batch(&batch);
        ggi_audit_want_write();

    } else if (ggi_audit.conf->durability == GGI_DURABILITY_SYNCED) {
        ggi_audit_move(&ggi_audit.written, &batch);
    }

    ggi_audit_release(&batch);
    ggi_audit_sync(ev->log);
}


/*
 * Records that were written may not be on the disk: their calls are refused,
 * which is a decision of its own after the one that was written.
 */
static void
ggi_audit_unsynced(ngx_queue_t *batch)
{
    ngx_queue_t         *q;
    ggi_reason_e         reason;
    ggi_audit_waiter_t  *waiter;

    for (q = ngx_queue_head(batch); q != ngx_queue_sentinel(batch);
         q = ngx_queue_next(q))
    {
        waiter = ngx_queue_data(q, ggi_audit_waiter_t, queue);
        reason = waiter->call->reason;
        ggi_audit_refuse(waiter);

        if (waiter->call->reason != reason) {
            (void) ggi_audit_add_decision(waiter->request, waiter->call);
        }
    }
}


/* The end of a sync. */
static void
ggi_audit_synced(ngx_err_t error, ngx_log_t *log)
{
    ngx_queue_t  batch;

    ngx_queue_init(&batch);
    ggi_audit_move(&batch, &ggi_audit.syncing);

    if (error) {
        if (!ggi_audit.unsynced) {
            ngx_log_error(NGX_LOG_ALERT, log, error,
                          "fdatasync() of audit log \"%V\" failed: the calls "
                          "that wait for it are refused until it works again",
                          &ggi_audit.conf->file->name);
        }

        ggi_metric_add(GGI_METRIC_AUDIT_ERRORS, 1);
        ggi_audit_unsynced(&batch);
        ggi_audit_want_write();
    }

    ggi_audit.unsynced = (error != 0);
    ggi_audit_release(&batch);
    ggi_audit_sync(log);
}


static void
ggi_audit_waiter_cleanup(void *data)
{
    ggi_audit_waiter_t  *waiter = data;

    if (waiter->queued) {
        ngx_queue_remove(&waiter->queue);
        waiter->queued = 0;
    }
}


static ngx_int_t
ggi_audit_wait(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_http_cleanup_t  *cln;
    ggi_audit_waiter_t  *waiter;

    cln = ngx_http_cleanup_add(r, sizeof(ggi_audit_waiter_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    cln->handler = ggi_audit_waiter_cleanup;
    waiter = cln->data;
    waiter->request = r;
    waiter->call = call;
    waiter->queued = 1;
    waiter->done = 0;
    waiter->failed = 0;

    ngx_queue_insert_tail(&ggi_audit.waiting, &waiter->queue);
    ngx_post_event(&ggi_audit.turn, &ngx_posted_events);
    ngx_http_set_ctx(r, waiter, ngx_http_ggi_audit_module);

    return NGX_AGAIN;
}


static ngx_int_t
ggi_audit_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_audit_waiter_t  *waiter;

    waiter = ngx_http_get_module_ctx(r, ngx_http_ggi_audit_module);

    if (waiter && waiter->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_audit_module);
        return waiter->failed ? NGX_DECLINED : NGX_OK;
    }

    return ggi_audit_wait(r, call);
}


static ngx_uint_t
ggi_audit_status(ngx_http_request_t *r)
{
    return r->err_status ? r->err_status : r->headers_out.status;
}


/* The first API that was tried stands for the call: the last one is what answered. */
static void
ggi_audit_upstream(ngx_http_request_t *r, ggi_completion_t *completion)
{
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states == NULL || r->upstream_states->nelts == 0) {
        return;
    }

    state = r->upstream_states->elts;
    state += r->upstream_states->nelts - 1;

    if (state->peer) {
        completion->upstream = ggi_from_ngx_str(*state->peer);
        completion->upstream_status = (int) state->status;
    }
}


static void
ggi_audit_complete(ngx_http_request_t *r, ggi_call_t *call)
{
    off_t              sent;
    uint64_t           started;
    ngx_uint_t         status;
    ggi_completion_t   completion;
    ngx_connection_t  *c;

    c = r->connection;
    status = ggi_audit_status(r);
    started = (uint64_t) r->start_sec * 1000 + r->start_msec;
    sent = c->sent - (off_t) r->header_size;

    ngx_memzero(&completion, sizeof(ggi_completion_t));
    completion.duration = ggi_audit_now() - started;
    completion.received = (uint64_t) r->request_length;
    completion.sent = (sent > 0) ? (uint64_t) sent : 0;
    completion.aborted = (status == NGX_HTTP_CLIENT_CLOSED_REQUEST
                          || c->error || c->timedout);
    ggi_audit_upstream(r, &completion);

    ggi_audit_add_completion(r, call, &completion, (int) status);
}


/* The end of every request: what became of a call. */
static ngx_int_t
ggi_audit_log_handler(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_ended(r);

    if (call == NULL || call->unaudited) {
        return NGX_OK;
    }

    if (!call->recorded) {
        /* the client was gone, or nginx gave up, before or while the call was judged */
        if (call->reason == GGI_REASON_NONE) {
            call->reason = GGI_REASON_REQUEST_REJECTED;
        }

        if (call->reason == GGI_REASON_REQUEST_REJECTED) {
            call->status = (int) ggi_audit_status(r);
        }

        call->recorded = 1;
        (void) ggi_audit_add_decision(r, call);
    }

    if (call->admitted) {
        ggi_audit_complete(r, call);
    }

    ggi_audit_want_write();

    return NGX_OK;
}


/*
 * Before nginx opens the file anew: what waits belongs into the old one, which
 * nobody syncs afterwards. This once the event loop waits for the disk.
 */
static void
ggi_audit_flush(ngx_open_file_t *file, ngx_log_t *log)
{
    if (ggi_audit.conf == NULL || ggi_audit.conf->file != file) {
        return;
    }

    (void) ggi_audit_write(log);

    if (ggi_audit.conf->durability == GGI_DURABILITY_SYNCED && ggi_audit.dirty
        && fdatasync(file->fd) == -1 && ngx_errno != NGX_EINVAL)
    {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "fdatasync() of audit log \"%V\" failed", &file->name);
    }
}


/* Of the files that the configuration has named so far. */
static ngx_uint_t
ggi_audit_is_open(ngx_cycle_t *cycle, ngx_str_t *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_open_file_t  *file;

    for (part = &cycle->open_files.part; part; part = part->next) {
        file = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (file[i].name.len == name->len
                && ngx_strncmp(file[i].name.data, name->data, name->len) == 0)
            {
                return 1;
            }
        }
    }

    return 0;
}


/* Not before all of http has been read: a line of another log would break the chains. */
static ngx_int_t
ggi_audit_open(ngx_conf_t *cf, ggi_audit_main_conf_t *amcf)
{
    if (ngx_conf_full_name(cf->cycle, &amcf->name, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ggi_audit_is_open(cf->cycle, &amcf->name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_log\" names the file of another log, "
                           "\"%V\": give it one of its own", &amcf->name);
        return NGX_ERROR;
    }

    amcf->file = ngx_conf_open_file(cf->cycle, &amcf->name);
    if (amcf->file == NULL) {
        return NGX_ERROR;
    }

    amcf->file->flush = ggi_audit_flush;

    return NGX_OK;
}


static ngx_int_t
ggi_audit_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ggi_audit_main_conf_t      *amcf;
    ngx_http_core_main_conf_t  *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_audit_module);

    if (amcf->name.len == 0) {
        return ggi_gate_require(cf, GGI_GATE_AUDIT, "\"ggi_audit_log\" in http");
    }

    if (ggi_audit_open(cf, amcf) != NGX_OK) {
        return NGX_ERROR;
    }

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ggi_audit_log_handler;

    return ggi_gate_register(cf, GGI_GATE_AUDIT, ggi_audit_handler);
}


static ngx_int_t
ggi_audit_init_process(ngx_cycle_t *cycle)
{
    u_char                  random[GGI_UUID_RANDOM];
    ggi_str_t               version = ggi_str(NGINX_VERSION);
    ggi_audit_main_conf_t  *amcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NGX_OK;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_audit_module);

    if (amcf == NULL || amcf->file == NULL) {
        return NGX_OK;
    }

    ngx_memzero(&ggi_audit, sizeof(ggi_audit_worker_t));
    ngx_queue_init(&ggi_audit.waiting);
    ngx_queue_init(&ggi_audit.written);
    ngx_queue_init(&ggi_audit.syncing);

    if (amcf->durability == GGI_DURABILITY_SYNCED
        && ggi_sync_init(&ggi_audit.sync, amcf->pool, cycle, ggi_audit_synced)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_audit.conf = amcf;
    ggi_audit.env.user = (ggi_user_e) amcf->user;
    ggi_audit.env.key = amcf->key;
    ggi_audit.env.resource.data = ggi_audit.resource;
    ggi_audit.env.resource.len =
        ggi_record_resource(ggi_audit.resource, sizeof(ggi_audit.resource),
                            ggi_from_ngx_str(cycle->hostname), version);

    ggi_audit.turn.handler = ggi_audit_turn_handler;
    ggi_audit.turn.log = cycle->log;
    ggi_audit.timer.handler = ggi_audit_timer_handler;
    ggi_audit.timer.log = cycle->log;
    ggi_audit.timer.data = &ggi_audit;
    ggi_audit.timer.cancelable = 1;

    if (RAND_bytes(random, sizeof(random)) != 1
        || !ggi_chain_start(&ggi_audit.chain, ggi_audit_now(), random))
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "the chain of audit records cannot be started: "
                      "OpenSSL has no random bytes or no SHA-256");
        return NGX_ERROR;
    }

    return NGX_OK;
}


static void
ggi_audit_exit_process(ngx_cycle_t *cycle)
{
    if (ggi_audit.conf == NULL) {
        return;
    }

    if (ggi_audit_write(cycle->log) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0,
                      "%uz bytes of audit records are lost with this worker",
                      ggi_audit.journal.len);
    }

    ggi_audit_flush(ggi_audit.conf->file, cycle->log);
    ggi_journal_free(&ggi_audit.journal);
    ggi_chain_free(&ggi_audit.chain);
    ggi_audit.conf = NULL;
}


static void *
ggi_audit_create_main_conf(ngx_conf_t *cf)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ngx_pcalloc(cf->pool, sizeof(ggi_audit_main_conf_t));
    if (amcf == NULL) {
        return NULL;
    }

    amcf->user = NGX_CONF_UNSET_UINT;

    return amcf;
}


/*
 * Without a key of the operator, pseudonyms are made with one of this start:
 * they tell users apart until the next, and nobody can undo them.
 */
static char *
ggi_audit_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    u_char  *key;

    ngx_conf_init_uint_value(amcf->user, GGI_USER_PSEUDONYM);

    if (amcf->key.len) {
        return NGX_CONF_OK;
    }

    key = ngx_pnalloc(cf->pool, GGI_PSEUDONYM_KEY_MIN);

    if (key == NULL || RAND_bytes(key, GGI_PSEUDONYM_KEY_MIN) != 1) {
        return NGX_CONF_ERROR;
    }

    amcf->key.data = (char *) key;
    amcf->key.len = GGI_PSEUDONYM_KEY_MIN;

    return NGX_CONF_OK;
}


static char *
ggi_audit_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    ngx_str_t  *value;

    if (amcf->name.len) {
        return "is duplicate";
    }

    value = cf->args->elts;
    amcf->durability = GGI_DURABILITY_WRITTEN;

    if (cf->args->nelts == 3) {

        if (ngx_strcmp(value[2].data, "durability=buffered") == 0) {
            amcf->durability = GGI_DURABILITY_BUFFERED;

        } else if (ngx_strcmp(value[2].data, "durability=synced") == 0) {
            amcf->durability = GGI_DURABILITY_SYNCED;
            amcf->pool = ngx_thread_pool_add(cf, NULL);

            if (amcf->pool == NULL) {
                return NGX_CONF_ERROR;
            }

        } else if (ngx_strcmp(value[2].data, "durability=written") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\": expected "
                               "\"durability=buffered\", "
                               "\"durability=written\" or "
                               "\"durability=synced\"", &value[2]);
            return NGX_CONF_ERROR;
        }
    }

    if (value[1].len == 0) {
        return "needs the name of a file";
    }

    amcf->name = value[1];

    return NGX_CONF_OK;
}


static char *
ggi_audit_pseudonym_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    FILE       *fp;
    char       *key;
    size_t      len;
    ngx_str_t  *value, file;

    if (amcf->key.len) {
        return "is duplicate";
    }

    value = cf->args->elts;
    file = value[1];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    key = ngx_pnalloc(cf->pool, GGI_PSEUDONYM_KEY_MAX + 1);
    if (key == NULL) {
        return NGX_CONF_ERROR;
    }

    fp = fopen((char *) file.data, "rbe");
    len = fp ? fread(key, 1, GGI_PSEUDONYM_KEY_MAX + 1, fp) : 0;

    if (fp == NULL || ferror(fp)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "pseudonym key \"%V\" cannot be read", &file);

        if (fp) {
            fclose(fp);
        }

        return NGX_CONF_ERROR;
    }

    fclose(fp);

    if (len < GGI_PSEUDONYM_KEY_MIN || len > GGI_PSEUDONYM_KEY_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "pseudonym key \"%V\" has the wrong size: expected "
                           "%d to %d bytes", &file, GGI_PSEUDONYM_KEY_MIN,
                           GGI_PSEUDONYM_KEY_MAX);
        return NGX_CONF_ERROR;
    }

    amcf->key.data = key;
    amcf->key.len = len;

    return NGX_CONF_OK;
}
