/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_redis_retry.h"


#define GGI_REDIS_BACKOFF      100      /* ms before the first new attempt that nobody waits for */
#define GGI_REDIS_BACKOFF_MAX  5000     /* ms */
#define GGI_REDIS_SPACING      100      /* ms at least between the beginnings of two attempts */


/* Has an attempt begin, or go on, after delay ms. */
static void
ggi_redis_retry_schedule(ggi_redis_retry_t *retry, ngx_msec_t delay)
{
    if (retry->timer.timer_set) {
        ngx_del_timer(&retry->timer);
    }

    ngx_add_timer(&retry->timer, delay);
}


/*
 * Returns the ms until an attempt may begin: no server is asked too often,
 * however many calls wait for it.
 */
static ngx_msec_t
ggi_redis_retry_spacing(ggi_redis_retry_t *retry)
{
    ngx_msec_t      spacing;
    ngx_msec_int_t  left;

    spacing = ngx_min(GGI_REDIS_SPACING, retry->conf->timeout / 4);
    left = (ngx_msec_int_t) (retry->began + spacing - ngx_current_msec);

    return left > 0 ? (ngx_msec_t) left : 0;
}


void
ggi_redis_retry_init(ggi_redis_retry_t *retry, ggi_redis_conf_t *conf,
    ngx_event_handler_pt handler, void *data, ngx_log_t *log)
{
    ngx_memzero(retry, sizeof(ggi_redis_retry_t));

    retry->conf = conf;
    retry->timer.handler = handler;
    retry->timer.data = data;
    retry->timer.log = log;
    retry->timer.cancelable = 1;        /* it does not hold a worker that shuts down */
}


void
ggi_redis_retry_lead(ggi_redis_retry_t *retry, ggi_redis_node_t *nodes, ngx_uint_t n)
{
    retry->nodes = nodes;
    retry->nnodes = n;
    retry->addr = 0;
    retry->tried = 0;
    retry->failures = 0;
    ggi_redis_retry_stop(retry);

    if (n) {
        ggi_redis_retry_schedule(retry, 0);
    }
}


ggi_redis_node_t *
ggi_redis_retry_node(ggi_redis_retry_t *retry)
{
    if (retry->tried == 0) {
        retry->began = ngx_current_msec;
    }

    return &retry->nodes[retry->addr % retry->nnodes];
}


void
ggi_redis_retry_worked(ggi_redis_retry_t *retry)
{
    retry->failures = 0;
    retry->tried = 0;
}


void
ggi_redis_retry_lost(ggi_redis_retry_t *retry)
{
    if (retry->nnodes) {
        ggi_redis_retry_schedule(retry, ggi_redis_retry_spacing(retry));
    }
}


ngx_uint_t
ggi_redis_retry_failed(ggi_redis_retry_t *retry)
{
    ngx_msec_t  backoff;

    retry->addr++;
    retry->tried++;

    if (retry->tried < retry->nnodes) {
        ggi_redis_retry_schedule(retry, 0);
        return 0;
    }

    backoff = (ngx_msec_t) GGI_REDIS_BACKOFF
              << ngx_min(retry->failures, (ngx_uint_t) 6);
    backoff = ngx_min(backoff, (ngx_msec_t) GGI_REDIS_BACKOFF_MAX);

    /* jitter: the workers of many gateways shall not come back in step */
    ggi_redis_retry_schedule(retry, backoff / 2
                                    + (ngx_msec_t) ngx_random() % backoff);

    retry->tried = 0;
    retry->failures++;

    return 1;
}


void
ggi_redis_retry_hasten(ggi_redis_retry_t *retry)
{
    ngx_msec_t  delay;

    if (!retry->timer.timer_set) {
        return;
    }

    delay = ggi_redis_retry_spacing(retry);

    if ((ngx_msec_int_t) (retry->timer.timer.key - ngx_current_msec - delay)
        > 0)
    {
        ggi_redis_retry_schedule(retry, delay);
    }
}


void
ggi_redis_retry_stop(ggi_redis_retry_t *retry)
{
    if (retry->timer.timer_set) {
        ngx_del_timer(&retry->timer);
    }
}
