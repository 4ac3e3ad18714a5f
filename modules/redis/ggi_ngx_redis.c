/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The state of a client: down, connecting, in its set-up, ready. Whatever fails
 * comes together in ggi_redis_end(), which closes the link and decides when the
 * next attempt begins.
 */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis.h"
#include "ggi_ngx_redis_retry.h"
#include "ggi_ngx_redis_setup.h"


#define GGI_REDIS_HEARTBEAT  1000       /* ms between two heartbeats */


typedef enum {
    GGI_REDIS_DOWN,                     /* waits for its next attempt */
    GGI_REDIS_CONNECTING,
    GGI_REDIS_SETUP,                    /* AUTH and the like are to be answered */
    GGI_REDIS_READY
} ggi_redis_state_e;


struct ggi_redis_s {
    ggi_redis_conf_t           *conf;
    const ggi_redis_events_t   *events;
    void                       *data;           /* for the events */
    ngx_uint_t                  subscribes;     /* 1: it is told something, and asks nothing */

    ggi_redis_state_e           state;
    ggi_redis_retry_t           retry;
    ggi_redis_link_t            link;
    ggi_redis_commands_t        commands;
    ggi_redis_setup_t           setup;
    ngx_event_t                 heartbeat;

    ggi_redis_log_t             log;
};


static void
ggi_redis_close(ggi_redis_t *redis)
{
    ggi_redis_link_close(&redis->link);
    redis->state = GGI_REDIS_DOWN;
    ggi_redis_commands_stop(&redis->commands);

    if (redis->heartbeat.timer_set) {
        ngx_del_timer(&redis->heartbeat);
    }
}


/*
 * A connection that worked was lost, as when Redis restarts or closes idle
 * ones. A new one is made at once, and what waits goes out on it.
 */
static void
ggi_redis_connection_lost(ggi_redis_t *redis, const char *what,
    const char *detail)
{
    ggi_redis_log_lost(&redis->log, ggi_redis_link_addr(&redis->link),
                       !ggi_redis_commands_empty(&redis->commands), what,
                       detail);
    ggi_redis_close(redis);
    ggi_redis_retry_lost(&redis->retry);
}


/*
 * A connection could not be made. Goes on with the next address at once, and
 * after the last one begins a new attempt later. Returns 1 when it was the last.
 */
static ngx_uint_t
ggi_redis_attempt_failed(ggi_redis_t *redis, const char *what,
    const char *detail)
{
    ggi_redis_log_attempt(&redis->log, ggi_redis_link_addr(&redis->link),
                          redis->retry.tried == 0, what, detail);
    ggi_redis_close(redis);

    if (!ggi_redis_retry_failed(&redis->retry)) {
        return 0;
    }

    ggi_redis_log_away(&redis->log);

    return 1;
}


/*
 * Ends the connection, or the attempt to make one. what and detail are the
 * message, as for ggi_redis_log_lost(). The oldest command gets outcome, unless the
 * set-up was not over: its commands are not sent once more, and want none.
 */
static void
ggi_redis_end(ggi_redis_t *redis, const ggi_reply_t *outcome,
    const char *what, const char *detail)
{
    ngx_uint_t  over;

    if (!redis->setup.sentinel) {
        ggi_metric_add(redis->conf->kind->metrics.failures, 1);
    }

    over = 1;

    if (redis->state == GGI_REDIS_READY) {
        ggi_redis_connection_lost(redis, what, detail);

    } else {
        outcome = NULL;
        over = ggi_redis_attempt_failed(redis, what, detail);
    }

    if (over) {
        redis->events->lost(redis->data);
    }

    ggi_redis_commands_fail(&redis->commands, outcome);
}


static void
ggi_redis_fail(ggi_redis_t *redis, const char *what, const char *detail)
{
    ggi_redis_end(redis, NULL, what, detail);
}


/* The set-up, or a heartbeat, ended the connection. */
static void
ggi_redis_setup_failed(void *data, const char *what, const char *detail)
{
    ggi_redis_fail(data, what, detail);
}


/* The set-up is over: commands are answered. */
static void
ggi_redis_setup_succeeded(void *data)
{
    ggi_redis_t *redis = data;

    ggi_redis_log_back(&redis->log);
    ggi_redis_retry_worked(&redis->retry);
    redis->state = GGI_REDIS_READY;

    ngx_add_timer(&redis->heartbeat, GGI_REDIS_HEARTBEAT);

    redis->events->ready(redis->data);
}


static const ggi_redis_setup_events_t  ggi_redis_setup_events = {
    ggi_redis_setup_succeeded, ggi_redis_setup_failed
};


/* The link is open: begins the set-up. */
static void
ggi_redis_set_up(void *data)
{
    ggi_redis_t *redis = data;

    redis->state = GGI_REDIS_SETUP;

    if (ggi_redis_setup_begin(&redis->setup) != NGX_OK) {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    ggi_redis_link_flush(&redis->link);
}


/* A reply has come: it is a message of the channel, or for the oldest command. */
static void
ggi_redis_replied(void *data, const ggi_reply_t *reply)
{
    char          words[GGI_REDIS_WORDS_LEN];
    ggi_redis_t  *redis = data;

    if (!redis->setup.sentinel) {
        ggi_metric_set(redis->conf->kind->metrics.answered, ngx_current_msec / 1000);
    }

    if (redis->subscribes && ggi_reply_is_message(reply)) {
        redis->events->message(redis->data, reply->elements[2]);
        return;
    }

    if (ggi_redis_commands_answer(&redis->commands, reply)) {
        return;
    }

    words[0] = '\0';

    if (reply->type == GGI_REPLY_ERROR) {
        ggi_redis_printable(words, sizeof(words), reply->data, reply->len,
                            &redis->conf->url);
    }

    ggi_redis_fail(redis, words[0] ? "sent an unexpected reply:"
                                   : "sent an unexpected reply", words);
}


/* The link failed. A server that closes after an error in the set-up has said why. */
static void
ggi_redis_link_failed(void *data, const ggi_redis_fault_t *fault)
{
    ggi_redis_t *redis = data;

    if (fault->closed && redis->setup.words[0]) {
        ggi_redis_fail(redis, "refuses", redis->setup.words);

    } else {
        ggi_redis_end(redis, fault->outcome, fault->what, fault->detail);
    }
}


static const ggi_redis_link_events_t  ggi_redis_link_events = {
    ggi_redis_set_up, ggi_redis_replied, ggi_redis_link_failed
};


/* Begins an attempt to connect, or goes on with its next address. */
static void
ggi_redis_connect_handler(ngx_event_t *ev)
{
    ggi_redis_t *redis = ev->data;

    redis->state = GGI_REDIS_CONNECTING;
    ggi_redis_setup_forget(&redis->setup);

    ggi_redis_link_connect(&redis->link, ggi_redis_retry_node(&redis->retry));

    if (redis->state == GGI_REDIS_CONNECTING) {
        ggi_redis_commands_time(&redis->commands);
    }
}


static void
ggi_redis_timeout_handler(ngx_event_t *ev)
{
    ggi_redis_t *redis = ev->data;

    ggi_redis_fail(redis, redis->state == GGI_REDIS_CONNECTING
                          ? ggi_redis_link_late(&redis->link)
                          : "does not answer in time", "");
}


static void
ggi_redis_heartbeat_handler(ngx_event_t *ev)
{
    ggi_redis_t *redis = ev->data;

    if (redis->state != GGI_REDIS_READY) {
        return;
    }

    ngx_add_timer(ev, GGI_REDIS_HEARTBEAT);

    /* the replies to commands show that the server lives, but not that it is still the master */

    if (redis->subscribes && !ggi_redis_commands_empty(&redis->commands)) {
        return;
    }

    if (ggi_redis_setup_beat(&redis->setup) != NGX_OK) {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    ggi_redis_link_flush(&redis->link);
}


/* Makes a client, of a Sentinel when sentinel is 1, that connects to nothing before it is led. */
static ggi_redis_t *
ggi_redis_create(ggi_redis_conf_t *conf, const char *channel, ngx_uint_t sentinel,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log)
{
    ggi_redis_t  *redis;

    redis = ngx_calloc(sizeof(ggi_redis_t), log);
    if (redis == NULL) {
        return NULL;
    }

    redis->conf = conf;
    redis->events = events;
    redis->data = data;
    redis->subscribes = (channel || sentinel);

    redis->heartbeat.handler = ggi_redis_heartbeat_handler;
    redis->heartbeat.data = redis;
    redis->heartbeat.log = log;
    redis->heartbeat.cancelable = 1;    /* it does not hold a worker that shuts down */

    ggi_redis_log_init(&redis->log, conf, sentinel, log);
    ggi_redis_link_init(&redis->link, conf, &redis->log,
                        &ggi_redis_link_events, redis);
    ggi_redis_commands_init(&redis->commands, &redis->link, conf->timeout,
                            ggi_redis_timeout_handler, redis);
    ggi_redis_setup_init(&redis->setup, conf, &redis->commands, channel, sentinel,
                         &ggi_redis_setup_events, redis);
    ggi_redis_retry_init(&redis->retry, conf, ggi_redis_connect_handler, redis,
                         log);

    return redis;
}


ggi_redis_t *
ggi_redis_start(ggi_redis_conf_t *conf, const char *channel,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log)
{
    ggi_redis_t  *redis;

    redis = ggi_redis_create(conf, channel, 0, events, data, log);

    if (redis && conf->url.kind != GGI_REDIS_SENTINEL) {
        ggi_redis_retry_lead(&redis->retry, conf->nodes, conf->nnodes);
    }

    return redis;
}


ggi_redis_t *
ggi_redis_start_sentinel(ggi_redis_conf_t *conf, const ggi_redis_host_t *host,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log)
{
    ngx_uint_t         i, n;
    ggi_redis_t       *redis;
    ggi_redis_node_t  *nodes;

    redis = ggi_redis_create(conf, NULL, 1, events, data, log);
    if (redis == NULL) {
        return NULL;
    }

    nodes = NULL;
    n = 0;

    for (i = 0; i < conf->nnodes; i++) {
        if (conf->nodes[i].host == host) {
            nodes = nodes ? nodes : &conf->nodes[i];
            n++;
        }
    }

    ggi_redis_retry_lead(&redis->retry, nodes, n);

    return redis;
}


const ggi_sentinel_view_t *
ggi_redis_view(const ggi_redis_t *redis)
{
    return &redis->setup.view;
}


void
ggi_redis_see(const ggi_redis_t *redis, ggi_redis_seen_t *seen)
{
    seen->up = (redis->state == GGI_REDIS_READY);
    seen->server = seen->up ? &redis->setup.server : ggi_redis_link_addr(&redis->link);
    seen->since = redis->setup.since;
    seen->role = redis->setup.role.role;
}


ngx_uint_t
ggi_redis_misfit(const ggi_redis_t *redis)
{
    return redis->setup.misfit;
}


/* Closes the connection, if there is one. What waits for replies is asked again on the next. */
static void
ggi_redis_drop(ggi_redis_t *redis)
{
    ngx_uint_t  ready;

    ready = (redis->state == GGI_REDIS_READY);
    ggi_redis_close(redis);

    if (ready) {
        redis->events->lost(redis->data);
    }

    ggi_redis_commands_fail(&redis->commands, NULL);
}


void
ggi_redis_anew(ggi_redis_t *redis)
{
    if (redis->state != GGI_REDIS_DOWN) {
        ggi_redis_retry_lost(&redis->retry);
        ggi_redis_drop(redis);
    }
}


void
ggi_redis_lead(ggi_redis_t *redis, ggi_redis_node_t *node)
{
    ggi_redis_retry_lead(&redis->retry, node, node ? 1 : 0);

    if (node == NULL) {
        redis->retry.failures = 1;      /* nobody waits for a connection that is not being made */
        redis->events->lost(redis->data);
    }

    ggi_redis_drop(redis);
}


ngx_uint_t
ggi_redis_usable(ggi_redis_t *redis)
{
    return redis->state == GGI_REDIS_READY || redis->retry.failures == 0;
}


void
ggi_redis_retry_soon(ggi_redis_t *redis)
{
    if (redis->state == GGI_REDIS_DOWN) {
        ggi_redis_retry_hasten(&redis->retry);
    }
}


ngx_int_t
ggi_redis_send(ggi_redis_t *redis, int argc, const char **argv,
    const size_t *lens, ggi_redis_reply_pt handler, void *data)
{
    if (redis->state != GGI_REDIS_READY
        || ggi_redis_commands_send(&redis->commands, argc, argv, lens, handler, data) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_redis_link_flush_later(&redis->link);

    return NGX_OK;
}


ngx_int_t
ggi_redis_get(ggi_redis_t *redis, ggi_str_t key, ggi_redis_reply_pt handler,
    void *data)
{
    size_t       lens[2] = { 3, key.len };
    const char  *argv[2] = { "GET", key.data };

    if (ggi_redis_send(redis, 2, argv, lens, handler, data) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_redis_commands_tell_last(&redis->commands);
    ggi_metric_add(redis->conf->kind->metrics.gets, 1);

    return NGX_OK;
}


void
ggi_redis_stop(ggi_redis_t *redis)
{
    ggi_redis_close(redis);
    ggi_redis_retry_stop(&redis->retry);

    redis->retry.failures = 1;                /* nobody waits for another connection */
    ggi_redis_commands_fail(&redis->commands, NULL);
    ggi_redis_link_free(&redis->link);
    ngx_free(redis);
}
