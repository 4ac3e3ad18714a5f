/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_fetch_log.h"
#include "ggi_redis_words.h"


void
ggi_fetch_log_init(ggi_fetch_log_t *fl, ggi_redis_conf_t *conf, ngx_log_t *log)
{
    ngx_memzero(fl, sizeof(ggi_fetch_log_t));

    fl->conf = conf;
    fl->log = log;
}


void
ggi_fetch_log_reply(ggi_fetch_log_t *fl, ggi_str_t key,
    const ggi_reply_t *reply)
{
    char      words[GGI_REDIS_WORDS_LEN];
    uint64_t  left_out;

    if (reply->type == GGI_REPLY_BROKEN
        || !ggi_limit_pass(&fl->reply_limit, ngx_current_msec, &left_out))
    {
        return;                         /* the connection has told of a broken one */
    }

    ggi_redis_printable(words, sizeof(words), reply->data ? reply->data : "",
                        reply->data ? reply->len : 0, &fl->conf->url);

    ngx_log_error(NGX_LOG_ERR, fl->log, 0,
                  "redis answers for %s%*s: %s (server: %V, such answers "
                  "left out: %uL)", fl->conf->kind->prefix, key.len, key.data,
                  reply->data ? words : "no string", &fl->conf->name,
                  left_out);
}


void
ggi_fetch_log_fault(ggi_fetch_log_t *fl, ggi_str_t key, const char *fault,
    uint64_t version)
{
    uint64_t  said, left_out;

    said = ggi_limits_hash(version, fault, ngx_strlen(fault));

    if (ggi_limits_pass(&fl->faults, ggi_limits_hash(0, key.data, key.len), said,
                        ngx_current_msec, &left_out))
    {
        ngx_log_error(NGX_LOG_ERR, fl->log, 0,
                      "%s in %s%*s: %s (server: %V, such faults left out: %uL)",
                      fl->conf->kind->name, fl->conf->kind->prefix, key.len, key.data, fault,
                      &fl->conf->name, left_out);
    }
}


void
ggi_fetch_log_warning(ggi_fetch_log_t *fl, ggi_str_t key, const char *warning)
{
    uint64_t  left_out;

    if (ggi_limit_pass(&fl->warning_limit, ngx_current_msec, &left_out)) {
        ngx_log_error(NGX_LOG_WARN, fl->log, 0,
                      "%s in %s%*s: %s (server: %V, such warnings left "
                      "out: %uL)", fl->conf->kind->name, fl->conf->kind->prefix,
                      key.len, key.data, warning, &fl->conf->name, left_out);
    }
}


void
ggi_fetch_log_room(ggi_fetch_log_t *fl, ggi_str_t key, ggi_cache_t *cache,
    const ggi_compiled_t *document)
{
    uint64_t           left_out;
    const ggi_kind_t  *kind;

    if (!ggi_limit_pass(&fl->room_limit, ngx_current_msec, &left_out)) {
        return;
    }

    kind = fl->conf->kind;

    ngx_log_error(NGX_LOG_ERR, fl->log, 0,
                  "zone \"%V\" of %uz bytes is too small for the %s in "
                  "%s%*s: it takes %uD bytes, and a %s may take %uz at "
                  "most, so each call of that %s fetches it from Redis; make "
                  "the zone at least %uz bytes large (messages left out: %uL)",
                  &cache->zone->shm.name, cache->zone->shm.size, kind->name,
                  kind->prefix, key.len, key.data, document->size, kind->name,
                  ggi_cache_share(cache), kind->key,
                  cache->zone->shm.size
                  * (document->size / ggi_cache_share(cache) + 1), left_out);
}
