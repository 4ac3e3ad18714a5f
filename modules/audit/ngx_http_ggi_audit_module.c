/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * audit: is this call accounted for, before the API sees it. The decisions of
 * one turn of the event loop are written together at its end, and the calls go
 * on once they are.
 */

#include "ggi_call.h"

#include <openssl/rand.h>

#include "ggi_ngx_commit.h"
#include "ggi_ngx_trail.h"


typedef struct {
    ngx_str_t           name;           /* of the log; len 0: none */
    ggi_commit_conf_t   commit;
    ngx_uint_t          user;           /* ggi_user_e */
    ggi_str_t           key;            /* of pseudonyms */
} ggi_audit_main_conf_t;


static ngx_int_t ggi_audit_init(ngx_conf_t *cf);
static ngx_int_t ggi_audit_init_process(ngx_cycle_t *cycle);
static void ggi_audit_exit_process(ngx_cycle_t *cycle);
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


static ngx_uint_t  ggi_audit_started;   /* in this worker */


static ngx_int_t
ggi_audit_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_commit_waiter_t  *waiter;

    waiter = ngx_http_get_module_ctx(r, ngx_http_ggi_audit_module);

    if (waiter && waiter->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_audit_module);
        return waiter->failed ? NGX_DECLINED : NGX_OK;
    }

    waiter = ggi_commit_wait(r, call);
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    ngx_http_set_ctx(r, waiter, ngx_http_ggi_audit_module);

    return NGX_AGAIN;
}


static ngx_uint_t
ggi_audit_status(ngx_http_request_t *r)
{
    return r->err_status ? r->err_status : r->headers_out.status;
}


/* Of the APIs that were tried the last: that is the one that answered. */
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
    completion.duration = ggi_trail_now() - started;
    completion.received = (uint64_t) r->request_length;
    completion.sent = (sent > 0) ? (uint64_t) sent : 0;
    completion.aborted = (status == NGX_HTTP_CLIENT_CLOSED_REQUEST
                          || c->error || c->timedout);
    ggi_audit_upstream(r, &completion);

    (void) ggi_trail_completion(r, call, &completion, (int) status);
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
        (void) ggi_trail_decision(r, call);
    }

    if (call->admitted) {
        ggi_audit_complete(r, call);
    }

    ggi_commit_soon();

    return NGX_OK;
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

    amcf->commit.file = ngx_conf_open_file(cf->cycle, &amcf->name);
    if (amcf->commit.file == NULL) {
        return NGX_ERROR;
    }

    amcf->commit.file->flush = ggi_commit_flush;

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
    ggi_audit_main_conf_t  *amcf;

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL) {
        return NGX_OK;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_audit_module);

    if (amcf == NULL || amcf->commit.file == NULL) {
        return NGX_OK;
    }

    if (ggi_trail_init(cycle, amcf->commit.file, (ggi_user_e) amcf->user,
                       amcf->key)
        != NGX_OK
        || ggi_commit_init(cycle, &amcf->commit) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_audit_started = 1;

    return NGX_OK;
}


static void
ggi_audit_exit_process(ngx_cycle_t *cycle)
{
    if (!ggi_audit_started) {
        return;
    }

    ggi_commit_exit(cycle->log);
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
    amcf->commit.durability = GGI_DURABILITY_WRITTEN;

    if (cf->args->nelts == 3) {

        if (ngx_strcmp(value[2].data, "durability=buffered") == 0) {
            amcf->commit.durability = GGI_DURABILITY_BUFFERED;

        } else if (ngx_strcmp(value[2].data, "durability=synced") == 0) {
            amcf->commit.durability = GGI_DURABILITY_SYNCED;
            amcf->commit.pool = ngx_thread_pool_add(cf, NULL);

            if (amcf->commit.pool == NULL) {
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
