/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_crl.h"
#include "ggi_ngx_metrics.h"


#define GGI_CRL_INTERVAL  1000          /* ms between two looks at the directory's state */


/* The work of the thread. The event loop does not touch it while the task is active. */
typedef struct {
    ggi_crl_source_t  *source;
    ggi_crls_t         fresh;
    ggi_crls_t         old;             /* freed in the thread, since it takes long */
    ggi_fault_t        fault;
    char               said[sizeof(((ggi_fault_t *) 0)->text)];
    int                load;
    int                loaded;
} ggi_crl_task_t;


static void
ggi_crl_source_cleanup(void *data)
{
    ggi_crl_source_t *source = data;

    ggi_crls_free(&source->crls);
}


/* Reports the age of the lists for ggi_status: the time at which the oldest list was issued. */
static void
ggi_crl_report(const ggi_crls_t *crls)
{
    size_t  i;
    time_t  oldest;

    for (oldest = 0, i = 0; i < crls->n; i++) {
        if (oldest == 0 || crls->crls[i].this_update < oldest) {
            oldest = crls->crls[i].this_update;
        }
    }

    ggi_metric_set(GGI_METRIC_CRL, (ngx_uint_t) oldest);
}


ggi_crl_source_t *
ggi_crl_source_create(ngx_conf_t *cf)
{
    ngx_str_t           *value;
    ggi_fault_t          fault = ggi_fault_init;
    ggi_crl_source_t    *source;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ggi_crl_source_t));
    if (cln == NULL) {
        return NULL;
    }

    source = cln->data;
    ngx_memzero(source, sizeof(ggi_crl_source_t));

    value = cf->args->elts;
    source->dir = value[1];

    if (ngx_conf_full_name(cf->cycle, &source->dir, 1) != NGX_OK) {
        return NULL;
    }

    /* take the state first, so that a change while loading is noticed afterwards */

    if (!ggi_crls_state(&source->state, (char *) source->dir.data, &fault)
        || !ggi_crls_load(&source->crls, (char *) source->dir.data, &fault))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "revocation lists of \"ggi_pkio_crl\": %s",
                           fault.text);
        return NULL;
    }

    cln->handler = ggi_crl_source_cleanup;

    if (source->crls.n == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"ggi_pkio_crl\" names \"%V\", in which there is no "
                           "revocation list: calls are refused with "
                           "\"revocation_unknown\" until there is one of each CA,",
                           &source->dir);
    }

    source->generation = 1;
    source->pool = ngx_thread_pool_add(cf, NULL);

    return source->pool ? source : NULL;
}


static void
ggi_crl_thread_handler(void *data, ngx_log_t *log)
{
    ggi_crl_task_t *task = data;

    ggi_crls_free(&task->old);

    if (task->load) {
        task->loaded = ggi_crls_load(&task->fresh,
                                     (char *) task->source->dir.data,
                                     &task->fault);
    }
}


static void
ggi_crl_post(ggi_crl_source_t *source, int load, ngx_log_t *log)
{
    ggi_crl_task_t  *task;

    task = source->task->ctx;
    task->load = load;
    task->loaded = 0;

    if (ngx_thread_task_post(source->pool, source->task) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "revocation lists of \"ggi_pkio_crl\": the threads of "
                      "\"thread_pool default\" have too much to do to read "
                      "\"%V\", which is tried again in a second; the lists "
                      "read before are kept", &source->dir);
        ngx_memzero(&source->state, sizeof(ggi_crl_state_t));
    }
}


/*
 * Runs on the event loop when the thread has finished: puts the new lists into use, or
 * logs why they could not be loaded, and starts the thread again to free the old ones.
 */
static void
ggi_crl_done_handler(ngx_event_t *ev)
{
    ggi_crl_task_t    *task = ev->data;
    ggi_crl_source_t  *source;

    source = task->source;

    if (!task->load) {
        return;
    }

    if (!task->loaded) {
        /* the next look tries again, and the same fault is logged once */
        if (ngx_strcmp(task->fault.text, task->said) != 0) {
            ngx_log_error(NGX_LOG_ERR, ev->log, 0,
                          "revocation lists of \"ggi_pkio_crl\": %s; those read "
                          "before are kept",
                          task->fault.text);
            ngx_memcpy(task->said, task->fault.text, sizeof(task->said));
        }

        ngx_memzero(&source->state, sizeof(ggi_crl_state_t));
        return;
    }

    task->said[0] = '\0';

    task->old = source->crls;
    source->crls = task->fresh;
    source->generation++;
    ggi_crl_report(&source->crls);

    ngx_log_error(NGX_LOG_NOTICE, ev->log, 0,
                  "%uz revocation lists read from \"%V\"", source->crls.n,
                  &source->dir);

    ggi_crl_post(source, 0, ev->log);
}


static void
ggi_crl_timer_handler(ngx_event_t *ev)
{
    ggi_fault_t        fault = ggi_fault_init;
    ggi_crl_state_t    state;
    ggi_crl_source_t  *source = ev->data;

    if (!ngx_exiting) {
        ngx_add_timer(ev, GGI_CRL_INTERVAL);
    }

    if (source->task->event.active) {
        return;
    }

    if (!ggi_crls_state(&state, (char *) source->dir.data, &fault)) {
        if (!source->faulty) {
            ngx_log_error(NGX_LOG_ERR, ev->log, 0,
                          "revocation lists of \"ggi_pkio_crl\": %s; those read "
                          "before are kept",
                          fault.text);
        }

        source->faulty = 1;
        return;
    }

    source->faulty = 0;

    if (ngx_memcmp(&state, &source->state, sizeof(ggi_crl_state_t)) == 0) {
        return;
    }

    source->state = state;
    ggi_crl_post(source, 1, ev->log);
}


ngx_uint_t
ggi_crl_source_generation(const ggi_crl_source_t *source)
{
    return source->generation;
}


ggi_reason_e
ggi_crl_source_judge(ggi_crl_source_t *source, STACK_OF(X509) *chain,
    SSL_CTX *server, time_t now, time_t *until)
{
    return ggi_crls_judge(&source->crls, chain, now, until);
}


ngx_int_t
ggi_crl_source_watch(ggi_crl_source_t *source, ngx_cycle_t *cycle)
{
    ggi_crl_task_t  *task;

    source->task = ngx_thread_task_alloc(cycle->pool, sizeof(ggi_crl_task_t));
    if (source->task == NULL) {
        return NGX_ERROR;
    }

    task = source->task->ctx;
    ngx_memzero(task, sizeof(ggi_crl_task_t));
    task->source = source;

    source->task->handler = ggi_crl_thread_handler;
    source->task->event.handler = ggi_crl_done_handler;
    source->task->event.data = task;
    source->task->event.log = cycle->log;

    source->timer.handler = ggi_crl_timer_handler;
    source->timer.data = source;
    source->timer.log = cycle->log;
    source->timer.cancelable = 1;

    ngx_add_timer(&source->timer, GGI_CRL_INTERVAL);
    ggi_crl_report(&source->crls);

    return NGX_OK;
}
