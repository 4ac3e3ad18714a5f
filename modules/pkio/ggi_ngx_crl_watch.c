/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_update.h"
#include "ggi_ngx_crl_watch.h"
#include "ggi_ngx_metrics.h"


#define GGI_CRL_INTERVAL  1000          /* ms between two looks at the directory */
#define GGI_CRL_PAUSE     1000          /* microseconds between two stretches of reading */
#define GGI_CRL_TURN      900           /* ms after a look by any worker until the next */


/* The work of the thread. The event loop does not touch it while the task is active. */
typedef struct {
    ggi_crl_source_t  *source;
    time_t             now;
    ggi_crl_news_t     news;
} ggi_crl_task_t;


void
ggi_crl_news_log(const ggi_crl_news_t *news, const ggi_crl_source_t *place,
    ngx_uint_t errors, ngx_log_t *log)
{
    const char       *line;
    ngx_uint_t        at;
    ggi_crl_level_e   level;

    for (line = ggi_crl_news_next(news, NULL, &level);
         line;
         line = ggi_crl_news_next(news, line, &level))
    {
        at = (level == GGI_CRL_ERROR) ? errors : NGX_LOG_NOTICE;

        if (place) {
            ngx_log_error(at, log, 0,
                          "revocation lists of \"ggi_pkio_crl\" in %s:%ui: %s",
                          place->file, place->line, line);
        } else {
            ngx_log_error(at, log, 0,
                          "revocation lists of \"ggi_pkio_crl\": %s", line);
        }
    }

    if (news->lost) {
        ngx_log_error(errors, log, 0,
                      "revocation lists of \"ggi_pkio_crl\": %uz further messages "
                      "that there is no room for", news->lost);
    }
}


static void
ggi_crl_thread_handler(void *data, ngx_log_t *log)
{
    ggi_crl_task_t *task = data;

    ggi_crl_home_t  *home = task->source->home;
    ggi_crl_look_t   look = {
        home->dir, home->known, task->source->highest, task->now, GGI_CRL_PAUSE
    };

    (void) ggi_crl_update(&home->store, &look, &task->news);
}


/*
 * Makes known the CAs of chains that this worker has seen, and looks how all CAs stand
 * with their lists. The caller has the lock of the shared memory.
 */
static void
ggi_crl_watch_share(ggi_crl_source_t *source, ggi_crl_news_t *news)
{
    X509            *x509;
    ggi_crl_home_t  *home;

    home = source->home;

    while ((x509 = sk_X509_pop(source->seen)) != NULL) {
        (void) ggi_crl_known_add(home->known, x509);
        ggi_crl_watch_add(home->watch, X509_get_subject_name(x509));
        X509_free(x509);
    }

    if (ggi_crl_source_refresh(source) == NGX_OK) {
        ggi_crl_watch_issuers(home->watch, &source->crls);
        ggi_crl_watch_look(home->watch, &source->crls, source->known, ngx_time(),
                           news);
    }
}


/* Runs on the event loop when the thread has finished. */
static void
ggi_crl_done_handler(ngx_event_t *ev)
{
    ggi_crl_task_t    *task = ev->data;
    ggi_crl_source_t  *source;

    source = task->source;

    ggi_metric_set(GGI_METRIC_CRL_LOOK, ngx_current_msec / 1000);
    ggi_crl_watch_share(source, &task->news);
    source->home->store.shared->looked = ngx_current_msec;
    ggi_crl_store_unlock(&source->home->store);

    ggi_crl_news_log(&task->news, NULL, NGX_LOG_ERR, ev->log);
}


static void
ggi_crl_watch_begin(ggi_crl_source_t *source, ngx_log_t *log)
{
    ggi_crl_task_t  *task;

    task = source->task->ctx;
    task->now = ngx_time();
    task->news.len = 0;
    task->news.lost = 0;

    if (ngx_thread_task_post(source->pool, source->task) != NGX_OK) {
        ggi_crl_store_unlock(&source->home->store);
        ngx_log_error(NGX_LOG_ALERT, log, 0,
                      "revocation lists of \"ggi_pkio_crl\": the threads of "
                      "\"thread_pool default\" have too much to do to read "
                      "\"%V\", which is tried again in a second; the lists "
                      "read before are kept", &source->dir);
    }
}


/*
 * Runs once a second in each worker. A worker that shuts down goes on for as long as it
 * has connections: it looks at what the others take over, so that what nobody uses any
 * more can be freed.
 */
static void
ggi_crl_timer_handler(ngx_event_t *ev)
{
    ngx_msec_t         looked;
    ggi_crl_store_t   *store;
    ggi_crl_source_t  *source = ev->data;

    store = &source->home->store;
    ngx_add_timer(ev, GGI_CRL_INTERVAL);

    (void) ggi_crl_source_refresh(source);

    if (ngx_exiting || source->task->event.active) {
        return;
    }

    looked = (ngx_msec_t) store->shared->looked;

    if (sk_X509_num(source->seen) == 0
        && (ngx_msec_int_t) (ngx_current_msec - looked) < GGI_CRL_TURN
        && looked != 0)
    {
        return;
    }

    if (ggi_crl_store_lock(store)) {
        ggi_crl_watch_begin(source, ev->log);
    }
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

    if (!ggi_crl_store_join(&source->home->store)) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0,
                      "more than %d processes look at the revocation lists of "
                      "\"ggi_pkio_crl\": this worker refuses calls with "
                      "revocation_unknown", GGI_CRL_READERS);
        return NGX_OK;
    }

    ngx_add_timer(&source->timer, GGI_CRL_INTERVAL);

    return ggi_crl_source_refresh(source);
}
