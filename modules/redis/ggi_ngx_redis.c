/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The state of a client: down, connecting, in its set-up, ready. Whatever fails
 * comes together in ggi_redis_end(), which closes the link and decides when the
 * next attempt begins.
 */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis.h"
#include "ggi_ngx_redis_retry.h"


#define GGI_REDIS_HEARTBEAT  1000       /* ms between two PINGs */


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
    const char                 *channel;        /* NULL: it subscribes to none */

    ggi_redis_state_e           state;
    ggi_redis_retry_t           retry;
    ggi_redis_link_t            link;
    ggi_redis_commands_t        commands;
    ngx_event_t                 heartbeat;

    ggi_redis_log_t             log;
    char                        words[GGI_REDIS_WORDS_LEN];  /* the last error in the set-up */
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

    ggi_metric_add(redis->conf->kind->metrics.failures, 1);

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


/* Ends the connection when a reply is an error, and logs its words. Returns 1 then, 0 otherwise. */
static ngx_uint_t
ggi_redis_refused(ggi_redis_t *redis, const ggi_reply_t *reply)
{
    char  words[GGI_REDIS_WORDS_LEN];

    if (reply->type != GGI_REPLY_ERROR) {
        return 0;
    }

    ggi_redis_printable(words, sizeof(words), reply->data, reply->len,
                        &redis->conf->url);
    ggi_redis_fail(redis, "refuses", words);

    return 1;
}


/* The handler of a command that the server may not refuse. */
static void
ggi_redis_expect_ok(void *data, const ggi_reply_t *reply)
{
    if (reply) {
        (void) ggi_redis_refused(data, reply);
    }
}


/*
 * The handler of a command that the server may refuse. A server that is full
 * answers the first command with an error, whatever it was, and closes: its words
 * are kept until then.
 */
static void
ggi_redis_expect_anything(void *data, const ggi_reply_t *reply)
{
    ggi_redis_t *redis = data;

    if (reply && reply->type == GGI_REPLY_ERROR
        && redis->state == GGI_REDIS_SETUP)
    {
        ggi_redis_printable(redis->words, sizeof(redis->words), reply->data,
                            reply->len, &redis->conf->url);
    }
}


/* The handler of the last command of the set-up. */
static void
ggi_redis_setup_done(void *data, const ggi_reply_t *reply)
{
    ggi_redis_t *redis = data;

    if (reply == NULL || ggi_redis_refused(redis, reply)) {
        return;
    }

    ggi_redis_log_back(&redis->log);
    ggi_redis_retry_worked(&redis->retry);
    redis->state = GGI_REDIS_READY;
    redis->words[0] = '\0';

    ngx_add_timer(&redis->heartbeat, GGI_REDIS_HEARTBEAT);

    redis->events->ready(redis->data);
}


/* Sends a command of the client itself: one to three words, NULL for those that are not there. */
static ngx_int_t
ggi_redis_send_words(ggi_redis_t *redis, ggi_redis_reply_pt handler,
    const char *one, const char *two, const char *three)
{
    int           argc;
    size_t        lens[3];
    const char   *argv[3] = { one, two, three };

    for (argc = 0; argc < 3 && argv[argc]; argc++) {
        lens[argc] = ngx_strlen(argv[argc]);
    }

    return ggi_redis_commands_send(&redis->commands, argc, argv, lens,
                                   handler, redis);
}


/*
 * The link is open: sends all that a new connection is told, in one go. The reply
 * to the last command makes the client ready.
 */
static void
ggi_redis_set_up(void *data)
{
    char              db[16], name[32];
    ngx_int_t         rc;
    ggi_redis_t      *redis = data;
    ggi_redis_url_t  *url;

    url = &redis->conf->url;
    redis->state = GGI_REDIS_SETUP;
    rc = NGX_OK;

    ngx_memzero(db, sizeof(db));
    ngx_memzero(name, sizeof(name));
    ngx_sprintf((u_char *) db, "%d", url->db);
    ngx_sprintf((u_char *) name, "ggi-gate-%P", ngx_pid);

    if (url->password.len) {
        rc |= url->user.len
              ? ggi_redis_send_words(redis, ggi_redis_expect_ok, "AUTH",
                                     url->user.data, url->password.data)
              : ggi_redis_send_words(redis, ggi_redis_expect_ok, "AUTH",
                                     url->password.data, NULL);
    }

    rc |= ggi_redis_send_words(redis, ggi_redis_expect_anything, "CLIENT",
                               "SETNAME", name);

    if (redis->channel) {
        rc |= ggi_redis_send_words(redis, ggi_redis_setup_done, "SUBSCRIBE",
                                   redis->channel, NULL);
    } else {
        rc |= ggi_redis_send_words(redis, ggi_redis_setup_done, "SELECT", db,
                                   NULL);
    }

    if (rc != NGX_OK) {
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

    ggi_metric_set(redis->conf->kind->metrics.answered, ngx_current_msec / 1000);

    if (redis->channel && ggi_reply_is_message(reply)) {
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

    if (fault->closed && redis->words[0]) {
        ggi_redis_fail(redis, "refuses", redis->words);

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
    redis->words[0] = '\0';

    ggi_redis_link_connect(&redis->link, ggi_redis_retry_addr(&redis->retry));

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

    if (!ggi_redis_commands_empty(&redis->commands)) {
        return;                         /* their replies show that the server lives */
    }

    if (ggi_redis_send_words(redis, redis->channel ? ggi_redis_expect_ok
                                                   : ggi_redis_expect_anything,
                             "PING", NULL, NULL)
        != NGX_OK)
    {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    ggi_redis_link_flush(&redis->link);
}


ggi_redis_t *
ggi_redis_start(ggi_redis_conf_t *conf, const char *channel,
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
    redis->channel = channel;

    redis->heartbeat.handler = ggi_redis_heartbeat_handler;
    redis->heartbeat.data = redis;
    redis->heartbeat.log = log;
    redis->heartbeat.cancelable = 1;    /* it does not hold a worker that shuts down */

    ggi_redis_log_init(&redis->log, conf, log);
    ggi_redis_link_init(&redis->link, conf, &redis->log,
                        &ggi_redis_link_events, redis);
    ggi_redis_commands_init(&redis->commands, &redis->link, conf->timeout,
                            ggi_redis_timeout_handler, redis);
    ggi_redis_retry_init(&redis->retry, conf, ggi_redis_connect_handler, redis,
                         log);

    return redis;
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
ggi_redis_get(ggi_redis_t *redis, ggi_str_t key, ggi_redis_reply_pt handler,
    void *data)
{
    size_t       lens[2];
    const char  *argv[2];

    if (redis->state != GGI_REDIS_READY) {
        return NGX_ERROR;
    }

    argv[0] = "GET";
    lens[0] = 3;
    argv[1] = key.data;
    lens[1] = key.len;

    if (ggi_redis_commands_send(&redis->commands, 2, argv, lens, handler, data)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_metric_add(redis->conf->kind->metrics.gets, 1);
    ggi_redis_link_flush_later(&redis->link);

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
