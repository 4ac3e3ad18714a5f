/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache_zone.h"
#include "ggi_ngx_pool.h"


#define GGI_CACHE_TTL           60000   /* ms */
#define GGI_CACHE_NEGATIVE_TTL  5000    /* ms */
#define GGI_CACHE_STALE_FOR     600000  /* ms */
#define GGI_CACHE_SIZE_MIN      (64 * 1024)     /* bytes */


/*
 * Reads a parameter, such as "ttl=60s", if value begins with name, such as "ttl=".
 * Returns NGX_DECLINED when it does not, and NGX_ERROR when no time follows.
 */
static ngx_int_t
ggi_cache_time(ngx_str_t *value, const char *name, ngx_msec_t *time)
{
    size_t      len;
    ngx_int_t   ms;
    ngx_str_t   text;

    len = ngx_strlen(name);

    if (value->len <= len || ngx_strncmp(value->data, name, len) != 0) {
        return NGX_DECLINED;
    }

    text.data = value->data + len;
    text.len = value->len - len;

    ms = ngx_parse_time(&text, 0);
    if (ms == NGX_ERROR) {
        return NGX_ERROR;
    }

    *time = (ngx_msec_t) ms;

    return NGX_OK;
}


/*
 * Reads the parameters of the zone, n of them, behind its name and size. Returns
 * NGX_ERROR after a message.
 */
static ngx_int_t
ggi_cache_parameters(ngx_conf_t *cf, ggi_cache_t *cache, const ggi_kind_t *kind,
    ngx_str_t *value, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (ggi_cache_time(&value[i], "ttl=", &cache->ttl) != NGX_OK
            && ggi_cache_time(&value[i], "negative_ttl=", &cache->negative_ttl)
               != NGX_OK
            && ggi_cache_time(&value[i], "stale=", &cache->stale) != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" of "
                               "\"%s\": expected ttl=, "
                               "negative_ttl= or stale= with a time",
                               &value[i], kind->zone_directive);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


char *
ggi_cache_zone(ngx_conf_t *cf, ggi_cache_t *cache, const ggi_kind_t *kind,
    ngx_str_t *value, ngx_uint_t n, void *tag)
{
    u_char     *colon;
    ssize_t     size;
    ngx_str_t   name, text;

    cache->ttl = GGI_CACHE_TTL;
    cache->negative_ttl = GGI_CACHE_NEGATIVE_TTL;
    cache->stale = GGI_CACHE_STALE_FOR;

    colon = ngx_strlchr(value[0].data, value[0].data + value[0].len, ':');

    if (colon == NULL || colon == value[0].data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\" in \"%s\": "
                           "expected name:size, such as %s", &value[0],
                           kind->zone_directive, kind->zone);
        return NGX_CONF_ERROR;
    }

    name.data = value[0].data;
    name.len = (size_t) (colon - value[0].data);
    text.data = colon + 1;
    text.len = value[0].len - name.len - 1;
    size = ngx_parse_size(&text);

    if (size < GGI_CACHE_SIZE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size of zone \"%V\" in "
                           "\"%s\": expected at least 64k",
                           &value[0], kind->zone_directive);
        return NGX_CONF_ERROR;
    }

    if (ggi_cache_parameters(cf, cache, kind, &value[1], n - 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    cache->zone = ggi_zone_add(cf, &name, (size_t) size, tag, ggi_cache_init_zone, cache);

    return cache->zone ? NGX_CONF_OK : NGX_CONF_ERROR;
}
