/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The client of a Redis server in a worker: it connects by itself, and again
 * when the connection was lost, and sends commands. It knows of its kind of
 * documents what it counts, and nothing else.
 */

#ifndef GGI_NGX_REDIS_H
#define GGI_NGX_REDIS_H

#include "ggi_ngx_redis_commands.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_redis_role.h"
#include "ggi_redis_sentinel.h"
#include "ggi_str.h"


typedef struct ggi_redis_s  ggi_redis_t;

/*
 * How a client tells its owner what happens. data is the owner's.
 *
 * ready:    the connection is made and set up: commands are answered.
 * lost:     a connection was lost, or an attempt to connect failed for all
 *           addresses of the server.
 * message:  a message was published on the channel. text is its string; it is
 *           freed after the call.
 */
typedef struct {
    void  (*ready)(void *data);
    void  (*lost)(void *data);
    void  (*message)(void *data, const ggi_reply_t *text);
} ggi_redis_events_t;


/* The server of a client. */
typedef struct {
    ngx_uint_t         up;              /* 1: it is connected, and may serve */
    const ngx_str_t   *server;          /* its address as text; NULL: none is known */
    time_t             since;           /* when it came into use; 0: it did not */
    ggi_redis_role_e   role;            /* as it has said on this connection */
} ggi_redis_seen_t;


/*
 * Makes a client, in a worker, which begins to connect in the next turn of the
 * event loop. channel is the channel that it subscribes to, or NULL when it is for
 * commands: a connection of Redis does not do both. conf, channel, events and log
 * live longer than the client. Where the URL names Sentinels, it connects when
 * ggi_redis_lead() has named the master. Returns NULL without memory; the caller ends
 * the client with ggi_redis_stop().
 */
ggi_redis_t *ggi_redis_start(ggi_redis_conf_t *conf, const char *channel,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log);

/*
 * Makes a client of one of the Sentinels of conf, which host is, as ggi_redis_start() does. It
 * subscribes to what is published of failovers. Each time that it is ready, ggi_redis_view()
 * returns what the Sentinel says of the master at that moment. Returns NULL without memory.
 */
ggi_redis_t *ggi_redis_start_sentinel(ggi_redis_conf_t *conf, const ggi_redis_host_t *host,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log);
const ggi_sentinel_view_t *ggi_redis_view(const ggi_redis_t *redis);

/*
 * Has a client connect to a node from now on, which lives longer than the client, and leave the
 * one before at once. NULL: no node is known, and the last attempt counts as failed. What is
 * asked without an answer is asked again on the next connection.
 */
void ggi_redis_lead(ggi_redis_t *redis, ggi_redis_node_t *node);

/* Closes a connection and makes another one at once. Does nothing while there is none. */
void ggi_redis_anew(ggi_redis_t *redis);

/* Sets *seen to what a client knows of its server. Its text belongs to the client. */
void ggi_redis_see(const ggi_redis_t *redis, ggi_redis_seen_t *seen);

/*
 * Returns 1 when the last connection ended since the server said that it has a role in which it
 * may not serve, such as that of a replica, and 0 otherwise.
 */
ngx_uint_t ggi_redis_misfit(const ggi_redis_t *redis);

/*
 * Returns 1 when commands are answered, or are about to be, since the first
 * connection is being made or a new one after one was lost. Returns 0 when the
 * last attempt to connect failed.
 */
ngx_uint_t ggi_redis_usable(ggi_redis_t *redis);

/*
 * Brings the next attempt to connect, when one is waited for, forward to within 100 ms, or to
 * a quarter of the time-out if that is less. How it ends is told as of any attempt.
 */
void ggi_redis_retry_soon(ggi_redis_t *redis);

/*
 * Sends the command GET for a key at the end of this turn of the event loop. Returns NGX_OK;
 * handler is then called with data once: after this has returned, and at the latest when the
 * time-out of the configuration is over. Returns NGX_ERROR when the connection is not ready or
 * there is no memory: handler is not called then.
 */
ngx_int_t ggi_redis_get(ggi_redis_t *redis, ggi_str_t key,
    ggi_redis_reply_pt handler, void *data);

/*
 * Sends a command of argc words, of which the one at argv[i] has lens[i] bytes, at the end of this
 * turn of the event loop. Commands are answered in the order in which they are sent. Returns and
 * calls handler as ggi_redis_get() does.
 */
ngx_int_t ggi_redis_send(ggi_redis_t *redis, int argc, const char **argv,
    const size_t *lens, ggi_redis_reply_pt handler, void *data);

/*
 * Ends the connection and frees the client. The handlers of its commands are
 * called with NULL before.
 */
void ggi_redis_stop(ggi_redis_t *redis);


#endif
