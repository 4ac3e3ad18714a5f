/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a client tells a Redis server, or a Sentinel, on a new connection and with each heartbeat,
 * and whether the answers are those of a server that may serve: who it is, its role, and, of a
 * Sentinel, which master it knows.
 */

#ifndef GGI_NGX_REDIS_SETUP_H
#define GGI_NGX_REDIS_SETUP_H

#include "ggi_ngx_redis_commands.h"
#include "ggi_redis_role.h"
#include "ggi_redis_sentinel.h"


/*
 * How a set-up tells its owner what happens. data is the owner's.
 *
 * done:    the server has answered all, and may serve.
 * failed:  it may not, or has answered a heartbeat with something else. The owner closes the
 *          connection in this call. what ends the sentence "redis NAME ...", detail follows it;
 *          they live as long as the call.
 */
typedef struct {
    void  (*done)(void *data);
    void  (*failed)(void *data, const char *what, const char *detail);
} ggi_redis_setup_events_t;


typedef struct {
    ggi_redis_conf_t                *conf;
    ggi_redis_commands_t            *commands;
    const ggi_redis_setup_events_t  *events;
    void                            *data;          /* for the events */
    const char                      *channel;       /* NULL: it subscribes to none */
    ngx_uint_t                       sentinel;      /* 1: the server is a Sentinel */

    ngx_uint_t                       over;          /* 1: done was called on this connection */
    ngx_uint_t                       misfit;        /* 1: it failed by the role of the server */
    ngx_uint_t                       no_role;       /* 1: ROLE is refused: it is asked no more */
    ggi_redis_role_t                 role;
    ggi_sentinel_view_t              view;          /* of a Sentinel */
    time_t                           since;         /* when the server came into use */
    ngx_str_t                        server;        /* its address as text, in name */
    u_char                           name[NGX_SOCKADDR_STRLEN];
    char                             words[GGI_REDIS_WORDS_LEN];  /* the last error before done */
} ggi_redis_setup_t;


/*
 * Initialises a set-up, in memory of the caller. channel is the one that is subscribed to, or
 * NULL; with sentinel 1 the server is a Sentinel, and its channels are subscribed to instead.
 * conf, commands, events and channel live longer than the set-up.
 */
void ggi_redis_setup_init(ggi_redis_setup_t *setup, ggi_redis_conf_t *conf,
    ggi_redis_commands_t *commands, const char *channel, ngx_uint_t sentinel,
    const ggi_redis_setup_events_t *events, void *data);

/* Forgets what the server before has said, before a new connection is made. */
void ggi_redis_setup_forget(ggi_redis_setup_t *setup);

/*
 * Writes all that a new connection is told, in one go; the caller flushes the link. One of the
 * events follows, unless the connection is lost. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_redis_setup_begin(ggi_redis_setup_t *setup);

/*
 * Writes a heartbeat: PING where the connection is subscribed, and else the question for the
 * role. The caller flushes the link. Returns NGX_OK, or NGX_ERROR without memory.
 */
ngx_int_t ggi_redis_setup_beat(ggi_redis_setup_t *setup);


#endif
