/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_fetcher.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_queue.h"


/* The connection is ready: what has waited for that is sent. */
static void
ggi_fetcher_ready(void *data)
{
    ngx_queue_t    *q;
    ggi_fetch_t    *fetch;
    ggi_fetcher_t  *fetcher = data;

    ggi_metric_set(fetcher->conf->kind->metrics.connected, 1);
    ggi_fetch_redis_retry_soon(&fetcher->redis);
    ggi_marker_ask(&fetcher->marker);

    if (fetcher->redis.cluster) {
        ggi_slots_look(&fetcher->redis.slots);
    }

    ggi_queue_foreach(q, &fetcher->fetches) {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        if (fetch->mine && !fetch->sent) {
            ggi_fetch_get(fetch);
        }
    }
}


/* Returns a fetch of this worker that Redis has not been asked for, or NULL. */
static ggi_fetch_t *
ggi_fetcher_unsent(ggi_fetcher_t *fetcher)
{
    ngx_queue_t  *q;
    ggi_fetch_t  *fetch;

    ggi_queue_foreach(q, &fetcher->fetches) {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        /* one that ended is not there; NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        if (fetch->mine && !fetch->sent) {
            return fetch;
        }
    }

    return NULL;
}


/*
 * The connection was lost, or an attempt to make one failed. After a failed
 * attempt nothing can be fetched: nobody waits in vain for what this worker
 * was to fetch.
 */
static void
ggi_fetcher_lost(void *data)
{
    ggi_fetch_t    *fetch;
    ggi_fetcher_t  *fetcher = data;

    ggi_metric_set(fetcher->conf->kind->metrics.connected, 0);

    /* in a Cluster each fetch is sent, and ends by its reply */

    if (fetcher->redis.cluster) {
        return;
    }

    if (ggi_redis_misfit(fetcher->redis.server) && fetcher->redis.subscription.live) {
        ggi_redis_anew(fetcher->redis.subscription.redis);  /* it hears one that is no master */
    }

    if (ggi_redis_usable(fetcher->redis.server)) {
        return;
    }

    /* those that were sent hear of it by their reply; a resumed call may take others away */

    for ( ;; ) {
        fetch = ggi_fetcher_unsent(fetcher);

        if (fetch == NULL) {
            return;
        }

        ggi_fetch_end(fetch, GGI_FETCH_FAILED, NULL);
    }
}


static void
ggi_fetcher_no_message(void *data, const ggi_reply_t *text)
{
    /* nothing is published on a connection that subscribes to no channel */
}


static const ggi_redis_events_t  ggi_fetcher_events = {
    ggi_fetcher_ready, ggi_fetcher_lost, ggi_fetcher_no_message
};


/* Has Sentinels lead both clients to the master, where the URL names Sentinels. */
static ngx_int_t
ggi_fetcher_lead(ggi_fetcher_t *fetcher, ngx_log_t *log)
{
    if (fetcher->conf->url.kind != GGI_REDIS_SENTINEL) {
        return NGX_OK;
    }

    fetcher->sentinels = ggi_sentinels_start(fetcher->conf, fetcher->redis.server,
                                             fetcher->redis.subscription.redis, log);

    return fetcher->sentinels ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_fetcher_start(ggi_fetcher_t *fetcher, ggi_redis_conf_t *conf,
    ggi_cache_t *cache, ngx_log_t *log)
{
    /* jansson asks for this before threads use it */
    json_object_seed(0);

    ngx_memzero(fetcher, sizeof(ggi_fetcher_t));
    ngx_queue_init(&fetcher->fetches);
    fetcher->conf = conf;
    fetcher->redis.conf = conf;
    fetcher->cache = cache;
    ggi_fetch_log_init(&fetcher->log, conf, log);

    ggi_marker_init(&fetcher->marker, conf, cache, log);

    if (conf->url.kind == GGI_REDIS_CLUSTER) {
        fetcher->redis.cluster = ggi_cluster_start(conf, &ggi_fetcher_events, fetcher, log);
        fetcher->marker.found = GGI_DATASET_GOOD;       /* its slots have markers of their own */

    } else {
        fetcher->redis.server = ggi_redis_start(conf, NULL, &ggi_fetcher_events, fetcher, log);
        fetcher->marker.redis = fetcher->redis.server;
    }

    if (fetcher->redis.server == NULL && fetcher->redis.cluster == NULL) {
        return NGX_ERROR;
    }

    if (fetcher->redis.cluster) {
        ggi_slots_start(&fetcher->redis.slots, conf, cache, fetcher->redis.cluster, log);
    }

    if (ggi_subscription_start(&fetcher->redis.subscription, conf,
                               fetcher->redis.cluster ? &fetcher->redis.slots : NULL, cache,
                               &fetcher->marker, log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_fetcher_lead(fetcher, log);
}


/* Forgets all that wait: a call that went on now would not come to its end any more. */
static void
ggi_fetcher_leave_all(ggi_fetcher_t *fetcher)
{
    ngx_queue_t  *q;
    ggi_fetch_t  *fetch;

    ggi_queue_foreach(q, &fetcher->fetches) {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        while (!ngx_queue_empty(&fetch->waiters)) {
            ggi_fetch_leave(ngx_queue_data(ngx_queue_head(&fetch->waiters),
                                           ggi_fetch_waiter_t, queue));
        }
    }
}


void
ggi_fetcher_stop(ggi_fetcher_t *fetcher)
{
    ggi_fetcher_leave_all(fetcher);
    ggi_marker_stop(&fetcher->marker);

    if (fetcher->sentinels) {
        ggi_sentinels_stop(fetcher->sentinels);
    }

    if (fetcher->redis.server) {
        ggi_redis_stop(fetcher->redis.server);
    }

    if (fetcher->redis.cluster) {
        ggi_slots_stop(&fetcher->redis.slots);
        ggi_cluster_stop(fetcher->redis.cluster);
    }

    ggi_subscription_stop(&fetcher->redis.subscription);
}


static ggi_fetch_t *
ggi_fetcher_find(ggi_fetcher_t *fetcher, ggi_str_t key)
{
    ngx_queue_t  *q;
    ggi_fetch_t  *fetch;

    ggi_queue_foreach(q, &fetcher->fetches) {
        fetch = ngx_queue_data(q, ggi_fetch_t, queue);

        if (fetch->key_len == key.len && ngx_memcmp(fetch->key, key.data, key.len) == 0) {
            return fetch;
        }
    }

    return NULL;
}


ngx_int_t
ggi_fetcher_wait(ggi_fetcher_t *fetcher, ggi_str_t key, ngx_uint_t patient,
    ggi_fetch_waiter_t *waiter)
{
    ggi_fetch_t  *fetch;

    ggi_fetch_redis_retry_soon(&fetcher->redis);

    if (!patient && (!ggi_fetch_redis_usable(&fetcher->redis, key)
                     || ggi_dataset_doubtful(fetcher->marker.found)))
    {
        return NGX_DECLINED;
    }

    fetch = ggi_fetcher_find(fetcher, key);

    if (fetch == NULL) {
        fetch = ggi_fetch_create(fetcher, key);
        if (fetch == NULL) {
            return NGX_ERROR;
        }

        ggi_fetch_begin(fetch);
    }

    waiter->waiting = 1;
    ngx_queue_insert_tail(&fetch->waiters, &waiter->queue);

    return NGX_AGAIN;
}


void
ggi_fetcher_ahead(ggi_fetcher_t *fetcher, ggi_str_t key)
{
    ggi_fetch_t  *fetch;

    if (ggi_fetcher_find(fetcher, key) || !ggi_fetch_redis_usable(&fetcher->redis, key)) {
        return;
    }

    fetch = ggi_fetch_create(fetcher, key);
    if (fetch == NULL) {
        return;
    }

    ggi_fetch_begin_alone(fetch);
}
