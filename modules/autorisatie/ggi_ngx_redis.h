/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A connection to Redis of a worker: hiredis speaks, the socket is nginx's. It
 * connects by itself, and again when it was lost.
 */

#ifndef GGI_NGX_REDIS_H
#define GGI_NGX_REDIS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "ggi_ngx_redis_conf.h"
#include "ggi_redis_reply.h"


typedef struct ggi_redis_s  ggi_redis_t;

/*
 * The reply to a command, or a message; it is freed afterwards. NULL: the
 * connection was lost before the reply began, so that the command may be sent
 * once more. GGI_REPLY_TOO_LARGE or GGI_REPLY_BROKEN: it was lost because of
 * this very reply.
 */
typedef void (*ggi_redis_reply_pt)(void *data, const ggi_reply_t *reply);

typedef struct {
    void  (*ready)(void *data);         /* connected and set up */
    void  (*lost)(void *data);          /* a connection was lost, or could not be made */
    void  (*message)(void *data, const ggi_reply_t *reply);
} ggi_redis_events_t;


/*
 * Makes a connection, in a worker, and begins to connect. subscriber: to the
 * channel of changes, with a heartbeat. NULL: no memory.
 */
ggi_redis_t *ggi_redis_start(ggi_redis_conf_t *conf, ngx_uint_t subscriber,
    const ggi_redis_events_t *events, void *data, ngx_log_t *log);

/*
 * Returns 1 when commands are answered, or are about to be: a first connection
 * or a new one instead of one that was lost is being made. Returns 0 when the
 * last attempt to connect failed.
 */
ngx_uint_t ggi_redis_usable(ggi_redis_t *redis);

/*
 * Makes an attempt to connect soon when the next one is still to come: within
 * 100 ms, or a quarter of the time-out if that is less. Its end is told by the
 * events.
 */
void ggi_redis_hurry(ggi_redis_t *redis);

/*
 * Sends GET ggi:profiel:<oin>. handler is called once, not before this has
 * returned, at the latest when the time-out is over. NGX_ERROR: it is not
 * called.
 */
ngx_int_t ggi_redis_get(ggi_redis_t *redis, ggi_str_t oin,
    ggi_redis_reply_pt handler, void *data);

/* Ends the connection for good; its commands get NULL, and it is not usable then. */
void ggi_redis_stop(ggi_redis_t *redis);


#endif
