/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_limit.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_redis_address.h"
#include "ggi_ngx_sentinels.h"


#define GGI_SENTINELS_REFRESH  10000    /* ms after which all are asked again, more or less */
#define GGI_SENTINELS_AGAIN    1000     /* ms after which a name is resolved that could not be */
#define GGI_SENTINELS_CLIENTS  2


typedef struct {
    ggi_sentinels_t      *all;
    ggi_redis_t          *redis;
    ngx_uint_t            heard;        /* 1: it has answered, or cannot be asked */
} ggi_sentinel_t;


struct ggi_sentinels_s {
    ggi_redis_conf_t     *conf;
    ngx_log_t            *log;
    ggi_redis_t          *clients[GGI_SENTINELS_CLIENTS];
    ngx_event_t           timer;

    ggi_sentinel_t        each[GGI_REDIS_HOSTS_MAX];
    ggi_sentinel_view_t   views[GGI_REDIS_HOSTS_MAX];     /* what each has said last */
    ggi_sentinel_view_t   known;        /* what is believed */

    ggi_redis_host_t      host;         /* of the master where the clients are led */
    char                  host_name[GGI_SENTINEL_HOST_MAX + 3];
    ggi_redis_node_t      node;
    ngx_sockaddr_t        sockaddr;
    u_char                name[NGX_SOCKADDR_STRLEN];
    ngx_resolver_ctx_t   *resolving;    /* the name of the master; NULL: nothing is resolved */
    char                  sought[GGI_SENTINEL_HOST_MAX + 3];      /* the name that is resolved */
    ggi_limit_t           limit;        /* of messages that it cannot be resolved */
};


/* Leads the clients to the address of the master, or to none when node is NULL. */
static void
ggi_sentinels_lead(ggi_sentinels_t *sentinels, ggi_redis_node_t *node)
{
    ngx_uint_t  i;

    for (i = 0; i < GGI_SENTINELS_CLIENTS; i++) {
        ggi_redis_lead(sentinels->clients[i], node);
    }
}


/* Notes as whom the master makes itself known, now that it is where its clients are led. */
static void
ggi_sentinels_name(ggi_sentinels_t *sentinels)
{
    ngx_memcpy(sentinels->host_name, sentinels->known.host, sizeof(sentinels->host_name));
    (void) ggi_redis_host_set(&sentinels->host, sentinels->host_name,
                              ngx_strlen(sentinels->host_name));
    sentinels->host.port = sentinels->known.port;
}


/* The address of the master is known: leads the clients there, unless they are there. */
static void
ggi_sentinels_found(ggi_sentinels_t *sentinels, struct sockaddr *sockaddr, socklen_t socklen)
{
    ggi_redis_node_t  *node;

    node = &sentinels->node;
    ggi_sentinels_name(sentinels);
    ngx_inet_set_port(sockaddr, (in_port_t) sentinels->known.port);

    if (node->addr.sockaddr
        && ngx_cmp_sockaddr(sockaddr, socklen, node->addr.sockaddr, node->addr.socklen, 1)
           == NGX_OK)
    {
        return;
    }

    ngx_memcpy(&sentinels->sockaddr, sockaddr, socklen);
    node->host = &sentinels->host;
    node->addr.sockaddr = &sentinels->sockaddr.sockaddr;
    node->addr.socklen = socklen;
    node->addr.name.data = sentinels->name;
    node->addr.name.len = ngx_sock_ntop(node->addr.sockaddr, socklen, sentinels->name,
                                        sizeof(sentinels->name), 1);

    ngx_log_error(NGX_LOG_NOTICE, sentinels->log, 0, "redis %V has its master at %V",
                  &sentinels->conf->name, &node->addr.name);

    ggi_sentinels_lead(sentinels, node);
}


/*
 * The name of the master has no address: logs that, and has the Sentinels asked again soon, after
 * whose answers it is resolved once more.
 */
static void
ggi_sentinels_no_address(ggi_sentinels_t *sentinels, const char *why)
{
    uint64_t  left_out;

    if (sentinels->timer.timer_set) {
        ngx_del_timer(&sentinels->timer);
    }

    ngx_add_timer(&sentinels->timer, GGI_SENTINELS_AGAIN);

    if (ggi_limit_pass(&sentinels->limit, ngx_current_msec, &left_out)) {
        ngx_log_error(NGX_LOG_ERR, sentinels->log, 0,
                      "redis %V has a master of the name \"%s\", whose address cannot be found: "
                      "%s (messages left out: %uL)",
                      &sentinels->conf->name, sentinels->known.host, why, left_out);
    }

    if (sentinels->node.addr.sockaddr == NULL) {
        ggi_sentinels_lead(sentinels, NULL);
    }
}


/*
 * Chooses of the addresses of the master's name, which come in any order, the one where the
 * clients are, so that they stay there; or the first one.
 */
static const ngx_resolver_addr_t *
ggi_sentinels_address(const ggi_sentinels_t *sentinels, const ngx_resolver_ctx_t *ctx)
{
    ngx_uint_t         i;
    const ngx_addr_t  *addr;

    addr = &sentinels->node.addr;

    for (i = 0; addr->sockaddr && i < ctx->naddrs; i++) {
        if (ngx_cmp_sockaddr(addr->sockaddr, addr->socklen, ctx->addrs[i].sockaddr,
                             ctx->addrs[i].socklen, 0)
            == NGX_OK)
        {
            return &ctx->addrs[i];
        }
    }

    return &ctx->addrs[0];
}


static void
ggi_sentinels_resolved(ngx_resolver_ctx_t *ctx)
{
    ngx_sockaddr_t              sockaddr;
    socklen_t                   socklen;
    const char                 *why;
    ggi_sentinels_t            *sentinels = ctx->data;
    const ngx_resolver_addr_t  *addr;

    sentinels->resolving = NULL;
    why = ctx->state ? ngx_resolver_strerror(ctx->state) : NULL;
    socklen = 0;

    if (why == NULL) {
        addr = ggi_sentinels_address(sentinels, ctx);
        socklen = addr->socklen;
        ngx_memcpy(&sockaddr, addr->sockaddr, socklen);
    }

    ngx_resolve_name_done(ctx);

    if (why) {
        ggi_sentinels_no_address(sentinels, why);
        return;
    }

    ggi_sentinels_found(sentinels, &sockaddr.sockaddr, socklen);
}


/*
 * Has the clients leave the master before, when the one that is believed has another name or port:
 * until the address of that is known there is no Redis, since the other may take itself for the
 * master and have old data.
 */
static void
ggi_sentinels_leave(ggi_sentinels_t *sentinels)
{
    if (sentinels->node.addr.sockaddr
        && (ngx_strcmp(sentinels->host_name, sentinels->known.host) != 0
            || sentinels->host.port != sentinels->known.port))
    {
        sentinels->node.addr.sockaddr = NULL;
        ggi_sentinels_lead(sentinels, NULL);
    }
}


/* Begins to resolve the name of the master. */
static void
ggi_sentinels_resolve(ggi_sentinels_t *sentinels)
{
    ngx_resolver_ctx_t  *ctx;

    ggi_sentinels_leave(sentinels);
    ctx = sentinels->conf->resolver ? ngx_resolve_start(sentinels->conf->resolver, NULL) : NULL;

    if (ctx == NULL || ctx == NGX_NO_RESOLVER) {
        ggi_sentinels_no_address(sentinels, "\"resolver\" in http is needed");
        return;
    }

    ngx_memcpy(sentinels->sought, sentinels->known.host, sizeof(sentinels->sought));
    ctx->name.data = (u_char *) sentinels->sought;
    ctx->name.len = ngx_strlen(sentinels->sought);
    ctx->handler = ggi_sentinels_resolved;
    ctx->data = sentinels;
    ctx->timeout = sentinels->conf->resolver_timeout;
    ctx->cancelable = 1;                /* it does not hold a worker that shuts down */
    sentinels->resolving = ctx;

    if (ngx_resolve_name(ctx) != NGX_OK) {
        sentinels->resolving = NULL;
        ggi_sentinels_no_address(sentinels, "no memory");
    }
}


/* Goes to the master that is believed. Its name is resolved each time: its address may change. */
static void
ggi_sentinels_go(ggi_sentinels_t *sentinels)
{
    socklen_t         socklen;
    ngx_sockaddr_t    sockaddr;
    ggi_redis_host_t  host;

    if (sentinels->resolving) {

        /* when all answers begin it anew, a silent resolver is never given up and told of */

        if (ngx_strcmp(sentinels->sought, sentinels->known.host) == 0) {
            ggi_sentinels_leave(sentinels);
            return;
        }

        ngx_resolve_name_done(sentinels->resolving);
        sentinels->resolving = NULL;
    }

    (void) ggi_redis_host_set(&host, sentinels->known.host, ngx_strlen(sentinels->known.host));

    if (host.address[0] == '\0') {
        ggi_sentinels_resolve(sentinels);
        return;
    }

    socklen = ggi_redis_address(&sockaddr, host.address, sentinels->known.port);

    if (socklen == 0) {
        ggi_sentinels_no_address(sentinels, "nginx was built without IPv6");
        return;
    }

    ggi_sentinels_found(sentinels, &sockaddr.sockaddr, socklen);
}


/* Judges what the Sentinels say by now. */
static void
ggi_sentinels_judge(ggi_sentinels_t *sentinels)
{
    size_t                      i, n, heard;
    const ggi_sentinel_view_t  *view;

    n = sentinels->conf->url.nhosts;
    heard = 0;

    for (i = 0; i < n; i++) {
        heard += sentinels->each[i].heard;
    }

    /* the first to answer may be the one that has slept through a failover */

    if (sentinels->known.port == 0 && 2 * heard <= n) {
        return;
    }

    view = ggi_sentinel_choose(sentinels->views, n, &sentinels->known);

    if (view->port == 0) {
        ggi_sentinels_lead(sentinels, NULL);
        return;
    }

    if (view != &sentinels->known) {
        sentinels->known = *view;
        ggi_sentinels_go(sentinels);
    }
}


static void
ggi_sentinels_ready(void *data)
{
    ggi_sentinel_t   *sentinel = data;
    ggi_sentinels_t  *all;

    all = sentinel->all;
    sentinel->heard = 1;
    all->views[sentinel - all->each] = *ggi_redis_view(sentinel->redis);
    ggi_metric_set(all->conf->kind->metrics.topology, ngx_current_msec / 1000);

    ggi_sentinels_judge(all);
}


/* A connection to a Sentinel was lost, or none could be made: what it has said before stays. */
static void
ggi_sentinels_lost(void *data)
{
    ggi_sentinel_t *sentinel = data;

    sentinel->heard = 1;

    if (sentinel->all->known.port == 0) {
        ggi_sentinels_judge(sentinel->all);
    }
}


/*
 * A Sentinel tells of a failover. It is asked on a new connection, since it answers no question
 * on one that is subscribed, and a message does not say which failover it was.
 */
static void
ggi_sentinels_message(void *data, const ggi_reply_t *text)
{
    ggi_str_t        message;
    ggi_sentinel_t  *sentinel = data;

    message.data = text->data;
    message.len = text->len;

    if (ggi_sentinel_concerns(message, sentinel->all->conf->url.master)) {
        ggi_redis_anew(sentinel->redis);
    }
}


static const ggi_redis_events_t  ggi_sentinels_events = {
    ggi_sentinels_ready, ggi_sentinels_lost, ggi_sentinels_message
};


/* Has all be asked again later: the workers of many gateways shall not do so in step. */
static void
ggi_sentinels_later(ngx_event_t *ev)
{
    ngx_add_timer(ev, GGI_SENTINELS_REFRESH / 2
                      + (ngx_msec_t) ngx_random() % GGI_SENTINELS_REFRESH);
}


/* Asks all Sentinels again: what they were told to watch is not published. */
static void
ggi_sentinels_refresh(ngx_event_t *ev)
{
    size_t            i;
    ggi_sentinels_t  *sentinels = ev->data;

    ggi_sentinels_later(ev);

    for (i = 0; i < sentinels->conf->url.nhosts; i++) {
        ggi_redis_anew(sentinels->each[i].redis);
    }
}


ggi_sentinels_t *
ggi_sentinels_start(ggi_redis_conf_t *conf, ggi_redis_t *one, ggi_redis_t *two,
    ngx_log_t *log)
{
    size_t            i;
    ggi_sentinel_t   *sentinel;
    ggi_sentinels_t  *sentinels;

    sentinels = ngx_calloc(sizeof(ggi_sentinels_t), log);
    if (sentinels == NULL) {
        return NULL;
    }

    sentinels->conf = conf;
    sentinels->log = log;
    sentinels->clients[0] = one;
    sentinels->clients[1] = two;

    for (i = 0; i < conf->url.nhosts; i++) {
        sentinel = &sentinels->each[i];
        sentinel->all = sentinels;
        sentinel->redis = ggi_redis_start_sentinel(conf, &conf->url.hosts[i],
                                                   &ggi_sentinels_events, sentinel, log);
        if (sentinel->redis == NULL) {
            ggi_sentinels_stop(sentinels);
            return NULL;
        }
    }

    sentinels->timer.handler = ggi_sentinels_refresh;
    sentinels->timer.data = sentinels;
    sentinels->timer.log = log;
    sentinels->timer.cancelable = 1;
    ggi_sentinels_later(&sentinels->timer);

    return sentinels;
}


void
ggi_sentinels_stop(ggi_sentinels_t *sentinels)
{
    size_t  i;

    if (sentinels->timer.timer_set) {
        ngx_del_timer(&sentinels->timer);
    }

    if (sentinels->resolving) {
        ngx_resolve_name_done(sentinels->resolving);
    }

    sentinels->known.port = 1;          /* what is lost from here on is judged no more */

    for (i = 0; i < sentinels->conf->url.nhosts; i++) {
        if (sentinels->each[i].redis) {
            ggi_redis_stop(sentinels->each[i].redis);
        }
    }

    ngx_free(sentinels);
}
