/* SPDX-License-Identifier: EUPL-1.2 */

/* What nginx's queues lack. */

#ifndef GGI_NGX_QUEUE_H
#define GGI_NGX_QUEUE_H

#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The head of a loop over a queue, from its first node to its last: q, a ngx_queue_t *,
 * is each of them in turn. The body may not take q out of its queue, unless it leaves
 * the loop then.
 */
#define ggi_queue_foreach(q, queue)                                            \
    for ((q) = ngx_queue_head(queue);                                          \
         (q) != ngx_queue_sentinel(queue);                                     \
         (q) = ngx_queue_next(q))


/* Moves all nodes of the queue from, which may be empty, to the end of the queue to, in order. */
static ngx_inline void
ggi_queue_move(ngx_queue_t *to, ngx_queue_t *from)
{
    if (!ngx_queue_empty(from)) {
        ngx_queue_add(to, from);
        ngx_queue_init(from);
    }
}


/* Makes a queue of all nodes of the queue from, which is empty then. */
static ngx_inline void
ggi_queue_take_all(ngx_queue_t *queue, ngx_queue_t *from)
{
    ngx_queue_init(queue);
    ggi_queue_move(queue, from);
}


/* Takes the first node out of a queue. Returns it, or NULL when the queue is empty. */
static ngx_inline ngx_queue_t *
ggi_queue_take(ngx_queue_t *queue)
{
    ngx_queue_t  *q;

    if (ngx_queue_empty(queue)) {
        return NULL;
    }

    q = ngx_queue_head(queue);
    /* the head changes by it; NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    ngx_queue_remove(q);

    return q;
}


#endif
