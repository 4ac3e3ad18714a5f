/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_subscription.h"
#include "ggi_oin.h"
#include "ggi_redis_keys.h"


static void
ggi_subscription_ready(void *data)
{
    ggi_subscription_t *subscription = data;

    /* changes from before this moment have been missed */
    ggi_cache_doubt(subscription->cache);
    subscription->live = 1;
    ggi_metric_set(GGI_METRIC_REDIS_SUBSCRIBED, 1);
}


static void
ggi_subscription_lost(void *data)
{
    ggi_subscription_t *subscription = data;

    subscription->live = 0;
    ggi_metric_set(GGI_METRIC_REDIS_SUBSCRIBED, 0);
}


/* Something was published. What is no OIN may stand for a change of any profile. */
static void
ggi_subscription_message(void *data, const ggi_reply_t *reply)
{
    uint64_t             left_out;
    ggi_str_t            oin;
    ggi_subscription_t  *subscription = data;

    oin.data = reply->data;
    oin.len = reply->len;

    if (oin.len != GGI_OIN_LEN) {
        if (ggi_limit_pass(&subscription->limit, ngx_current_msec,
                           &left_out))
        {
            ngx_log_error(NGX_LOG_WARN, subscription->log, 0,
                          "redis %V publishes a message on %s that is no OIN: "
                          "all profiles are fetched again, since any of them "
                          "may have changed; publish the OIN of the profile "
                          "(messages left out: %uL)",
                          &subscription->conf->name, GGI_REDIS_CHANNEL,
                          left_out);
        }

        ggi_cache_doubt(subscription->cache);
        return;
    }

    ggi_cache_invalidate(subscription->cache, oin);
}


static const ggi_redis_events_t  ggi_subscription_events = {
    ggi_subscription_ready, ggi_subscription_lost, ggi_subscription_message
};


ngx_int_t
ggi_subscription_start(ggi_subscription_t *subscription,
    ggi_redis_conf_t *conf, ggi_cache_t *cache, ngx_log_t *log)
{
    ngx_memzero(subscription, sizeof(ggi_subscription_t));

    subscription->conf = conf;
    subscription->cache = cache;
    subscription->log = log;
    subscription->redis = ggi_redis_start(conf, GGI_REDIS_CHANNEL,
                                          &ggi_subscription_events,
                                          subscription, log);

    return subscription->redis ? NGX_OK : NGX_ERROR;
}


void
ggi_subscription_stop(ggi_subscription_t *subscription)
{
    if (subscription->redis) {
        ggi_redis_stop(subscription->redis);
    }
}
