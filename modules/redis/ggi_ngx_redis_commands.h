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
 * more then. After ggi_redis_commands_tell_last() it is of type GGI_REPLY_TOO_LARGE
 * or GGI_REPLY_BROKEN when the connection was lost because of this very reply: sent
 * once more, the command would most likely end the same way.
 */
typedef void (*ggi_redis_reply_pt)(void *data, const ggi_reply_t *reply);


typedef struct {
    ggi_redis_link_t  *link;
    ngx_event_t        timer;           /* of connecting, and then of the oldest command */
    ngx_msec_t         timeout;         /* ms that either may take */
    ngx_queue_t        queue;           /* the oldest command first */
} ggi_redis_commands_t;


/*
 * Initialises commands, in memory of the caller, none of which waits yet. They are written to
 * link, whose log has been set. When the oldest command has waited for timeout ms, handler is
 * called with an event whose member data is data. link has to live longer than commands.
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
 * Writes a command to the link, which has to be open: argc words, of which the one at argv[i]
 * has lens[i] bytes. They are copied; the caller flushes the link afterwards. Returns NGX_OK,
 * and handler is called with data once, for the reply. Returns NGX_ERROR without memory:
 * nothing was written, and handler is not called.
 */
ngx_int_t ggi_redis_commands_send(ggi_redis_commands_t *commands, int argc,
    const char **argv, const size_t *lens, ggi_redis_reply_pt handler,
    void *data);

/*
 * Has the handler of the command that was sent last get a reply of its own type when the reply to
 * it is too large or cannot be read. Other handlers get NULL then: what cannot be read says
 * nothing of the server, neither of its role nor of its data set.
 */
void ggi_redis_commands_tell_last(ggi_redis_commands_t *commands);

/*
 * Hands a reply to the oldest command, which is over then, and begins the time-out
 * of the next. Returns 0 when no command waits for a reply, 1 otherwise. The
 * handler may have closed the link.
 */
ngx_uint_t ggi_redis_commands_answer(ggi_redis_commands_t *commands,
    const ggi_reply_t *reply);

/*
 * Stops the time-out of the oldest command. The commands go on waiting until
 * ggi_redis_commands_fail() ends them.
 */
void ggi_redis_commands_stop(ggi_redis_commands_t *commands);

/*
 * Ends all commands, since the connection is gone. The oldest one gets outcome,
 * which may be NULL, and the others get NULL as their replies. Commands that their
 * handlers add meanwhile are for the next connection, and stay.
 */
void ggi_redis_commands_fail(ggi_redis_commands_t *commands,
    const ggi_reply_t *outcome);


#endif
