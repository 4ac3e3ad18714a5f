/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_limits.h"
#include "ggi_ngx_parse.h"


/* What is wrong with a document, and what is most likely wrong. */
typedef struct {
    ggi_fault_t  fault;
    char         warning[512];          /* the first; "": none */
    uint64_t     version;               /* of a document with a fault: a hash of its text */
} ggi_parse_faults_t;


static void
ggi_parse_warn(void *data, const char *text)
{
    ggi_parse_faults_t *faults = data;

    if (faults->warning[0] == '\0') {
        ngx_cpystrn((u_char *) faults->warning, (u_char *) text, sizeof(faults->warning));
    }
}


/* Parses a document. It may run in a thread, and touches nothing but faults. */
static ggi_compiled_t *
ggi_parse_text(const ggi_kind_t *kind, const char *text, size_t len,
    ggi_str_t key, ggi_parse_faults_t *faults)
{
    ggi_document_t  *document;

    ngx_memzero(faults, sizeof(ggi_parse_faults_t));
    faults->fault.warn = ggi_parse_warn;
    faults->fault.data = faults;

    document = ggi_document_parse(kind->shape, text, len, &key, &faults->fault);

    if (document == NULL) {
        faults->version = ggi_limits_hash(0, text, len);
    }

    return (ggi_compiled_t *) document;
}


#if (NGX_THREADS)

/* What a thread parses. */
typedef struct {
    ggi_parse_done_pt   done;
    void               *data;
    const ggi_kind_t   *kind;
    size_t              key_len;
    u_char              key[GGI_KEY_MAX];
    char               *text;
    size_t              len;
    ggi_compiled_t     *document;
    ggi_parse_faults_t  faults;
} ggi_parse_task_t;


/* Runs in a thread, and touches nothing but the task. */
static void
ggi_parse_handler(void *data, ngx_log_t *log)
{
    ggi_parse_task_t *parse = data;

    ggi_str_t  key;

    key.data = (char *) parse->key;
    key.len = parse->key_len;
    parse->document = ggi_parse_text(parse->kind, parse->text, parse->len, key,
                                     &parse->faults);
}


/* Runs on the event loop, when the thread is done. */
static void
ggi_parse_done_handler(ngx_event_t *ev)
{
    ngx_thread_task_t *task = ev->data;

    ggi_parse_task_t  *parse;

    parse = task->ctx;
    parse->done(parse->data, parse->document, &parse->faults.fault,
                parse->faults.warning, parse->faults.version);
    ngx_free(task);
}


/*
 * Has a thread parse a copy of json. Returns NGX_AGAIN, or NGX_ERROR when there is no memory or
 * no thread takes it.
 */
static ngx_int_t
ggi_parse_in_thread(ggi_redis_conf_t *conf, ggi_str_t key, ggi_str_t json,
    ggi_parse_done_pt done, void *data, ngx_log_t *log)
{
    ngx_thread_task_t  *task;
    ggi_parse_task_t   *parse;

    task = ngx_alloc(sizeof(ngx_thread_task_t) + sizeof(ggi_parse_task_t)
                     + json.len, log);
    if (task == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(task, sizeof(ngx_thread_task_t) + sizeof(ggi_parse_task_t));
    parse = (ggi_parse_task_t *) (task + 1);
    parse->done = done;
    parse->data = data;
    parse->len = json.len;
    parse->text = (char *) (parse + 1);
    parse->kind = conf->kind;
    parse->key_len = key.len;
    ngx_memcpy(parse->key, key.data, key.len);
    ngx_memcpy(parse->text, json.data, json.len);

    task->ctx = parse;
    task->handler = ggi_parse_handler;
    task->event.handler = ggi_parse_done_handler;
    task->event.data = task;
    task->event.log = log;

    if (ngx_thread_task_post(conf->threads, task) != NGX_OK) {
        ngx_free(task);
        return NGX_ERROR;
    }

    return NGX_AGAIN;
}

#endif


ngx_int_t
ggi_parse(ggi_redis_conf_t *conf, ggi_str_t key, ggi_str_t json, ggi_parse_done_pt done,
    void *data, ngx_log_t *log)
{
    ggi_compiled_t      *document;
    ggi_parse_faults_t   faults;

#if (NGX_THREADS)
    if (json.len > GGI_PARSE_SMALL) {
        return ggi_parse_in_thread(conf, key, json, done, data, log);
    }
#endif

    document = ggi_parse_text(conf->kind, json.data, json.len, key, &faults);
    done(data, document, &faults.fault, faults.warning, faults.version);

    return NGX_OK;
}
