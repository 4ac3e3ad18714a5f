/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The first worker looks once a minute, by a timer, for all. What was told is remembered in the
 * memory that the workers share, so that it is told once, whichever worker finds it, and not again
 * after a reload.
 */

#include "ggi_ngx_array.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_signal_log.h"
#include "ggi_ngx_signal_own.h"
#include "ggi_ngx_trail_events.h"


#define GGI_SIGNAL_FIRST  1000          /* ms from the start of the worker to its first look */
#define GGI_SIGNAL_LOOK   60000         /* ms between two looks */


/* A rule for a signal about the gateway itself. */
typedef struct {
    ggi_signal_e              signal;
    const ggi_signal_rule_t  *rule;
} ggi_signal_own_t;


/* What gates tell in ggi_status of when something expires, and the signals about it. */
static const struct {
    const char    *family;
    ggi_signal_e   signal;
} ggi_signal_families[] = {
    { "ggi_pkio_crl_next_update_timestamp_seconds", GGI_SIGNAL_LIST_EXPIRES },
    { "ggi_pkio_server_certificate_expiry_timestamp_seconds", GGI_SIGNAL_OWN_EXPIRES },
    { "ggi_pkio_ca_expiry_timestamp_seconds", GGI_SIGNAL_OWN_EXPIRES }
};


/* The state of this worker. */
static ggi_signal_conf_t   *ggi_signal_own_conf;
static ngx_event_t          ggi_signal_own_timer;
static ggi_signal_clock_t   ggi_signal_own_seen;        /* how the clock was at the last look */


ngx_int_t
ggi_signal_own_add(ngx_conf_t *cf, ggi_signal_conf_t *conf, ggi_signal_e signal,
    const ggi_signal_rule_t *rule)
{
    ngx_uint_t         i;
    ggi_signal_own_t  *own, added;

    if (signal != GGI_SIGNAL_LIST_EXPIRES && signal != GGI_SIGNAL_OWN_EXPIRES
        && signal != GGI_SIGNAL_CLOCK)
    {
        return NGX_OK;
    }

    if (conf->own.elts == NULL
        && ngx_array_init(&conf->own, cf->pool, 4, sizeof(ggi_signal_own_t)) != NGX_OK)
    {
        return NGX_ERROR;
    }

    own = conf->own.elts;

    for (i = 0; i < conf->own.nelts; i++) {
        if (own[i].signal == signal && own[i].rule->hash == rule->hash) {
            return NGX_OK;
        }
    }

    if (signal == GGI_SIGNAL_CLOCK && (conf->clock == 0 || rule->threshold < conf->clock)) {
        conf->clock = rule->threshold;
    }

    added.signal = signal;
    added.rule = rule;

    return ggi_array_add(&conf->own, &added);
}


/*
 * Counts an event about the gateway itself, of which subject is what it is about. Returns 1 when
 * that gives a signal, and sets what is to be told of it; returns 0 otherwise.
 */
static ngx_uint_t
ggi_signal_own_count(const ggi_signal_own_t *own, ggi_str_t subject, uint32_t threshold,
    ggi_signal_told_t *told)
{
    int                  given;
    ggi_str_t            texts[3];
    ggi_signal_conf_t   *conf;
    ggi_signal_event_t   event;

    conf = ggi_signal_own_conf;
    texts[0] = ggi_signal_info(own->signal)->name;
    texts[1] = subject;
    texts[2].data = (const char *) &own->rule->hash;
    texts[2].len = sizeof(own->rule->hash);

    ngx_memzero(&event, sizeof(ggi_signal_event_t));
    event.signal = own->signal;
    event.threshold = threshold;
    event.period = own->rule->period;
    event.key = ggi_signal_hash(conf->table->seed, texts, 3);

    ngx_shmtx_lock(&conf->pool->mutex);
    given = ggi_signal_count(conf->table, &event, ngx_current_msec);
    ngx_shmtx_unlock(&conf->pool->mutex);

    if (event.forgotten) {
        ggi_signal_log_full(1);
    }

    ngx_memzero(told, sizeof(ggi_signal_told_t));
    told->signal = own->signal;
    told->count = event.count;
    told->threshold = own->rule->threshold;
    told->since = ggi_trail_now() - event.age;

    return (ngx_uint_t) given;
}


static void
ggi_signal_own_tell(const ggi_signal_told_t *told)
{
    (void) ggi_trail_add_signal(told, NULL);
    ggi_signal_log(told, NULL);
    ggi_commit_schedule_write();
}


/* Counts what expires soon of a family, and tells of it. */
static void
ggi_signal_own_family(const ggi_signal_own_t *own, const ggi_status_family_t *family)
{
    size_t                      i;
    ggi_signal_told_t           told;
    const ggi_status_sample_t  *sample;

    for (i = 0; i < family->n; i++) {
        sample = &family->samples[i];

        if ((int64_t) sample->value - ngx_time() <= own->rule->within
            && ggi_signal_own_count(own, sample->of, own->rule->threshold, &told))
        {
            told.of.data = sample->of.data;
            told.of.len = ggi_utf8_cut(sample->of.data, sample->of.len, GGI_SIGNAL_OF);
            told.expires = sample->value * 1000;
            ggi_signal_own_tell(&told);
        }
    }
}


/* Looks at what gates tell of what expires. Without memory it is looked at a minute later. */
static void
ggi_signal_own_expiries(ngx_log_t *log)
{
    ngx_uint_t                  i, n;
    ngx_pool_t                 *pool;
    ggi_status_t                status;
    ggi_signal_own_t           *own;
    const ggi_status_family_t  *family;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, log);
    if (pool == NULL) {
        return;
    }

    ngx_memzero(&status, sizeof(ggi_status_t));
    own = ggi_signal_own_conf->own.elts;

    if (ggi_status_provided(pool, &status) != NGX_OK) {
        status.families = NULL;
    }

    for (family = status.families; family; family = family->next) {
        for (i = 0; i < sizeof(ggi_signal_families) / sizeof(ggi_signal_families[0]); i++) {
            for (n = 0; n < ggi_signal_own_conf->own.nelts; n++) {
                if (own[n].signal == ggi_signal_families[i].signal
                    && ngx_strcmp(family->name, ggi_signal_families[i].family) == 0)
                {
                    ggi_signal_own_family(&own[n], family);
                }
            }
        }
    }

    ngx_destroy_pool(pool);
}


/* Tells, by each rule that it is enough for, that the clock was set by so many ms. */
static void
ggi_signal_own_set(int64_t by)
{
    u_char              text[NGX_INT64_LEN];
    int64_t             seconds;
    ggi_str_t           subject;
    ngx_uint_t          i;
    ggi_signal_own_t   *own;
    ggi_signal_told_t   told;

    own = ggi_signal_own_conf->own.elts;
    seconds = (by + (by < 0 ? -500 : 500)) / 1000;
    subject.data = (char *) text;
    subject.len = (size_t) (ngx_slprintf(text, text + sizeof(text), "%L", seconds) - text);

    for (i = 0; i < ggi_signal_own_conf->own.nelts; i++) {
        if (own[i].signal == GGI_SIGNAL_CLOCK
            && (by < 0 ? -by : by) >= (int64_t) own[i].rule->threshold * 1000
            && ggi_signal_own_count(&own[i], subject, 1, &told))
        {
            told.clock = by;
            told.count = (uint32_t) ((by < 0 ? -by : by) / 1000);
            ggi_signal_own_tell(&told);
        }
    }
}


/* Compares the clock with how all workers have seen it last. */
static void
ggi_signal_own_clock(void)
{
    int64_t             by;
    ggi_signal_conf_t  *conf;

    conf = ggi_signal_own_conf;

    ngx_shmtx_lock(&conf->pool->mutex);
    by = ggi_signal_clock(&conf->table->clock, ngx_current_msec, ggi_trail_now(), conf->clock);
    ngx_shmtx_unlock(&conf->pool->mutex);

    if (by) {
        ggi_signal_own_set(by);
    }
}


void
ggi_signal_own_call(void)
{
    ggi_signal_conf_t  *conf;

    conf = ggi_signal_own_conf;

    if (conf->clock
        && ggi_signal_clock(&ggi_signal_own_seen, ngx_current_msec, ggi_trail_now(), conf->clock))
    {
        ggi_signal_own_clock();
    }
}


static void
ggi_signal_own_look(ngx_event_t *ev)
{
    if (ngx_exiting) {
        return;
    }

    ggi_signal_own_expiries(ev->log);

    if (ggi_signal_own_conf->clock) {
        ggi_signal_own_clock();
    }

    ngx_add_timer(ev, GGI_SIGNAL_LOOK);
}


/* Takes over how the workers have seen the clock last, or is the first to look at it. */
static void
ggi_signal_own_begin(ggi_signal_conf_t *conf)
{
    ggi_signal_clock_t  *clock;

    ngx_shmtx_lock(&conf->pool->mutex);
    clock = &conf->table->clock;

    if (clock->looked == 0) {
        (void) ggi_signal_clock(clock, ngx_current_msec, ggi_trail_now(), conf->clock);
    }

    ggi_signal_own_seen = *clock;
    ngx_shmtx_unlock(&conf->pool->mutex);
}


void
ggi_signal_own_init_process(ngx_cycle_t *cycle, ggi_signal_conf_t *conf)
{
    ggi_signal_own_conf = conf;
    ngx_memzero(&ggi_signal_own_timer, sizeof(ngx_event_t));
    ggi_signal_own_timer.handler = ggi_signal_own_look;
    ggi_signal_own_timer.log = cycle->log;
    ggi_signal_own_timer.data = conf;
    ggi_signal_own_timer.cancelable = 1;        /* it does not hold a worker that shuts down */

    if (conf->own.nelts == 0 || conf->table == NULL) {
        return;
    }

    if (conf->clock) {
        ggi_signal_own_begin(conf);
    }

    if (ngx_worker == 0) {
        ngx_add_timer(&ggi_signal_own_timer, GGI_SIGNAL_FIRST);
    }
}
