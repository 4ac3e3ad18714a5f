/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The commands of a connection to Redis: they are written to its link, and wait
 * for their replies. Redis replies in the order in which it was asked.
 */

#ifndef GGI_NGX_REDIS_COMMANDS_H
#define GGI_NGX_REDIS_COMMANDS_H

#include "ggi_ngx_redis_link.h"


/*
 * Gets the reply to a command; the reply is freed after the call. It is NULL when
 * the connection was lost before the reply began: the command may be sent once
 * more then. It is of type GGI_REPLY_TOO_LARGE or GGI_REPLY_BROKEN when the
 * connection was lost because of this very reply: sent once more, the command
 * would most likely end the same way.
 */
typedef void (*ggi_redis_reply_pt)(void *data, const ggi_reply_t *reply);


typedef struct {
    ggi_redis_link_t  *link;
    ngx_event_t        timer;           /* of connecting, and then of the oldest command */
    ngx_msec_t         timeout;         /* ms that either may take */
    ngx_queue_t        queue;           /* the oldest command first */
} ggi_redis_commands_t;


/*
 * Begins without commands. They will be written to link. handler is called, with an
 * event whose data is data, when the oldest command has waited for timeout ms.
 */
void ggi_redis_commands_init(ggi_redis_commands_t *commands,
    ggi_redis_link_t *link, ngx_msec_t timeout, ngx_event_handler_pt handler,
    void *data);

/* Returns 1 when no command waits for its reply, 0 otherwise. */
ngx_uint_t ggi_redis_commands_empty(const ggi_redis_commands_t *commands);

/*
 * Begins the time-out, unless it runs: before the first command, that is while
 * the link is being connected. The time until the first reply counts from there.
 */
void ggi_redis_commands_time(ggi_redis_commands_t *commands);

/*
 * Writes a command of argc words, of lens bytes each, to the link, which has to be
 * open and which the caller has flushed. handler is called with data once, for the
 * reply. Returns NGX_ERROR without memory: handler is not called then.
 */
ngx_int_t ggi_redis_commands_send(ggi_redis_commands_t *commands, int argc,
    const char **argv, const size_t *lens, ggi_redis_reply_pt handler,
    void *data);

/*
 * Hands a reply to the oldest command, which is over then, and begins the time-out
 * of the next. Returns 0 when no command waits for a reply, 1 otherwise. The
 * handler may have closed the link.
 */
ngx_uint_t ggi_redis_commands_answer(ggi_redis_commands_t *commands,
    const ggi_reply_t *reply);

/* Stops the time-out. The commands stay, until ggi_redis_commands_fail(). */
void ggi_redis_commands_stop(ggi_redis_commands_t *commands);

/*
 * Ends all commands, since the connection is gone. The oldest one gets outcome,
 * which may be NULL, and the others get NULL as their replies. Commands that their
 * handlers add meanwhile are for the next connection, and stay.
 */
void ggi_redis_commands_fail(ggi_redis_commands_t *commands,
    const ggi_reply_t *outcome);


#endif
