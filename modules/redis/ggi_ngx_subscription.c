/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_metrics.h"
#include "ggi_ngx_subscription.h"


static void
ggi_subscription_ready(void *data)
{
    ggi_subscription_t *subscription = data;

    /* changes from before this moment have been missed */
    ggi_cache_doubt(subscription->cache);
    subscription->live = 1;
    ggi_metric_set(subscription->conf->kind->metrics.subscribed, 1);
}


static void
ggi_subscription_lost(void *data)
{
    ggi_subscription_t *subscription = data;

    subscription->live = 0;
    ggi_metric_set(subscription->conf->kind->metrics.subscribed, 0);
}


/* What is no key may stand for a change of any document: all are fetched again. */
static void
ggi_subscription_no_key(ggi_subscription_t *subscription)
{
    uint64_t           left_out;
    const ggi_kind_t  *kind;

    kind = subscription->conf->kind;

    if (ggi_limit_pass(&subscription->limit, ngx_current_msec, &left_out)) {
        ngx_log_error(NGX_LOG_WARN, subscription->log, 0,
                      "redis %V publishes a message on %s that is no %s: "
                      "all %s are fetched again, since any of them "
                      "may have changed; publish the %s of the %s "
                      "(messages left out: %uL)",
                      &subscription->conf->name, kind->channel, kind->key,
                      kind->names, kind->key, kind->name, left_out);
    }

    ggi_cache_doubt(subscription->cache);
}


/* The document of a key has changed: in a Cluster the marker of its slot has, too. */
static void
ggi_subscription_changed(ggi_subscription_t *subscription, ggi_str_t key)
{
    u_char            *p, name[GGI_KIND_PREFIX_MAX + GGI_KEY_MAX];
    ggi_str_t          text;
    const ggi_kind_t  *kind = subscription->conf->kind;

    ggi_cache_invalidate(subscription->cache, key);

    if (subscription->slots) {
        p = ngx_snprintf(name, sizeof(name), "%s%*s", kind->prefix, key.len, key.data);
        text.data = (char *) name;
        text.len = (size_t) (p - name);
        ggi_slots_changed(subscription->slots, text);
    }
}


/* Something was published: the key of a document that has changed, as a rule. */
static void
ggi_subscription_message(void *data, const ggi_reply_t *reply)
{
    ggi_str_t            key;
    ggi_subscription_t  *subscription = data;

    key.data = reply->data;
    key.len = reply->len;

    if (ggi_kind_key_valid(subscription->conf->kind, key)) {
        ggi_subscription_changed(subscription, key);

    } else {
        ggi_subscription_no_key(subscription);
    }

    ggi_marker_ask(subscription->marker);
}


static const ggi_redis_events_t  ggi_subscription_events = {
    ggi_subscription_ready, ggi_subscription_lost, ggi_subscription_message
};


ngx_int_t
ggi_subscription_start(ggi_subscription_t *subscription,
    ggi_redis_conf_t *conf, ggi_slots_t *slots, ggi_cache_t *cache, ggi_marker_t *marker,
    ngx_log_t *log)
{
    ngx_memzero(subscription, sizeof(ggi_subscription_t));

    subscription->conf = conf;
    subscription->cache = cache;
    subscription->marker = marker;
    subscription->slots = slots;
    subscription->log = log;

    if (slots) {
        ggi_cluster_subscribe(slots->cluster, conf->kind->channel, &ggi_subscription_events,
                              subscription);
        return NGX_OK;
    }

    subscription->redis = ggi_redis_start(conf, conf->kind->channel,
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
