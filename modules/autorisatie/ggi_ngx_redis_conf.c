/* SPDX-License-Identifier: EUPL-1.2 */

/* ggi_autorisatie_redis: where Redis is, and what its TLS has to be. All that may take long is done here, at start. */

#include "ggi_ngx_directive.h"
#include "ggi_ngx_redis_conf.h"
#include "ggi_ngx_str.h"


#define GGI_REDIS_TIMEOUT  500          /* ms */


static char *
ggi_redis_resolve(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    u_char     *p;
    ngx_str_t   path;
    ngx_url_t   u;

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
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "redis \"%V\": %s", &u.url,
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


#if (NGX_SSL)

static void
ggi_redis_ssl_cleanup(void *data)
{
    ngx_ssl_cleanup_ctx(data);
}


/* The server's certificate has to lead to a CA of the file, or of the system, and to be of the URL's host. */
static char *
ggi_redis_tls(ngx_conf_t *cf, ggi_redis_conf_t *conf, ngx_str_t *ca)
{
    ngx_ssl_t           *ssl;
    ngx_pool_cleanup_t  *cln;

    ssl = ngx_pcalloc(cf->pool, sizeof(ngx_ssl_t));
    if (ssl == NULL) {
        return NGX_CONF_ERROR;
    }

    ssl->log = cf->log;

    if (ngx_ssl_create(ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(ssl);
        return NGX_CONF_ERROR;
    }

    cln->handler = ggi_redis_ssl_cleanup;
    cln->data = ssl;

    if (ca->len) {
        if (ngx_ssl_trusted_certificate(cf, ssl, ca, 4) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "certificates of \"ca=%V\" cannot be used", ca);
            return NGX_CONF_ERROR;
        }

    } else if (SSL_CTX_set_default_verify_paths(ssl->ctx) != 1) {
        return NGX_CONF_ERROR;
    }

    /* so that the result is judged after the handshake, as nginx does it for its upstreams */
    SSL_CTX_set_verify(ssl->ctx, SSL_VERIFY_NONE, NULL);

    conf->ssl = ssl;

    return NGX_CONF_OK;
}

#endif


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
                           "\"ggi_autorisatie_redis\" has an invalid redis URL: %s, such as "
                           "redis://127.0.0.1:6379/0", fault.text);
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
                           "invalid parameter \"%V\" of \"ggi_autorisatie_redis\": "
                           "expected timeout= with a time or, for rediss://, "
                           "ca= with a file", &value[i]);
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
        rv = ggi_redis_tls(cf, conf, &ca);
    }
#endif

    return rv;
}
