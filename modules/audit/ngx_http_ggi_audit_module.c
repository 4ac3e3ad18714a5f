/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * audit: is this call accounted for, before the API sees it. The decisions of
 * one turn of the event loop are written together at its end, and the calls go
 * on once they are.
 */

#include "ggi_call.h"
#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_commit.h"
#include "ggi_ngx_commit_sync.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_rejected.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_slot_check.h"
#include "ggi_ngx_slot_make.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_trail.h"
#include "ggi_ngx_trail_file.h"
#include "ggi_ngx_upstreams.h"

#include <grp.h>
#include <signal.h>
#include <openssl/rand.h>


#define GGI_AUDIT_NODE_MAX  253


typedef struct {
    ggi_slot_conf_t       log;            /* name.len 0: none */
    ggi_commit_conf_t     commit;
    ggi_anonymous_conf_t  anonymous;
    ngx_str_t             node;           /* data NULL: the host's name */
    ngx_uint_t            user;           /* ggi_user_e */
    ggi_str_t             key;            /* of pseudonyms */
    ngx_uint_t            key_made;       /* it is not the operator's, but of this start */
} ggi_audit_main_conf_t;


static ngx_int_t ggi_audit_bind(ngx_conf_t *cf);
static ngx_int_t ggi_audit_init(ngx_conf_t *cf);
static ngx_int_t ggi_audit_init_module(ngx_cycle_t *cycle);
static ngx_int_t ggi_audit_init_process(ngx_cycle_t *cycle);
static void ggi_audit_exit_process(ngx_cycle_t *cycle);
static void *ggi_audit_create_main_conf(ngx_conf_t *cf);
static char *ggi_audit_anonymous(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_audit_init_main_conf(ngx_conf_t *cf, void *conf);
static char *ggi_audit_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_audit_node(ngx_conf_t *cf, void *post, void *data);
static char *ggi_audit_pseudonym_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_enum_t  ggi_audit_users[] = {
    { ngx_string("pseudonym"), GGI_USER_PSEUDONYM },
    { ngx_string("plain"), GGI_USER_PLAIN },
    { ngx_string("omit"), GGI_USER_OMIT },
    { ngx_null_string, 0 }
};


static ngx_conf_post_t  ggi_audit_node_post = { ggi_audit_node };


static ngx_command_t  ggi_audit_commands[] = {

    { ngx_string("ggi_audit_log"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ggi_audit_log,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_audit_anonymous"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE12,
      ggi_audit_anonymous,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_audit_node"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ggi_audit_main_conf_t, node),
      &ggi_audit_node_post },

    { ngx_string("ggi_audit_user"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_enum_slot,
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
    ggi_audit_bind,                     /* preconfiguration */
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
    ggi_audit_init_module,              /* init module */
    ggi_audit_init_process,             /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    ggi_audit_exit_process,             /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_uint_t  ggi_audit_started;   /* in this worker */


static ngx_int_t
ggi_audit_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_commit_waiter_t  *waiter;

    waiter = ngx_http_get_module_ctx(r, ngx_http_ggi_audit_module);

    if (waiter && waiter->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_audit_module);

        if (waiter->failed) {
            return NGX_DECLINED;
        }

        if (call->reason == GGI_REASON_NONE) {
            ggi_commit_keep_open(waiter);
        }

        return NGX_OK;
    }

    if (call->reason != GGI_REASON_NONE && !ggi_anonymous_recorded(r, call)) {
        call->state.recorded = 1;
        call->state.dropped = 1;
        return NGX_OK;
    }

    waiter = ggi_commit_queue_call(r, call);
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    ngx_http_set_ctx(r, waiter, ngx_http_ggi_audit_module);

    return NGX_AGAIN;
}


/*
 * Returns 1 when worker_shutdown_timeout has closed the connection of a request.
 * nginx marks a connection of HTTP/1.1 and a stream of HTTP/3 then. Of HTTP/2 it
 * only says that the connection failed: the client has not closed it, and nothing
 * went wrong with it, so that no cause remains but a breach of the protocol, which
 * cannot be told apart.
 */
static ngx_uint_t
ggi_audit_is_shutdown(ngx_http_request_t *r)
{
    ngx_core_conf_t   *ccf;
    ngx_connection_t  *c;

    ccf = (ngx_core_conf_t *) ngx_get_conf(ngx_cycle->conf_ctx,
                                           ngx_core_module);

    if (!ngx_exiting || ccf->shutdown_timeout == 0) {
        return 0;
    }

    c = r->connection;

#if (NGX_HTTP_V2)
    if (r->stream) {
        c = r->stream->connection->connection;

        return c->error && !c->timedout && !c->read->eof && !c->read->error
               && !c->write->error;
    }
#endif

    return c->close && c->error;
}


static ggi_cut_e
ggi_audit_cut(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_connection_t  *c;

    c = r->connection;

    if (status != NGX_HTTP_CLIENT_CLOSED_REQUEST && !c->error && !c->timedout) {
        return GGI_CUT_NONE;
    }

    if (r->request_complete) {
        /* it has its answer, and only a mirror or the update of a cache went on */
        return GGI_CUT_NONE;
    }

    return ggi_audit_is_shutdown(r) ? GGI_CUT_SHUTDOWN : GGI_CUT_CLIENT;
}


static void
ggi_audit_complete(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t terminated)
{
    off_t              sent;
    ngx_uint_t         status;
    ggi_completion_t   completion;
    ngx_connection_t  *c;

    c = r->connection;
    /* a post_action comes after the answer, and leaves its own status */
    status = (r->post_action && call->state.answered) ? (ngx_uint_t) call->state.answered
                                                : ggi_answer_status(r);
    sent = c->sent - (off_t) r->header_size;

    ngx_memzero(&completion, sizeof(ggi_completion_t));
    completion.duration = ngx_current_msec - call->started;
    completion.received = (uint64_t) r->request_length;
    completion.sent = (sent > 0) ? (uint64_t) sent : 0;
    completion.cut = terminated ? GGI_CUT_TERMINATED
                                : ggi_audit_cut(r, status);

    if (completion.cut == GGI_CUT_SHUTDOWN
        && status == NGX_HTTP_CLIENT_CLOSED_REQUEST)
    {
        status = 0;                     /* which the client did not do */
    }

    ggi_upstreams_find(r, call, &completion);

    call->state.completed = 1;
    (void) ggi_trail_add_completion(r, call, &completion, (int) status);
}


/* The worker ends, and what it has begun with it. A call that was let through twice has one end. */
static void
ggi_audit_terminate(ngx_http_request_t *r, ggi_call_t *call)
{
    if (!call->state.completed) {
        ggi_audit_complete(r, call, 1);
    }
}


/* The worker ends while a gate waits: nobody will decide about this call. */
static void
ggi_audit_undecided(ngx_http_request_t *r, ggi_call_t *call)
{
    if (call->state.unaudited || call->state.recorded) {
        return;
    }

    call->reason = GGI_REASON_REQUEST_REJECTED;
    call->status = NGX_HTTP_SERVICE_UNAVAILABLE;
    call->state.recorded = 1;

    if (!call->state.counted) {
        ggi_status_count(r, call);
    }

    if (ggi_anonymous_recorded(r, call)) {
        (void) ggi_trail_add_decision(r, call);
    }
}


/* An API was asked for what a cache is to hold: no part of the call's answer, but done with its identity. */
static void
ggi_audit_updates(ngx_http_request_t *r, ggi_call_t *call)
{
    int                status;
    ggi_call_t         update;
    ggi_part_t        *part;
    ggi_completion_t   completion;

    for (part = call->state.parts; part; part = part->next) {

        if (!ggi_part_is_update(part->request)) {
            continue;
        }

        update = *call;
        update.state.tunnel = 0;
        (void) ggi_call_descend(&update);

        ngx_memzero(&completion, sizeof(ggi_completion_t));
        status = ggi_upstreams_update(part->request, &completion);

        (void) ggi_trail_add_completion(r, &update, &completion, status);
    }
}


/* The end of every request: what became of a call. */
static ngx_int_t
ggi_audit_log_handler(ngx_http_request_t *r)
{
    ggi_call_t  *call;
    ngx_uint_t   status;

    call = ggi_call_ended(r);

    if (call == NULL || call->state.unaudited) {
        return NGX_OK;
    }

    if (!call->state.recorded) {
        /* the client was gone, or nginx gave up, before or while the call was judged */
        if (call->reason == GGI_REASON_NONE) {
            call->reason = GGI_REASON_REQUEST_REJECTED;
        }

        status = ggi_answer_status(r);

        if ((status == 0 || status == NGX_HTTP_CLIENT_CLOSED_REQUEST)
            && ggi_audit_is_shutdown(r))
        {
            status = NGX_HTTP_SERVICE_UNAVAILABLE;      /* it was not the client that ended it */
        }

        /* an error page can answer 200 for what nginx rejected, which then keeps nginx's status */

        if (call->reason == GGI_REASON_REQUEST_REJECTED
            && (status >= NGX_HTTP_BAD_REQUEST || call->status == 0))
        {
            call->status = (int) status;
        }

        call->state.recorded = 1;

        if (ggi_anonymous_recorded(r, call)) {
            (void) ggi_trail_add_decision(r, call);
        }
    }

    /* one that is recorded as allowed may have ended before it was let through */

    if (call->state.admitted || call->reason == GGI_REASON_NONE) {
        ggi_audit_complete(r, call, 0);
        ggi_audit_updates(r, call);
    }

    ggi_commit_schedule_write();

    return NGX_OK;
}


/* Returns 1 when one of the files that the configuration has named so far is one of the audit log. */
static ngx_uint_t
ggi_audit_is_open(ngx_cycle_t *cycle, const ggi_slot_conf_t *log)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_open_file_t  *file;

    for (part = &cycle->open_files.part; part; part = part->next) {
        file = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if (ggi_slot_has_path(log, &file[i].name)) {
                return 1;
            }
        }
    }

    return 0;
}


/*
 * nginx tells of SIGUSR1 through the files that it has opened itself, before it
 * opens them anew: in the master, which then makes files in the place of those
 * that were renamed, and after that in each worker.
 */
static void
ggi_audit_flush(ngx_open_file_t *file, ngx_log_t *log)
{
    if (ngx_process == NGX_PROCESS_MASTER || ngx_process == NGX_PROCESS_SINGLE) {
        (void) ggi_slot_make_files((ngx_cycle_t *) ngx_cycle, file->data);
    }

    ggi_commit_reopen_file(log);
}


/* Not before all of http has been read: a line of another log would break the chains. */
static ngx_int_t
ggi_audit_open(ngx_conf_t *cf, ggi_audit_main_conf_t *amcf)
{
    u_char           *path;
    ngx_str_t         name;
    ngx_open_file_t  *file;

    if (ggi_audit_is_open(cf->cycle, &amcf->log)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_log\" names the file of another log, "
                           "\"%V\": give it one of its own", &amcf->log.name);
        return NGX_ERROR;
    }

    path = ngx_pnalloc(cf->pool, NGX_MAX_PATH);
    if (path == NULL) {
        return NGX_ERROR;
    }

    name.data = path;
    name.len = ggi_slot_path(&amcf->log, 0, path);
    file = ngx_conf_open_file(cf->cycle, &name);

    if (file == NULL) {
        return NGX_ERROR;
    }

    file->flush = ggi_audit_flush;
    file->data = &amcf->log;

    return NGX_OK;
}


static ngx_int_t
ggi_audit_bind(ngx_conf_t *cf)
{
    return ggi_core_bind(cf, &ngx_http_ggi_audit_module);
}


static ngx_int_t
ggi_audit_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ggi_audit_main_conf_t      *amcf;
    ngx_http_core_main_conf_t  *cmcf;

    amcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_audit_module);

    if (amcf->log.name.len == 0) {
        if (ggi_gate_require(cf, GGI_GATE_AUDIT, "\"ggi_audit_log\" in http")
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        return ggi_gate_register(cf, GGI_GATE_AUDIT, ggi_audit_handler);
    }

    if (ggi_audit_open(cf, amcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (amcf->user == GGI_USER_PSEUDONYM && amcf->key_made
        && ggi_gate_next_place(cf, GGI_GATE_AUDIT, NULL))
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the audit log has pseudonyms of users, which differ "
                      "after each start and reload: \"ggi_audit_pseudonym_key\" "
                      "in http names a file with a key that stays, or "
                      "\"ggi_audit_user omit;\" leaves users out, in %s:%ui",
                      amcf->log.conf_file, amcf->log.conf_line);
    }

    if (ggi_anonymous_init(cf, &amcf->anonymous, &ngx_http_ggi_audit_module)
        != NGX_OK)
    {
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


/* Returns the configuration, or NULL when there is no audit log. */
static ggi_audit_main_conf_t *
ggi_audit_conf(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NULL;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_audit_module);

    return (amcf && amcf->log.name.len) ? amcf : NULL;
}


/*
 * Makes the files of the log. At start nginx ends when one cannot be made. At a
 * reload an error here would end the running master: it is only logged, and a
 * worker that finds no file refuses its calls until there is one.
 */
static ngx_int_t
ggi_audit_init_module(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ggi_audit_conf(cycle);

    if (amcf == NULL) {
        return NGX_OK;
    }

    /*
     * A write beyond RLIMIT_FSIZE is an error as any other then: in workers,
     * their threads and the processes of a cache, which inherit this, and in
     * the master, which would end nginx when its error log is that large.
     */
    (void) signal(SIGXFSZ, SIG_IGN);

    ggi_slot_open_leftover(cycle, &amcf->log);

    if (ggi_slot_make_files(cycle, &amcf->log) == NGX_OK) {
        return NGX_OK;
    }

    return ngx_is_init_cycle(cycle->old_cycle) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ggi_audit_init_process(ngx_cycle_t *cycle)
{
    ggi_audit_main_conf_t  *amcf;

    amcf = ggi_audit_conf(cycle);

    /* the manager and the loader of a cache make no records, and take no file */

    if (amcf == NULL || !ggi_process_serves()) {
        return NGX_OK;
    }

    if (ggi_trail_init(cycle, ggi_from_ngx_str(amcf->node),
                       (ggi_user_e) amcf->user, amcf->key)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_trail_init_file(cycle, &amcf->log,
                        amcf->commit.durability == GGI_DURABILITY_SYNCED);

    if (ggi_commit_init(cycle, &amcf->commit) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_anonymous_init_process(cycle, &amcf->anonymous);
    ggi_audit_started = 1;

    return NGX_OK;
}


static void
ggi_audit_exit_process(ngx_cycle_t *cycle)
{
    if (!ggi_audit_started) {
        return;
    }

    ggi_commit_each_open(ggi_audit_terminate);
    ggi_call_each_undecided(ggi_audit_undecided);
    ggi_anonymous_flush(cycle->log);
    ggi_commit_exit(cycle->log);
    ggi_trail_close_file();
    ggi_trail_free();
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
    amcf->commit.durability = GGI_DURABILITY_WRITTEN;

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
    amcf->key_made = 1;

    return NGX_CONF_OK;
}


/* The value behind name= in a parameter; NULL: it is another parameter. */
static const char *
ggi_audit_value(const ngx_str_t *parameter, const char *name)
{
    size_t  len;

    len = ngx_strlen(name);

    return ngx_strncmp(parameter->data, name, len) == 0
           ? (const char *) parameter->data + len : NULL;
}


/* NGX_DECLINED: there is no such durability. NGX_ERROR: no memory. */
static ngx_int_t
ggi_audit_durability(ngx_conf_t *cf, ggi_commit_conf_t *commit,
    const char *value)
{
    if (ngx_strcmp(value, "written") == 0) {
        commit->durability = GGI_DURABILITY_WRITTEN;

    } else if (ngx_strcmp(value, "buffered") == 0) {
        commit->durability = GGI_DURABILITY_BUFFERED;

    } else if (ngx_strcmp(value, "synced") == 0) {
        commit->durability = GGI_DURABILITY_SYNCED;
        commit->pool = ngx_thread_pool_add(cf, NULL);

        if (commit->pool == NULL) {
            return NGX_ERROR;
        }

    } else {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* Sets the mode of the files. NGX_DECLINED: it is none of the three that are taken. */
static ngx_int_t
ggi_audit_mode(ggi_slot_conf_t *log, const char *value)
{
    if (ngx_strcmp(value, "0600") == 0) {
        log->mode = 0600;

    } else if (ngx_strcmp(value, "0640") == 0) {
        log->mode = 0640;

    } else if (ngx_strcmp(value, "0644") == 0) {
        log->mode = 0644;

    } else {
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* NGX_DECLINED: there is no such group. */
static ngx_int_t
ggi_audit_group(ggi_slot_conf_t *log, const char *name)
{
    struct group  *group;

    group = getgrnam(name);

    if (group == NULL) {
        return NGX_DECLINED;
    }

    log->group = group->gr_gid;

    return NGX_OK;
}


static ngx_int_t
ggi_audit_log_parameter(ngx_conf_t *cf, ggi_audit_main_conf_t *amcf,
    const ngx_str_t *parameter)
{
    const char  *value;

    if ((value = ggi_audit_value(parameter, "durability=")) != NULL) {
        return ggi_audit_durability(cf, &amcf->commit, value);
    }

    if ((value = ggi_audit_value(parameter, "mode=")) != NULL) {
        return ggi_audit_mode(&amcf->log, value);
    }

    if ((value = ggi_audit_value(parameter, "group=")) != NULL) {
        return ggi_audit_group(&amcf->log, value);
    }

    return NGX_DECLINED;
}


/* The number of a file goes before the extension of the name, if that has one. */
static size_t
ggi_audit_stem(const ngx_str_t *name)
{
    size_t  i;

    for (i = name->len; i-- > 1 && name->data[i] != '/'; ) {
        if (name->data[i] == '.' && name->data[i - 1] != '/') {
            return i;
        }
    }

    return name->len;
}


static char *
ggi_audit_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    ngx_int_t         rc;
    ngx_str_t        *value, name;
    ngx_uint_t        i;
    ggi_slot_conf_t  *log;

    log = &amcf->log;

    if (log->name.len) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    name = value[1];

    if (name.len == 0) {
        return "needs the name of a file";
    }

    log->mode = 0640;
    log->group = (gid_t) -1;

    if (geteuid() == 0) {
        (void) ggi_audit_group(log, "adm");
    }

    for (i = 2; i < cf->args->nelts; i++) {
        rc = ggi_audit_log_parameter(cf, amcf, &value[i]);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of \"ggi_audit_log\": "
                               "expected \"durability=buffered\", "
                               "\"durability=written\" or "
                               "\"durability=synced\", \"mode=\" with 0600, "
                               "0640 or 0644, \"group=\" with a group of this "
                               "machine", &value[i]);
        }

        if (rc != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_conf_full_name(cf->cycle, &name, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    log->name = name;
    log->stem = ggi_audit_stem(&name);
    log->spares = 1;
    log->leftover = NGX_INVALID_FILE;
    log->conf_file = cf->conf_file->file.name.data;
    log->conf_line = cf->conf_file->line;

    return ggi_slot_check(cf, log) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* ggi_audit_anonymous [rate=10r/s] [burst=50] | off; */
static char *
ggi_audit_anonymous(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    return ggi_anonymous_directive(cf, &amcf->anonymous);
}


/* ggi_audit_node NAME;  Without quotes in it, so that it takes no more room in a record than it has bytes. */
static char *
ggi_audit_node(ngx_conf_t *cf, void *post, void *data)
{
    size_t      i;
    ngx_str_t  *name = data;

    if (name->len == 0 || name->len > GGI_AUDIT_NODE_MAX) {
        goto invalid;
    }

    for (i = 0; i < name->len; i++) {
        if (name->data[i] <= ' ' || name->data[i] >= 0x7f
            || name->data[i] == '"' || name->data[i] == '\\')
        {
            goto invalid;
        }
    }

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid node \"%V\" in \"ggi_audit_node\": expected a "
                       "name of 1 to %d printable ASCII characters, without "
                       "blanks, quotes and backslashes", name,
                       GGI_AUDIT_NODE_MAX);
    return NGX_CONF_ERROR;
}


static char *
ggi_audit_pseudonym_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_main_conf_t *amcf = conf;

    char       *key;
    ssize_t     len;
    ngx_fd_t    fd;
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

    /* a FIFO without a writer must not be waited for: it reads as empty */
    fd = open((char *) file.data, O_RDONLY|O_CLOEXEC|O_NONBLOCK);
    len = (fd == NGX_INVALID_FILE) ? -1 : read(fd, key, GGI_PSEUDONYM_KEY_MAX + 1);

    if (len == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           "\"ggi_audit_pseudonym_key\": pseudonym key \"%V\" cannot be read", &file);
    }

    if (fd != NGX_INVALID_FILE) {
        (void) close(fd);
    }

    if (len == -1) {
        return NGX_CONF_ERROR;
    }

    if (len < GGI_PSEUDONYM_KEY_MIN || len > GGI_PSEUDONYM_KEY_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_audit_pseudonym_key\": pseudonym key \"%V\" has the "
                           "wrong size: expected "
                           "%d to %d bytes", &file, GGI_PSEUDONYM_KEY_MIN,
                           GGI_PSEUDONYM_KEY_MAX);
        return NGX_CONF_ERROR;
    }

    amcf->key.data = key;
    amcf->key.len = (size_t) len;

    return NGX_CONF_OK;
}
