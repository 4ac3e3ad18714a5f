/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis_setup.h"


/* What a Sentinel publishes of a failover: that a replica is promoted, then that all follow. */
static const char  ggi_redis_promoted[] = "+promoted-slave";
static const char  ggi_redis_switched[] = "+switch-master";


void
ggi_redis_setup_init(ggi_redis_setup_t *setup, ggi_redis_conf_t *conf,
    ggi_redis_commands_t *commands, const char *channel, ngx_uint_t sentinel,
    const ggi_redis_setup_events_t *events, void *data)
{
    ngx_memzero(setup, sizeof(ggi_redis_setup_t));

    setup->conf = conf;
    setup->commands = commands;
    setup->channel = channel;
    setup->sentinel = sentinel;
    setup->events = events;
    setup->data = data;
}


void
ggi_redis_setup_forget(ggi_redis_setup_t *setup)
{
    setup->over = 0;
    setup->misfit = 0;
    setup->no_role = 0;
    setup->words[0] = '\0';
    ngx_memzero(&setup->role, sizeof(ggi_redis_role_t));
    ngx_memzero(&setup->view, sizeof(ggi_sentinel_view_t));
}


/* Ends the connection when a reply is an error, with its words. Returns 1 then, 0 otherwise. */
static ngx_uint_t
ggi_redis_setup_refused(ggi_redis_setup_t *setup, const ggi_reply_t *reply)
{
    char  words[GGI_REDIS_WORDS_LEN];

    if (reply->type != GGI_REPLY_ERROR) {
        return 0;
    }

    ggi_redis_printable(words, sizeof(words), reply->data, reply->len,
                        &setup->conf->url);
    setup->events->failed(setup->data, "refuses", words);

    return 1;
}


/* The handler of a command that the server may not refuse. */
static void
ggi_redis_setup_expect_ok(void *data, const ggi_reply_t *reply)
{
    if (reply) {
        (void) ggi_redis_setup_refused(data, reply);
    }
}


/*
 * The handler of a command that the server may refuse. A server that is full
 * answers the first command with an error, whatever it was, and closes: its words
 * are kept until then.
 */
static void
ggi_redis_setup_expect_anything(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply && reply->type == GGI_REPLY_ERROR && !setup->over) {
        ggi_redis_printable(setup->words, sizeof(setup->words), reply->data,
                            reply->len, &setup->conf->url);
    }
}


/* The handler of HELLO: an older Redis does not know it. */
static void
ggi_redis_setup_hello(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply) {
        ggi_redis_role_read(&setup->role, reply);
        ggi_redis_setup_expect_anything(data, reply);
    }
}


/* Ends the connection when the role is not that of a server that may serve. Returns 1 then. */
static ngx_uint_t
ggi_redis_setup_unfit(ggi_redis_setup_t *setup)
{
    char         text[GGI_REDIS_ROLE_TEXT_LEN], said[GGI_REDIS_ROLE_TEXT_LEN];
    const char  *fault;

    fault = setup->sentinel ? NULL
                            : ggi_redis_role_fault(&setup->role, &setup->conf->url, text);
    if (fault == NULL) {
        return 0;
    }

    ggi_redis_printable(said, sizeof(said), fault, ngx_strlen(fault), &setup->conf->url);
    setup->misfit = 1;
    setup->events->failed(setup->data, said, "");

    return 1;
}


/* Reads the reply to ROLE. */
static void
ggi_redis_setup_role_read(ggi_redis_setup_t *setup, const ggi_reply_t *reply)
{
    ggi_redis_role_read(&setup->role, reply);

    if (reply->type == GGI_REPLY_ERROR) {
        setup->no_role = 1;             /* each refusal would be noted in the log of the ACL */
    }
}


/* The handler of ROLE in the set-up, at whose end the role is judged. */
static void
ggi_redis_setup_role(void *data, const ggi_reply_t *reply)
{
    if (reply) {
        ggi_redis_setup_role_read(data, reply);
        ggi_redis_setup_expect_anything(data, reply);
    }
}


/* Notes that the one server of the URL may serve: which one is the master is known by that. */
static void
ggi_redis_setup_known(const ggi_redis_setup_t *setup)
{
    if (setup->conf->url.kind == GGI_REDIS_SERVER) {
        ggi_metric_set(setup->conf->kind->metrics.topology, ngx_current_msec / 1000);
    }
}


/* The handler of the last question of a heartbeat. */
static void
ggi_redis_setup_beaten(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply == NULL) {
        return;
    }

    if (setup->no_role) {
        ggi_redis_setup_hello(setup, reply);

    } else {
        ggi_redis_setup_role_read(setup, reply);
    }

    if (!ggi_redis_setup_unfit(setup)) {
        ggi_redis_setup_known(setup);
    }
}


/* The handler of the question where the master is. */
static void
ggi_redis_setup_master(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply == NULL || ggi_redis_setup_refused(setup, reply)) {
        return;
    }

    if (!ggi_sentinel_read_master(&setup->view, reply)) {
        setup->events->failed(setup->data, "knows no master with this name", "");
    }
}


/* The handler of the question for all that a Sentinel knows of the master. */
static void
ggi_redis_setup_epoch(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply && !ggi_redis_setup_refused(setup, reply)) {
        (void) ggi_sentinel_read_epoch(&setup->view, reply);
    }
}


/* Notes since when the server is the one in use: a new connection to it begins nothing. */
static void
ggi_redis_setup_note(ggi_redis_setup_t *setup)
{
    const ngx_str_t  *addr;

    addr = ggi_redis_link_addr(setup->commands->link);

    if (addr->len == setup->server.len
        && ngx_memcmp(addr->data, setup->name, addr->len) == 0)
    {
        return;
    }

    setup->server.data = setup->name;
    setup->server.len = ngx_min(addr->len, sizeof(setup->name));
    ngx_memcpy(setup->name, addr->data, setup->server.len);
    setup->since = ngx_time();
}


/* The handler of the last command of the set-up. */
static void
ggi_redis_setup_done(void *data, const ggi_reply_t *reply)
{
    ggi_redis_setup_t *setup = data;

    if (reply == NULL || ggi_redis_setup_refused(setup, reply)
        || ggi_redis_setup_unfit(setup))
    {
        return;
    }

    ggi_redis_setup_note(setup);
    ggi_redis_setup_known(setup);
    setup->over = 1;
    setup->words[0] = '\0';
    setup->events->done(setup->data);
}


/* Sends a command: one to three words, NULL for those that are not there. */
static ngx_int_t
ggi_redis_setup_send(ggi_redis_setup_t *setup, ggi_redis_reply_pt handler,
    const char *one, const char *two, const char *three)
{
    int           argc;
    size_t        lens[3];
    const char   *argv[3] = { one, two, three };

    for (argc = 0; argc < 3 && argv[argc]; argc++) {
        lens[argc] = ngx_strlen(argv[argc]);
    }

    return ggi_redis_commands_send(setup->commands, argc, argv, lens, handler, setup);
}


/*
 * Writes user and password, if there is a password. Returns NGX_OK, or NGX_ERROR without memory.
 * Those of a Sentinel are its own.
 */
static ngx_int_t
ggi_redis_setup_auth(ggi_redis_setup_t *setup)
{
    const ggi_str_t        *user, *password;
    const ggi_redis_url_t  *url;

    url = &setup->conf->url;
    user = setup->sentinel ? &url->sentinel_user : &url->user;
    password = setup->sentinel ? &url->sentinel_password : &url->password;

    if (password->len == 0) {
        return NGX_OK;
    }

    return user->len
           ? ggi_redis_setup_send(setup, ggi_redis_setup_expect_ok, "AUTH", user->data,
                                  password->data)
           : ggi_redis_setup_send(setup, ggi_redis_setup_expect_ok, "AUTH", password->data, NULL);
}


/*
 * Asks a Sentinel for the master, and subscribes to what it publishes of failovers. A Sentinel
 * answers all of this in one turn, so that no failover comes between. Returns NGX_OK, or NGX_ERROR
 * without memory.
 */
static ngx_int_t
ggi_redis_setup_ask_sentinel(ggi_redis_setup_t *setup)
{
    const char  *master;

    master = setup->conf->url.master.data;

    return ggi_redis_setup_send(setup, ggi_redis_setup_master, "SENTINEL",
                                "GET-MASTER-ADDR-BY-NAME", master)
           | ggi_redis_setup_send(setup, ggi_redis_setup_epoch, "SENTINEL", "MASTER", master)
           | ggi_redis_setup_send(setup, ggi_redis_setup_expect_ok, "SUBSCRIBE",
                                  ggi_redis_promoted, NULL)
           | ggi_redis_setup_send(setup, ggi_redis_setup_done, "SUBSCRIBE",
                                  ggi_redis_switched, NULL);
}


/* Asks a server for its role, and subscribes or selects the database. Returns as the one before. */
static ngx_int_t
ggi_redis_setup_ask_server(ggi_redis_setup_t *setup)
{
    char       db[16];
    ngx_int_t  rc;

    ngx_memzero(db, sizeof(db));
    ngx_sprintf((u_char *) db, "%d", setup->conf->url.db);

    rc = ggi_redis_setup_send(setup, ggi_redis_setup_hello, "HELLO", NULL, NULL)
         | ggi_redis_setup_send(setup, ggi_redis_setup_role, "ROLE", NULL, NULL);

    return rc | (setup->channel
                 ? ggi_redis_setup_send(setup, ggi_redis_setup_done, "SUBSCRIBE",
                                        setup->channel, NULL)
                 : ggi_redis_setup_send(setup, ggi_redis_setup_done, "SELECT", db, NULL));
}


ngx_int_t
ggi_redis_setup_begin(ggi_redis_setup_t *setup)
{
    char       name[32];
    ngx_int_t  rc;

    ngx_memzero(name, sizeof(name));
    ngx_sprintf((u_char *) name, "ggi-gate-%P", ngx_pid);

    rc = ggi_redis_setup_auth(setup);
    rc |= ggi_redis_setup_send(setup, ggi_redis_setup_expect_anything, "CLIENT",
                               "SETNAME", name);
    rc |= setup->sentinel ? ggi_redis_setup_ask_sentinel(setup)
                          : ggi_redis_setup_ask_server(setup);

    return (rc == NGX_OK) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_redis_setup_beat(ggi_redis_setup_t *setup)
{
    if (setup->sentinel || setup->channel) {
        return ggi_redis_setup_send(setup, ggi_redis_setup_expect_ok, "PING", NULL, NULL);
    }

    /* what the server said before counts no more; it cannot have joined a Cluster meanwhile */

    setup->role.role = GGI_REDIS_ROLE_UNKNOWN;

    return ggi_redis_setup_send(setup, ggi_redis_setup_beaten,
                                setup->no_role ? "HELLO" : "ROLE", NULL, NULL);
}
