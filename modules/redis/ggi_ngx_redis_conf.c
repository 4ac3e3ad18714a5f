/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A directive such as ggi_autorisatie_redis: where Redis is, and what its TLS has to be.
 * All that may take long is done here, at start.
 */

#include "ggi_ngx_directive.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_ngx_redis_tls.h"
#include "ggi_ngx_str.h"


#define GGI_REDIS_TIMEOUT  500          /* ms */


static char *
ggi_redis_resolve(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    u_char     *p;
    ngx_str_t   path, *value;
    ngx_url_t   u;

    value = cf->args->elts;
    ngx_memzero(&u, sizeof(ngx_url_t));

    if (conf->url.path.len) {
        path = ggi_to_ngx_str(conf->url.path);
        u.url.len = sizeof("unix:") - 1 + path.len;
        u.url.data = ngx_pnalloc(cf->pool, u.url.len + 1);
        if (u.url.data == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_sprintf(u.url.data, "unix:%V%Z", &path);

    } else {
        u.url = ggi_to_ngx_str(conf->url.host);
        u.default_port = (in_port_t) conf->url.port;
    }

    /* names are resolved here, at start: never while calls are served */

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" names server \"%V\", "
                           "which cannot be found: %s", &value[0], &u.url,
                           u.err ? u.err : "no memory");
        return NGX_CONF_ERROR;
    }

    conf->addrs = u.addrs;
    conf->naddrs = u.naddrs;

    conf->name.data = ngx_pnalloc(cf->pool, u.url.len + sizeof(":65535 over TLS"));
    if (conf->name.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = conf->url.path.len ? ngx_sprintf(conf->name.data, "%V", &u.url)
                           : ngx_sprintf(conf->name.data, "%V:%d%s", &u.url,
                                         conf->url.port,
                                         conf->url.tls ? " over TLS" : "");
    conf->name.len = (size_t) (p - conf->name.data);

    return NGX_CONF_OK;
}


char *
ggi_redis_directive(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    char         *rv;
    ngx_int_t     ms;
    ngx_str_t    *value, text, ca;
    ngx_uint_t    i;
    ggi_fault_t   fault = ggi_fault_init;

    value = cf->args->elts;
    conf->timeout = GGI_REDIS_TIMEOUT;
    ngx_str_null(&ca);

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (!ggi_redis_url_parse(&conf->url, ggi_from_ngx_str(value[1]), &fault)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has an invalid redis URL: %s, such as "
                           "redis://127.0.0.1:6379/0", &value[0], fault.text);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_strncmp(value[i].data, "timeout=", 8) == 0) {
            text.data = value[i].data + 8;
            text.len = value[i].len - 8;
            ms = ngx_parse_time(&text, 0);

            if (ms != NGX_ERROR && ms > 0) {
                conf->timeout = (ngx_msec_t) ms;
                continue;
            }

        } else if (ngx_strncmp(value[i].data, "ca=", 3) == 0
                   && value[i].len > 3 && conf->url.tls)
        {
            ca.data = value[i].data + 3;
            ca.len = value[i].len - 3;
            continue;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"%V\": "
                           "expected timeout= with a time or, for rediss://, "
                           "ca= with a file", &value[i], &value[0]);
        return NGX_CONF_ERROR;
    }

#if (NGX_THREADS)
    /* nginx's pool "default", which need not be configured */
    conf->threads = ngx_thread_pool_add(cf, NULL);
    if (conf->threads == NULL) {
        return NGX_CONF_ERROR;
    }
#endif

    rv = ggi_redis_resolve(cf, conf);

#if (NGX_SSL)
    if (rv == NGX_CONF_OK && conf->url.tls) {
        conf->ssl = ggi_redis_tls_create(cf, &ca);
        rv = conf->ssl ? NGX_CONF_OK : NGX_CONF_ERROR;
    }
#endif

    return rv;
}
