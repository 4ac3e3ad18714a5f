/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_limit.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis.h"
#include "ggi_redis_keys.h"
#include "ggi_redis_words.h"


#define GGI_REDIS_BACKOFF      100      /* ms before the first new attempt that nobody waits for */
#define GGI_REDIS_BACKOFF_MAX  5000
#define GGI_REDIS_SPACING      100      /* ms between the beginnings of two attempts, at the least */
#define GGI_REDIS_HEARTBEAT    1000     /* ms between two PINGs */
#define GGI_REDIS_BUFFER       16384


typedef enum {
    GGI_REDIS_DOWN,                     /* waits for its next attempt */
    GGI_REDIS_CONNECTING,
    GGI_REDIS_SETUP,                    /* AUTH and the like are to be answered */
    GGI_REDIS_READY
} ggi_redis_state_e;


typedef struct {
    ngx_queue_t          queue;
    ggi_redis_reply_pt   handler;
    void                *data;
    ngx_msec_t           sent;
} ggi_redis_command_t;


struct ggi_redis_s {
    ggi_redis_conf_t           *conf;
    const ggi_redis_events_t   *events;
    void                       *data;
    ngx_uint_t                  subscriber;

    ggi_redis_state_e           state;
    ngx_uint_t                  failures;       /* attempts over all addresses, since it was ready last */
    ngx_uint_t                  addr;           /* the one in use */
    ngx_uint_t                  tried;          /* addresses that failed in this attempt */
    ngx_msec_t                  attempted;      /* when it began */
    ngx_peer_connection_t       peer;
    ggi_redis_reader_t          reader;
    ngx_queue_t                 commands;       /* of ggi_redis_command_t, in the order of their replies */

    u_char                     *out;            /* to be sent */
    size_t                      out_len;
    size_t                      out_size;

    ngx_event_t                 retry;
    ngx_event_t                 timer;          /* of the oldest command */
    ngx_event_t                 heartbeat;
    ngx_log_t                  *log;

    ngx_log_t                   heard_log;      /* of the connection: nginx's own messages go to heard */
    char                        heard[GGI_REDIS_WORDS_LEN];
    char                        words[GGI_REDIS_WORDS_LEN];     /* the server's last error in the set-up */
    ggi_limit_t                 lost_limit;     /* of messages that a connection was lost */
    ggi_limit_t                 attempt_limit;  /* of messages that an attempt failed */
    uint64_t                    left_out;       /* of those, before the attempt that is told of */
    const ggi_reply_t          *outcome;        /* of the oldest command when the connection ends; NULL: none */
    ngx_uint_t                  loud;           /* this attempt is told of */
    ngx_uint_t                  told;           /* that the server is away */
};


static void ggi_redis_connect(ggi_redis_t *redis);
static void ggi_redis_connected(ggi_redis_t *redis);
static void ggi_redis_fail(ggi_redis_t *redis, const char *what,
    const char *detail);
static void ggi_redis_hear(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len);
static void ggi_redis_read_handler(ngx_event_t *ev);
static void ggi_redis_write_handler(ngx_event_t *ev);


static const ggi_reply_t  ggi_redis_too_large = {
    .type = GGI_REPLY_TOO_LARGE
};

static const ggi_reply_t  ggi_redis_no_reply = {
    .type = GGI_REPLY_BROKEN
};


/* Queues a command: what the server is told, and who gets its reply. */
static ngx_int_t
ggi_redis_queue(ggi_redis_t *redis, int argc, const char **argv,
    const size_t *lens, ggi_redis_reply_pt handler, void *data)
{
    int                   len;
    char                 *text;
    u_char               *out;
    size_t                size;
    ggi_redis_command_t  *command;

    command = ngx_alloc(sizeof(ggi_redis_command_t), redis->log);
    if (command == NULL) {
        return NGX_ERROR;
    }

    len = redisFormatCommandArgv(&text, argc, argv, lens);

    if (len < 0) {
        ngx_free(command);
        return NGX_ERROR;
    }

    if (redis->out_len + (size_t) len > redis->out_size) {
        size = 2 * (redis->out_len + (size_t) len) + GGI_REDIS_BUFFER;
        out = ngx_alloc(size, redis->log);

        if (out == NULL) {
            redisFreeCommand(text);
            ngx_free(command);
            return NGX_ERROR;
        }

        if (redis->out_len) {
            ngx_memcpy(out, redis->out, redis->out_len);
        }

        ngx_free(redis->out);
        redis->out = out;
        redis->out_size = size;
    }

    ngx_memcpy(redis->out + redis->out_len, text, (size_t) len);
    redis->out_len += (size_t) len;
    redisFreeCommand(text);

    command->handler = handler;
    command->data = data;
    command->sent = ngx_current_msec;
    ngx_queue_insert_tail(&redis->commands, &command->queue);

    if (!redis->timer.timer_set) {
        ngx_add_timer(&redis->timer, redis->conf->timeout);
    }

    return NGX_OK;
}


/* Sends what waits; what does not fit goes when the socket can take it. */
static void
ggi_redis_flush(ggi_redis_t *redis)
{
    ssize_t            n;
    ngx_connection_t  *c;

    c = redis->peer.connection;

    while (redis->out_len) {
        n = c->send(c, redis->out, redis->out_len);

        if (n == NGX_ERROR || n == 0) {
            ggi_redis_fail(redis, "cannot be written to:", redis->heard);
            return;
        }

        if (n == NGX_AGAIN) {
            break;
        }

        redis->out_len -= (size_t) n;
        ngx_memmove(redis->out, redis->out + n, redis->out_len);
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ggi_redis_fail(redis, "cannot be written to", "");
    }
}


/* Ends the connection when the server's reply is an error, and logs its words. Returns 1 then. */
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


static void
ggi_redis_expect_ok(void *data, const ggi_reply_t *reply)
{
    if (reply) {
        (void) ggi_redis_refused(data, reply);
    }
}


/*
 * For a command that may be refused. A server that is full answers the first
 * command with an error, whatever it was, and closes: its words are kept until
 * then.
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


static void
ggi_redis_set_up(void *data, const ggi_reply_t *reply)
{
    ggi_redis_t *redis = data;

    if (reply == NULL || ggi_redis_refused(redis, reply)) {
        return;
    }

    if (redis->told) {
        ngx_log_error(NGX_LOG_NOTICE, redis->log, 0, "redis %V is back",
                      &redis->conf->name);
    }

    redis->state = GGI_REDIS_READY;
    redis->failures = 0;
    redis->tried = 0;
    redis->told = 0;
    redis->words[0] = '\0';

    ngx_add_timer(&redis->heartbeat, GGI_REDIS_HEARTBEAT);

    redis->events->ready(redis->data);
}


static ngx_int_t
ggi_redis_say(ggi_redis_t *redis, ggi_redis_reply_pt handler, const char *one,
    const char *two, const char *three)
{
    int           argc;
    size_t        lens[3];
    const char   *argv[3] = { one, two, three };

    for (argc = 0; argc < 3 && argv[argc]; argc++) {
        lens[argc] = ngx_strlen(argv[argc]);
    }

    return ggi_redis_queue(redis, argc, argv, lens, handler, redis);
}


/* All that a new connection has to be told, pipelined; the last reply makes it ready. */
static void
ggi_redis_introduce(ggi_redis_t *redis)
{
    char              db[16], name[32];
    ngx_int_t         rc;
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
              ? ggi_redis_say(redis, ggi_redis_expect_ok, "AUTH",
                              url->user.data, url->password.data)
              : ggi_redis_say(redis, ggi_redis_expect_ok, "AUTH",
                              url->password.data, NULL);
    }

    rc |= ggi_redis_say(redis, ggi_redis_expect_anything, "CLIENT", "SETNAME",
                        name);

    if (redis->subscriber) {
        rc |= ggi_redis_say(redis, ggi_redis_set_up, "SUBSCRIBE",
                            GGI_REDIS_CHANNEL, NULL);
    } else {
        rc |= ggi_redis_say(redis, ggi_redis_set_up, "SELECT", db, NULL);
    }

    if (rc != NGX_OK) {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    ggi_redis_flush(redis);
}


/* Hands a reply to the oldest command. Returns 0 when the connection is gone afterwards. */
static ngx_uint_t
ggi_redis_dispatch(ggi_redis_t *redis, ggi_reply_t *reply)
{
    char                  words[GGI_REDIS_WORDS_LEN];
    ngx_queue_t          *q;
    ngx_msec_int_t        left;
    ngx_connection_t     *c;
    ggi_redis_command_t  *command, *next;

    ggi_metric_set(GGI_METRIC_REDIS_ANSWERED, ngx_current_msec / 1000);

    if (redis->subscriber && ggi_reply_is_message(reply)) {
        redis->events->message(redis->data, reply->elements[2]);
        ggi_reply_free(reply);
        return 1;
    }

    if (ngx_queue_empty(&redis->commands)) {
        words[0] = '\0';

        if (reply->type == GGI_REPLY_ERROR) {
            ggi_redis_printable(words, sizeof(words), reply->data, reply->len,
                            &redis->conf->url);
        }

        ggi_reply_free(reply);
        ggi_redis_fail(redis, "says what it was not asked", words);
        return 0;
    }

    q = ngx_queue_head(&redis->commands);
    ngx_queue_remove(q);
    command = ngx_queue_data(q, ggi_redis_command_t, queue);

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    if (!ngx_queue_empty(&redis->commands)) {
        q = ngx_queue_head(&redis->commands);
        next = ngx_queue_data(q, ggi_redis_command_t, queue);
        left = (ngx_msec_int_t) (next->sent + redis->conf->timeout
                                 - ngx_current_msec);
        ngx_add_timer(&redis->timer, left > 0 ? (ngx_msec_t) left : 1);
    }

    c = redis->peer.connection;
    command->handler(command->data, reply);
    ngx_free(command);
    ggi_reply_free(reply);

    return redis->peer.connection == c;
}


/*
 * Ends a connection whose next reply cannot be read: the command that it is the
 * reply to gets the outcome, since another attempt would end alike; those behind
 * it hear that the connection was lost.
 */
static void
ggi_redis_broken(ggi_redis_t *redis, const ggi_reply_t *outcome,
    const char *what, const char *detail)
{
    redis->outcome = outcome;
    ggi_redis_fail(redis, what, detail);
}


/* Ends a connection that the server closed: n is 0, or NGX_ERROR for an error that nginx told of. */
static void
ggi_redis_closed(ggi_redis_t *redis, ssize_t n)
{
    if (redis->words[0]) {
        ggi_redis_fail(redis, "refuses", redis->words);

    } else if (redis->reader.pending) {
        ggi_redis_broken(redis, &ggi_redis_no_reply,
                         "has closed the connection amid a reply", "");

    } else if (n == NGX_ERROR) {
        ggi_redis_fail(redis, "has closed the connection:", redis->heard);

    } else {
        ggi_redis_fail(redis, "has closed the connection", "");
    }
}


static void
ggi_redis_read_handler(ngx_event_t *ev)
{
    char               words[GGI_REDIS_WORDS_LEN];
    u_char             buf[GGI_REDIS_BUFFER];
    ssize_t            n;
    ggi_redis_t       *redis;
    ggi_reply_t       *reply;
    ngx_connection_t  *c;

    c = ev->data;
    redis = c->data;

    /* an attempt that fails is told by an event of reading as well */

    if (redis->state == GGI_REDIS_CONNECTING) {
        ggi_redis_connected(redis);

        if (redis->state != GGI_REDIS_SETUP) {
            return;
        }
    }

    for ( ;; ) {
        n = c->recv(c, buf, sizeof(buf));

        if (n == NGX_AGAIN) {
            break;
        }

        if (n <= 0) {
            ggi_redis_closed(redis, n);
            return;
        }

        if (!ggi_redis_reader_feed(&redis->reader, (char *) buf, (size_t) n)) {
            ggi_redis_broken(redis, &ggi_redis_too_large,
                             "sends too large a reply", "");
            return;
        }

        for ( ;; ) {
            if (!ggi_redis_reader_next(&redis->reader, &reply)) {
                ggi_redis_printable(words, sizeof(words),
                                redis->reader.reader->errstr,
                                ngx_strlen(redis->reader.reader->errstr),
                                &redis->conf->url);
                ggi_redis_broken(redis, &ggi_redis_no_reply,
                                 "does not speak RESP", words);
                return;
            }

            if (reply == NULL) {
                break;
            }

            if (!ggi_redis_dispatch(redis, reply)) {
                return;
            }
        }
    }

    if (ngx_handle_read_event(c->read, 0) != NGX_OK) {
        ggi_redis_fail(redis, "cannot be read from", "");
    }
}


static void
ggi_redis_timeout_handler(ngx_event_t *ev)
{
    const char   *what;
    ggi_redis_t  *redis = ev->data;

    what = "does not answer in time";

    if (redis->state == GGI_REDIS_CONNECTING) {
        what = "cannot be connected to in time";

#if (NGX_SSL)
        if (redis->peer.connection->ssl) {
            what = "does not end the TLS handshake in time";
        }
#endif
    }

    ggi_redis_fail(redis, what, "");
}


static void
ggi_redis_heartbeat_handler(ngx_event_t *ev)
{
    ggi_redis_t *redis = ev->data;

    if (redis->state != GGI_REDIS_READY) {
        return;
    }

    ngx_add_timer(ev, GGI_REDIS_HEARTBEAT);

    if (!ngx_queue_empty(&redis->commands)) {
        return;                         /* their replies show that the server lives */
    }

    if (ggi_redis_say(redis, redis->subscriber ? ggi_redis_expect_ok
                                               : ggi_redis_expect_anything,
                      "PING", NULL, NULL)
        != NGX_OK)
    {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    ggi_redis_flush(redis);
}


#if (NGX_SSL)

static void
ggi_redis_handshake_handler(ngx_connection_t *c)
{
    long          rc;
    ggi_redis_t  *redis;

    redis = c->data;

    if (!c->ssl->handshaked) {
        ggi_redis_fail(redis, "fails in the TLS handshake:", redis->heard);
        return;
    }

    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc != X509_V_OK) {
        ggi_redis_fail(redis, rc == X509_V_ERR_HOSTNAME_MISMATCH
                              || rc == X509_V_ERR_IP_ADDRESS_MISMATCH
                              ? "has a certificate of another name:"
                              : "has a certificate that does not verify:",
                       X509_verify_cert_error_string(rc));
        return;
    }

    c->read->handler = ggi_redis_read_handler;
    c->write->handler = ggi_redis_write_handler;

    ggi_redis_introduce(redis);
}


/*
 * Tells OpenSSL whose certificate is expected, and the server under which name
 * it is called; RFC 6066 knows no such name for an address. 0: no memory.
 */
static ngx_uint_t
ggi_redis_expect_server(SSL *ssl, ggi_redis_url_t *url)
{
    return ggi_redis_tls_expect(SSL_get0_param(ssl), url)
           && (url->address[0]
               || SSL_set_tlsext_host_name(ssl, url->host.data));
}


static void
ggi_redis_handshake(ggi_redis_t *redis)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = redis->peer.connection;

    if (ngx_ssl_create_connection(redis->conf->ssl, c,
                                  NGX_SSL_BUFFER|NGX_SSL_CLIENT)
        != NGX_OK
        || !ggi_redis_expect_server(c->ssl->connection, &redis->conf->url))
    {
        ggi_redis_fail(redis, "cannot be spoken to over TLS:", redis->heard);
        return;
    }

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ggi_redis_handshake_handler;
        return;
    }

    ggi_redis_handshake_handler(c);
}

#endif


static void
ggi_redis_connected(ggi_redis_t *redis)
{
    int                error;
    socklen_t          len;
    ngx_connection_t  *c;

    c = redis->peer.connection;
    error = 0;
    len = sizeof(int);

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &error, &len) == -1) {
        error = ngx_socket_errno;
    }

    if (error) {
        ggi_redis_fail(redis, "cannot be connected to:", strerror(error));
        return;
    }

#if (NGX_SSL)
    if (redis->conf->ssl) {
        ggi_redis_handshake(redis);
        return;
    }
#endif

    ggi_redis_introduce(redis);
}


static void
ggi_redis_write_handler(ngx_event_t *ev)
{
    ggi_redis_t       *redis;
    ngx_connection_t  *c;

    c = ev->data;
    redis = c->data;

    if (redis->state == GGI_REDIS_CONNECTING) {
#if (NGX_SSL)
        if (c->ssl) {
            return;
        }
#endif
        ggi_redis_connected(redis);
        return;
    }

    ggi_redis_flush(redis);
}


static void
ggi_redis_close(ggi_redis_t *redis)
{
    ngx_pool_t        *pool;
    ngx_connection_t  *c;

    c = redis->peer.connection;
    redis->peer.connection = NULL;
    redis->state = GGI_REDIS_DOWN;
    redis->out_len = 0;

    if (c) {
        pool = c->pool;
#if (NGX_SSL)
        if (c->ssl) {
            c->ssl->no_wait_shutdown = 1;
            c->ssl->no_send_shutdown = 1;
            (void) ngx_ssl_shutdown(c);
        }
#endif
        ngx_close_connection(c);
        ngx_destroy_pool(pool);
    }

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    if (redis->heartbeat.timer_set) {
        ngx_del_timer(&redis->heartbeat);
    }
}


/*
 * Tells all that wait for a reply that there will be none, the first of them
 * the outcome unless it is NULL. Handlers may send anew, which is for the next
 * connection then.
 */
static void
ggi_redis_disappoint(ngx_queue_t *commands, const ggi_reply_t *outcome)
{
    ngx_queue_t           all, *q;
    ggi_redis_command_t  *command;

    ngx_queue_init(&all);

    if (!ngx_queue_empty(commands)) {
        ngx_queue_add(&all, commands);
        ngx_queue_init(commands);
    }

    while (!ngx_queue_empty(&all)) {
        q = ngx_queue_head(&all);
        ngx_queue_remove(q);
        command = ngx_queue_data(q, ggi_redis_command_t, queue);
        command->handler(command->data, outcome);
        ngx_free(command);
        outcome = NULL;
    }
}


/* Logs what is wrong with the server, its words or nginx's, and how often that was passed over. */
static void
ggi_redis_log(ggi_redis_t *redis, ngx_uint_t level, const char *what,
    const char *detail)
{
    u_char       more[64], *p;
    ngx_str_t   *addr, none = ngx_null_string;
    ngx_uint_t   named;

    /* a host name may have several addresses: it matters which one it was */
    named = redis->peer.name && redis->conf->url.host.len
            && !redis->conf->url.address[0];
    addr = named ? redis->peer.name : &none;

    p = more;
    if (redis->left_out) {
        p = ngx_snprintf(more, sizeof(more), " (and %uL times more)",
                         redis->left_out);
        redis->left_out = 0;
    }

    ngx_log_error(level, redis->log, 0, "redis %V%s%V%s %s %s%*s",
                  &redis->conf->name, named ? " (" : "", addr,
                  named ? ")" : "", what, detail, (size_t) (p - more), more);
}


/* Begins to connect after so many ms. */
static void
ggi_redis_schedule(ggi_redis_t *redis, ngx_msec_t delay)
{
    if (redis->retry.timer_set) {
        ngx_del_timer(&redis->retry);
    }

    ngx_add_timer(&redis->retry, delay);
}


/* The ms until an attempt may begin: no server is asked too often, however many calls wait for it. */
static ngx_msec_t
ggi_redis_spacing(ggi_redis_t *redis)
{
    ngx_msec_t      spacing;
    ngx_msec_int_t  left;

    spacing = ngx_min(GGI_REDIS_SPACING, redis->conf->timeout / 4);
    left = (ngx_msec_int_t) (redis->attempted + spacing - ngx_current_msec);

    return left > 0 ? (ngx_msec_t) left : 0;
}


/*
 * A connection that worked was lost, as when Redis restarts or closes idle
 * ones: a new one is made at once, and what waits goes out on it.
 */
static void
ggi_redis_lost(ggi_redis_t *redis, const char *what, const char *detail)
{
    if (ggi_limit_pass(&redis->lost_limit, ngx_current_msec,
                       &redis->left_out))
    {
        ggi_redis_log(redis, ngx_queue_empty(&redis->commands)
                             ? NGX_LOG_WARN : NGX_LOG_ERR, what, detail);
    }

    ggi_redis_close(redis);
    ggi_redis_schedule(redis, ggi_redis_spacing(redis));
}


/* An attempt to connect failed: goes on with the next address at once, and from the last one after a while. */
static ngx_uint_t
ggi_redis_missed(ggi_redis_t *redis, const char *what, const char *detail)
{
    ngx_msec_t  backoff;

    if (redis->tried == 0) {
        redis->loud = ggi_limit_pass(&redis->attempt_limit, ngx_current_msec,
                                     &redis->left_out);
    }

    if (redis->loud) {
        ggi_redis_log(redis, NGX_LOG_ERR, what, detail);
    }

    ggi_redis_close(redis);
    redis->addr++;
    redis->tried++;

    if (redis->tried < redis->conf->naddrs) {
        ggi_redis_schedule(redis, 0);
        return 0;
    }

    backoff = (ngx_msec_t) GGI_REDIS_BACKOFF
              << ngx_min(redis->failures, (ngx_uint_t) 6);
    backoff = ngx_min(backoff, (ngx_msec_t) GGI_REDIS_BACKOFF_MAX);

    /* jitter: the workers of many gateways shall not come back in step */
    ggi_redis_schedule(redis, backoff / 2 + (ngx_msec_t) ngx_random() % backoff);

    redis->told |= redis->loud;
    redis->tried = 0;
    redis->failures++;

    return 1;
}


static void
ggi_redis_fail(ggi_redis_t *redis, const char *what, const char *detail)
{
    ngx_uint_t          over;
    const ggi_reply_t  *outcome;

    ggi_metric_add(GGI_METRIC_REDIS_FAILURES, 1);

    over = 1;
    /* the commands of the set-up are not sent once more, and want no outcome */
    outcome = redis->state == GGI_REDIS_READY ? redis->outcome : NULL;
    redis->outcome = NULL;

    if (redis->state == GGI_REDIS_READY) {
        ggi_redis_lost(redis, what, detail);

    } else {
        over = ggi_redis_missed(redis, what, detail);
    }

    if (over) {
        redis->events->lost(redis->data);
    }

    ggi_redis_disappoint(&redis->commands, outcome);
}


static void
ggi_redis_retry_handler(ngx_event_t *ev)
{
    ggi_redis_connect(ev->data);
}


static void
ggi_redis_connect(ggi_redis_t *redis)
{
    ngx_int_t               rc;
    ngx_addr_t             *addr;
    ngx_connection_t       *c;
    ngx_peer_connection_t  *peer;

    peer = &redis->peer;
    ngx_memzero(peer, sizeof(ngx_peer_connection_t));

    addr = &redis->conf->addrs[redis->addr % redis->conf->naddrs];
    peer->sockaddr = addr->sockaddr;
    peer->socklen = addr->socklen;
    peer->name = &addr->name;
    peer->get = ngx_event_get_peer;
    peer->log = &redis->heard_log;
    peer->log_error = NGX_ERROR_ERR;

    redis->state = GGI_REDIS_CONNECTING;
    redis->heard[0] = '\0';
    redis->words[0] = '\0';

    if (redis->tried == 0) {
        redis->attempted = ngx_current_msec;
    }

    ggi_redis_reader_free(&redis->reader);
    if (!ggi_redis_reader_create(&redis->reader)) {
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    rc = ngx_event_connect_peer(peer);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        ggi_redis_fail(redis, "cannot be connected to:", redis->heard);
        return;
    }

    c = peer->connection;
    c->data = redis;
    c->log = peer->log;
    c->read->log = peer->log;
    c->write->log = peer->log;
    c->read->handler = ggi_redis_read_handler;
    c->write->handler = ggi_redis_write_handler;

    c->pool = ngx_create_pool(512, redis->log);
    if (c->pool == NULL) {
        ngx_close_connection(c);
        peer->connection = NULL;
        ggi_redis_fail(redis, "cannot be used", "no memory");
        return;
    }

    if (rc == NGX_OK) {
        ggi_redis_connected(redis);
        return;
    }

    ngx_add_timer(&redis->timer, redis->conf->timeout);
}


/*
 * Keeps what nginx itself says of the connection, without its time and process,
 * for the message that names the server. An alert goes to the log as it is.
 */
static void
ggi_redis_hear(ngx_log_t *log, ngx_uint_t level, u_char *buf, size_t len)
{
    u_char       *text;
    ggi_redis_t  *redis = log->wdata;

    while (len && (buf[len - 1] == LF || buf[len - 1] == CR)) {
        len--;
    }

    text = ngx_strlcasestrn(buf, buf + len, (u_char *) ": ", 2 - 1);

    if (text) {
        text += 2;
        len -= (size_t) (text - buf);
        buf = text;
    }

    ggi_redis_printable(redis->heard, sizeof(redis->heard), (char *) buf, len,
                    &redis->conf->url);

    if (level <= NGX_LOG_ALERT) {
        ngx_log_error(level, redis->log, 0, "redis %V: %s", &redis->conf->name,
                      redis->heard);
    }
}


ggi_redis_t *
ggi_redis_start(ggi_redis_conf_t *conf, ngx_uint_t subscriber,
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
    redis->subscriber = subscriber;
    redis->log = log;
    ngx_queue_init(&redis->commands);

    redis->retry.handler = ggi_redis_retry_handler;
    redis->timer.handler = ggi_redis_timeout_handler;
    redis->heartbeat.handler = ggi_redis_heartbeat_handler;
    redis->retry.data = redis;
    redis->timer.data = redis;
    redis->heartbeat.data = redis;
    redis->retry.log = log;
    redis->timer.log = log;
    redis->heartbeat.log = log;

    /* none of them holds a worker that shuts down: a call that waits has a timer of its own */
    redis->retry.cancelable = 1;
    redis->timer.cancelable = 1;
    redis->heartbeat.cancelable = 1;

    redis->heard_log.log_level = NGX_LOG_INFO;
    redis->heard_log.writer = ggi_redis_hear;
    redis->heard_log.wdata = redis;

    ggi_redis_schedule(redis, 0);

    return redis;
}


ngx_uint_t
ggi_redis_usable(ggi_redis_t *redis)
{
    return redis->state == GGI_REDIS_READY || redis->failures == 0;
}


void
ggi_redis_hurry(ggi_redis_t *redis)
{
    ngx_msec_t  delay;

    if (redis->state != GGI_REDIS_DOWN || !redis->retry.timer_set) {
        return;
    }

    delay = ggi_redis_spacing(redis);

    if ((ngx_msec_int_t) (redis->retry.timer.key - ngx_current_msec - delay)
        > 0)
    {
        ggi_redis_schedule(redis, delay);
    }
}


ngx_int_t
ggi_redis_get(ggi_redis_t *redis, ggi_str_t oin, ggi_redis_reply_pt handler,
    void *data)
{
    u_char       key[sizeof(GGI_REDIS_KEY_PREFIX) + 32], *p;
    size_t       lens[2];
    const char  *argv[2];

    if (redis->state != GGI_REDIS_READY || oin.len > 32) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(key, GGI_REDIS_KEY_PREFIX, sizeof(GGI_REDIS_KEY_PREFIX) - 1);
    p = ngx_cpymem(p, oin.data, oin.len);

    argv[0] = "GET";
    lens[0] = 3;
    argv[1] = (char *) key;
    lens[1] = (size_t) (p - key);

    if (ggi_redis_queue(redis, 2, argv, lens, handler, data) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_metric_add(GGI_METRIC_REDIS_GETS, 1);

    /* written at the end of this turn, together with the others */
    ngx_post_event(redis->peer.connection->write, &ngx_posted_events);

    return NGX_OK;
}


void
ggi_redis_stop(ggi_redis_t *redis)
{
    ggi_redis_close(redis);

    if (redis->retry.timer_set) {
        ngx_del_timer(&redis->retry);
    }

    redis->failures = 1;                /* nobody waits for another connection */
    ggi_redis_disappoint(&redis->commands, NULL);
    ggi_redis_reader_free(&redis->reader);
    ngx_free(redis->out);
    ngx_free(redis);
}
