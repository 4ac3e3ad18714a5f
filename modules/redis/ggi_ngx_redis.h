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


/*
 * Makes a client, in a worker, which begins to connect in the next turn of the
 * event loop. channel is the channel that it subscribes to, or NULL when it is for
 * commands: a connection of Redis does not do both. conf, channel, events and log
 * live longer than the client. Returns NULL without memory; the caller ends the
 * client with ggi_redis_stop().
 */
ggi_redis_t *ggi_redis_start(ggi_redis_conf_t *conf, const char *channel,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log);

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
 * Ends the connection and frees the client. The handlers of its commands are
 * called with NULL before.
 */
void ggi_redis_stop(ggi_redis_t *redis);


#endif
