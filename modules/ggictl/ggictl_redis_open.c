/* SPDX-License-Identifier: EUPL-1.2 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_redis_role.h"
#include "ggi_redis_sentinel.h"
#include "ggictl_cluster.h"
#include "ggictl_redis_open.h"
#include "ggictl_reply.h"

#define GGICTL_REDIS_TIMEOUT     5      /* seconds that connecting, a read or a write may take */
#define GGICTL_SENTINEL_TIMEOUT  1      /* seconds for a step with a Sentinel: there are others */


/* Asks a question of up to three words. Returns NULL with redis->error, or a reply to free. */
static ggi_reply_t *
ggictl_redis_question(ggictl_redis_t *redis, const char *one, const char *two, const char *three)
{
    int           argc;
    redisReply   *reply;
    ggi_reply_t  *copy;
    const char   *argv[] = { one, two, three };

    for (argc = 1; argc < 3 && argv[argc]; argc++) {
        /* up to the first that is not there */
    }

    reply = ggictl_redis_ask(redis, argc, argv);
    if (reply == NULL) {
        return NULL;
    }

    copy = ggictl_reply_copy(reply);
    freeReplyObject(reply);

    if (copy == NULL) {
        snprintf(redis->error, sizeof(redis->error), "no memory");
    }

    return copy;
}


/* Checks the role of the server. Returns 1, or 0 with redis->error. */
static int
ggictl_redis_fit(ggictl_redis_t *redis)
{
    size_t             i;
    char               text[GGI_REDIS_ROLE_TEXT_LEN];
    const char        *fault;
    ggi_reply_t       *reply;
    ggi_redis_role_t   role;

    static const char *const  questions[] = { "HELLO", "ROLE" };

    memset(&role, 0, sizeof(role));

    for (i = 0; i < 2; i++) {
        reply = ggictl_redis_question(redis, questions[i], NULL, NULL);

        if (reply) {
            ggi_redis_role_read(&role, reply);
            ggi_reply_free(reply);

        } else if (!redis->refused) {
            return 0;                   /* the connection was lost */
        }
    }

    fault = ggi_redis_role_fault(&role, &redis->url, text);

    if (fault == NULL) {
        return 1;
    }

    snprintf(redis->error, sizeof(redis->error), "%.110s %.440s", redis->server, fault);

    return 0;
}


/* Asks a Sentinel for its view of the master. Returns 1, or 0 with redis->error. */
static int
ggictl_sentinel_view(ggictl_redis_t *redis, ggi_sentinel_view_t *view)
{
    int           known;
    ggi_reply_t  *reply;
    const char   *master = redis->url.master.data;

    reply = ggictl_redis_question(redis, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", master);
    if (reply == NULL) {
        return 0;
    }

    known = ggi_sentinel_read_master(view, reply);
    ggi_reply_free(reply);

    if (!known) {
        snprintf(redis->error, sizeof(redis->error), "the Sentinel knows no master of the name "
                 "\"%.60s\": see \"sentinel monitor\" in its configuration (%.110s)", master,
                 redis->server);
        return 0;
    }

    reply = ggictl_redis_question(redis, "SENTINEL", "MASTER", master);
    if (reply == NULL) {
        return 0;
    }

    (void) ggi_sentinel_read_epoch(view, reply);
    ggi_reply_free(reply);

    return 1;
}


/* Adds to the refusal of a Sentinel that lets nobody in unknown where its password is given. */
static void
ggictl_sentinel_refused(ggictl_redis_t *redis)
{
    size_t  len = strlen(redis->error);

    if (strncmp(redis->error, "NOAUTH", 6) == 0 || strncmp(redis->error, "WRONGPASS", 9) == 0) {
        snprintf(redis->error + len, sizeof(redis->error) - len, ": this Sentinel has a user or "
                 "password of its own: give them in GGI_REDIS_SENTINEL_USER and "
                 "GGI_REDIS_SENTINEL_PASSWORD");
    }
}


/*
 * Asks all Sentinels for the master. Returns 1, and sets *found to the view of the latest failover;
 * or 0 with redis->error, which is that of the last of them.
 */
static int
ggictl_sentinels_ask(ggictl_redis_t *redis, const ggictl_redis_access_t *access,
    ggi_sentinel_view_t *found)
{
    size_t                      i, n;
    ggictl_redis_t              one;
    ggi_sentinel_view_t         views[GGI_REDIS_HOSTS_MAX], none;
    const ggi_sentinel_view_t  *view;

    memset(&none, 0, sizeof(none));
    memset(views, 0, sizeof(views));
    n = redis->url.nhosts;

    for (i = 0; i < n; i++) {
        memset(&one, 0, sizeof(one));
        one.url = redis->url;

        if (!ggictl_redis_connect(&one, &redis->url.hosts[i], access,
                                  GGICTL_SENTINEL_TIMEOUT)
            || !ggictl_redis_login(&one, 1) || !ggictl_sentinel_view(&one, &views[i]))
        {
            memcpy(redis->error, one.error, sizeof(redis->error));
            ggictl_sentinel_refused(redis);
            memset(&views[i], 0, sizeof(views[i]));
        }

        ggictl_redis_close(&one);
    }

    view = ggi_sentinel_choose(views, n, &none);
    *found = *view;

    return view->port != 0;
}


/* Checks that the files for TLS are what the URL needs. Returns 1, or 0 with redis->error. */
static int
ggictl_redis_files_fit(ggictl_redis_t *redis, const ggictl_redis_access_t *access)
{
    if ((access->cert == NULL) != (access->key == NULL)) {
        snprintf(redis->error, sizeof(redis->error), "a client certificate and its key are given "
                 "together, and there is no %s", access->cert ? "key" : "certificate");
        return 0;
    }

    if ((access->ca || access->cert) && !redis->url.tls) {
        snprintf(redis->error, sizeof(redis->error), "a %s is for URLs with TLS only, such "
                 "as rediss://; none is to be in %s", access->ca ? "CA" : "client certificate",
                 access->ca ? "--redis-ca and GGI_REDIS_CA"
                            : "--redis-cert, --redis-key, GGI_REDIS_CERT and GGI_REDIS_KEY");
        return 0;
    }

    return 1;
}


/*
 * Logs in, and checks the role of the server where role asks for one. A Sentinel and a node of a
 * Cluster refuse SELECT: then the error names the right URL too. Returns 1, or 0 with redis->error.
 */
static int
ggictl_redis_enter(ggictl_redis_t *redis, ggictl_redis_role_e role)
{
    char  error[sizeof(redis->error)];

    if (ggictl_redis_login(redis, 0)) {
        return role == GGICTL_REDIS_ANY || ggictl_redis_fit(redis);
    }

    if (redis->refused && strncmp(redis->error, "ERR ", 4) == 0) {
        memcpy(error, redis->error, sizeof(error));

        if (ggictl_redis_fit(redis)) {
            memcpy(redis->error, error, sizeof(error));
        }
    }

    return 0;
}


int
ggictl_redis_open(ggictl_redis_t *redis, const ggictl_redis_access_t *access,
    ggictl_redis_role_e role)
{
    ggi_fault_t              fault = ggi_fault_init;
    ggi_redis_url_t         *url = &redis->url;
    ggi_redis_host_t         found;
    ggi_sentinel_view_t      view;
    const ggi_redis_host_t  *host = &url->hosts[0];

    memset(redis, 0, sizeof(ggictl_redis_t));
    signal(SIGPIPE, SIG_IGN);   /* a write to a closed connection then fails with a text */

    if (!ggi_redis_url_parse(url, ggictl_str(access->url), &fault)) {
        snprintf(redis->error, sizeof(redis->error), "%.500s", fault.text);
        return 0;
    }

    if (!ggictl_redis_files_fit(redis, access)) {
        return 0;
    }

    if (url->kind == GGI_REDIS_CLUSTER) {
        return ggictl_cluster_open(redis, access, GGICTL_REDIS_TIMEOUT);
    }

    if (url->kind == GGI_REDIS_SENTINEL) {
        url->sentinel_user = ggictl_str(access->sentinel_user);
        url->sentinel_password = ggictl_str(access->sentinel_password);

        if (!ggictl_sentinels_ask(redis, access, &view)) {
            return 0;
        }

        (void) ggi_redis_host_set(&found, view.host, strlen(view.host));
        found.port = view.port;
        host = &found;
    }

    return ggictl_redis_connect(redis, url->path.len ? NULL : host, access, GGICTL_REDIS_TIMEOUT)
           && ggictl_redis_enter(redis, role);
}
