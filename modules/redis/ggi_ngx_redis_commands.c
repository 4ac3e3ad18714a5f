/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_queue.h"
#include "ggi_ngx_redis_commands.h"


typedef struct {
    ngx_queue_t          queue;
    ggi_redis_reply_pt   handler;
    void                *data;
    ngx_msec_t           sent;
    ngx_uint_t           particular;    /* 1: the handler is told of a reply that cannot be read */
} ggi_redis_command_t;


void
ggi_redis_commands_init(ggi_redis_commands_t *commands, ggi_redis_link_t *link,
    ngx_msec_t timeout, ngx_event_handler_pt handler, void *data)
{
    ngx_memzero(commands, sizeof(ggi_redis_commands_t));
    ngx_queue_init(&commands->queue);

    commands->link = link;
    commands->timeout = timeout;
    commands->timer.handler = handler;
    commands->timer.data = data;
    commands->timer.log = link->log->log;

    /* it does not hold a worker that shuts down: a call that waits has a timer of its own */
    commands->timer.cancelable = 1;
}


ngx_uint_t
ggi_redis_commands_empty(const ggi_redis_commands_t *commands)
{
    return ngx_queue_empty(&commands->queue);
}


void
ggi_redis_commands_time(ggi_redis_commands_t *commands)
{
    if (!commands->timer.timer_set) {
        ngx_add_timer(&commands->timer, commands->timeout);
    }
}


/* Adds a command that is sent now, behind the others. Returns NGX_ERROR without memory. */
static ngx_int_t
ggi_redis_commands_add(ggi_redis_commands_t *commands,
    ggi_redis_reply_pt handler, void *data)
{
    ggi_redis_command_t  *command;

    command = ngx_alloc(sizeof(ggi_redis_command_t), commands->link->log->log);
    if (command == NULL) {
        return NGX_ERROR;
    }

    command->handler = handler;
    command->data = data;
    command->sent = ngx_current_msec;
    command->particular = 0;
    ngx_queue_insert_tail(&commands->queue, &command->queue);

    return NGX_OK;
}


ngx_int_t
ggi_redis_commands_send(ggi_redis_commands_t *commands, int argc,
    const char **argv, const size_t *lens, ggi_redis_reply_pt handler,
    void *data)
{
    int         len;
    char       *text;
    ngx_int_t   rc;

    len = redisFormatCommandArgv(&text, argc, argv, lens);
    if (len < 0) {
        return NGX_ERROR;
    }

    rc = ggi_redis_link_reserve(commands->link, (size_t) len);

    if (rc == NGX_OK) {
        rc = ggi_redis_commands_add(commands, handler, data);
    }

    if (rc == NGX_OK) {
        ggi_redis_link_write(commands->link, text, (size_t) len);
        ggi_redis_commands_time(commands);
    }

    redisFreeCommand(text);

    return rc;
}


void
ggi_redis_commands_tell_last(ggi_redis_commands_t *commands)
{
    ggi_redis_command_t  *command;

    command = ngx_queue_data(ngx_queue_last(&commands->queue), ggi_redis_command_t, queue);
    command->particular = 1;
}


/* Returns the oldest command. There has to be one. */
static ggi_redis_command_t *
ggi_redis_commands_oldest(ggi_redis_commands_t *commands)
{
    return ngx_queue_data(ngx_queue_head(&commands->queue),
                          ggi_redis_command_t, queue);
}


/* Begins the time-out of the command that is the oldest now. */
static void
ggi_redis_commands_time_oldest(ggi_redis_commands_t *commands)
{
    ngx_msec_int_t  left;

    ggi_redis_commands_stop(commands);

    if (ngx_queue_empty(&commands->queue)) {
        return;
    }

    left = (ngx_msec_int_t) (ggi_redis_commands_oldest(commands)->sent
                             + commands->timeout - ngx_current_msec);
    ngx_add_timer(&commands->timer, left > 0 ? (ngx_msec_t) left : 1);
}


ngx_uint_t
ggi_redis_commands_answer(ggi_redis_commands_t *commands,
    const ggi_reply_t *reply)
{
    ggi_redis_command_t  *command;

    if (ngx_queue_empty(&commands->queue)) {
        return 0;
    }

    command = ggi_redis_commands_oldest(commands);
    ngx_queue_remove(&command->queue);
    ggi_redis_commands_time_oldest(commands);

    command->handler(command->data, reply);
    ngx_free(command);

    return 1;
}


void
ggi_redis_commands_stop(ggi_redis_commands_t *commands)
{
    if (commands->timer.timer_set) {
        ngx_del_timer(&commands->timer);
    }
}


void
ggi_redis_commands_fail(ggi_redis_commands_t *commands,
    const ggi_reply_t *outcome)
{
    ngx_queue_t           all, *q;
    ggi_redis_command_t  *command;

    ggi_queue_take_all(&all, &commands->queue);

    while ((q = ggi_queue_take(&all)) != NULL) {
        command = ngx_queue_data(q, ggi_redis_command_t, queue);
        command->handler(command->data, command->particular ? outcome : NULL);
        ngx_free(command);
        outcome = NULL;
    }
}
