/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_fetch_redis.h"


void
ggi_fetch_redis_retry_soon(ggi_fetch_redis_t *redis)
{
    if (redis->cluster) {
        ggi_cluster_retry_soon(redis->cluster);

    } else {
        ggi_redis_retry_soon(redis->server);
        ggi_redis_retry_soon(redis->subscription.redis);
    }
}


/* Writes the key that Redis has a document under to name, and returns it. */
static ggi_str_t
ggi_fetch_redis_name(const ggi_fetch_redis_t *redis, ggi_str_t key,
    u_char name[GGI_KIND_PREFIX_MAX + GGI_KEY_MAX])
{
    u_char     *p;
    ggi_str_t   text;

    p = ngx_snprintf(name, GGI_KIND_PREFIX_MAX + GGI_KEY_MAX, "%s%*s",
                     redis->conf->kind->prefix, key.len, key.data);
    text.data = (char *) name;
    text.len = (size_t) (p - name);

    return text;
}


ngx_uint_t
ggi_fetch_redis_usable(ggi_fetch_redis_t *redis, ggi_str_t key)
{
    u_char  name[GGI_KIND_PREFIX_MAX + GGI_KEY_MAX];

    return redis->cluster
           ? ggi_cluster_usable(redis->cluster, ggi_fetch_redis_name(redis, key, name))
           : ggi_redis_usable(redis->server);
}


ngx_int_t
ggi_fetch_redis_get(ggi_fetch_redis_t *redis, ggi_str_t key, ggi_redis_reply_pt handler,
    void *data)
{
    u_char     name[GGI_KIND_PREFIX_MAX + GGI_KEY_MAX];
    ggi_str_t  text;

    text = ggi_fetch_redis_name(redis, key, name);

    return redis->cluster ? ggi_vouch_get(&redis->slots, text, handler, data)
                          : ggi_redis_get(redis->server, text, handler, data);
}
