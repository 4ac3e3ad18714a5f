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


/*
 * Adds the addresses of a server to the nodes of conf. host is its host, or NULL for the UNIX
 * socket of the URL. Returns NGX_CONF_OK, or NGX_CONF_ERROR after a message.
 */
static char *
ggi_redis_resolve(ngx_conf_t *cf, ggi_redis_conf_t *conf, ngx_array_t *nodes,
    const ggi_redis_host_t *host)
{
    ngx_str_t          path, *value;
    ngx_url_t          u;
    ngx_uint_t         i;
    ggi_redis_node_t  *node;

    value = cf->args->elts;
    ngx_memzero(&u, sizeof(ngx_url_t));

    if (host == NULL) {
        path = ggi_to_ngx_str(conf->url.path);
        u.url.len = sizeof("unix:") - 1 + path.len;
        u.url.data = ngx_pnalloc(cf->pool, u.url.len + 1);
        if (u.url.data == NULL) {
            return NGX_CONF_ERROR;
        }

        ngx_sprintf(u.url.data, "unix:%V%Z", &path);

    } else {
        u.url = ggi_to_ngx_str(host->name);
        u.default_port = (in_port_t) host->port;
    }

    /* names are resolved here, at start: never while calls are served */

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" names server \"%V\", "
                           "which cannot be found: %s", &value[0], &u.url,
                           u.err ? u.err : "no memory");
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < u.naddrs; i++) {
        node = ngx_array_push(nodes);
        if (node == NULL) {
            return NGX_CONF_ERROR;
        }

        node->host = host;
        node->addr = u.addrs[i];
    }

    return NGX_CONF_OK;
}


/* Resolves all hosts of the URL. Returns NGX_CONF_OK, or NGX_CONF_ERROR after a message. */
static char *
ggi_redis_resolve_all(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    size_t       i;
    ngx_array_t  nodes;

    if (ngx_array_init(&nodes, cf->pool, 4, sizeof(ggi_redis_node_t)) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->url.path.len
        && ggi_redis_resolve(cf, conf, &nodes, NULL) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < conf->url.nhosts; i++) {
        if (ggi_redis_resolve(cf, conf, &nodes, &conf->url.hosts[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    conf->nodes = nodes.elts;
    conf->nnodes = nodes.nelts;

    return NGX_CONF_OK;
}


/*
 * Sets the name of Redis for the log: "host:port" of a server, "unix:path" of a socket, or the
 * URL without user and password where that has several hosts. Returns NGX_CONF_OK, or
 * NGX_CONF_ERROR without memory.
 */
static char *
ggi_redis_name(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    size_t                  i;
    u_char                 *p;
    const ggi_redis_url_t  *url;

    url = &conf->url;
    p = ngx_pnalloc(cf->pool, sizeof("redis-clusters://") + sizeof(url->text)
                              + GGI_REDIS_HOSTS_MAX * sizeof(",:65535") + sizeof(" over TLS"));
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->name.data = p;

    if (url->path.len) {
        p = ngx_sprintf(p, "unix:%s", url->path.data);

    } else if (url->kind != GGI_REDIS_SERVER) {
        p = ngx_sprintf(p, "%s", ggi_redis_url_scheme(url));
    }

    for (i = 0; i < url->nhosts; i++) {
        p = ngx_sprintf(p, "%s%s:%d", i ? "," : "", url->hosts[i].name.data, url->hosts[i].port);
    }

    if (url->master.len) {
        p = ngx_sprintf(p, "/%s", url->master.data);

    } else if (url->kind == GGI_REDIS_SERVER && url->tls) {
        p = ngx_sprintf(p, " over TLS");
    }

    conf->name.len = (size_t) (p - conf->name.data);

    return NGX_CONF_OK;
}


/*
 * Takes what stands behind the name of a parameter, such as "ca=", to *text. Returns 1, or 0 when
 * the parameter has another name, or nothing stands there.
 */
static ngx_uint_t
ggi_redis_parameter_is(const ngx_str_t *parameter, const char *name, ngx_str_t *text)
{
    size_t  len;

    len = ngx_strlen(name);

    if (parameter->len <= len || ngx_strncmp(parameter->data, name, len) != 0) {
        return 0;
    }

    text->data = parameter->data + len;
    text->len = parameter->len - len;

    return 1;
}


/* Reads a parameter that names a file for TLS. Returns 1, or 0 when it is none. */
static ngx_uint_t
ggi_redis_file(const ngx_str_t *parameter, ggi_redis_files_t *files)
{
    return ggi_redis_parameter_is(parameter, "ca=", &files->ca)
           || ggi_redis_parameter_is(parameter, "cert=", &files->cert)
           || ggi_redis_parameter_is(parameter, "key=", &files->key);
}


/* Reads a parameter that follows the URL. Returns NGX_OK, or NGX_ERROR after a message. */
static ngx_int_t
ggi_redis_parameter(ngx_conf_t *cf, ggi_redis_conf_t *conf, ngx_str_t *parameter,
    ggi_redis_files_t *files)
{
    ngx_int_t   ms;
    ngx_str_t  *value, text, shown;

    value = cf->args->elts;
    shown = *parameter;

    if (ggi_redis_parameter_is(parameter, "timeout=", &text)) {
        ms = ngx_parse_time(&text, 0);

        if (ms != NGX_ERROR && ms > 0) {
            conf->timeout = (ngx_msec_t) ms;
            return NGX_OK;
        }

    } else if (conf->url.tls && ggi_redis_file(parameter, files)) {
        return NGX_OK;

    } else if (conf->url.kind == GGI_REDIS_SENTINEL
               && ggi_redis_parameter_is(parameter, "sentinel_user=", &text))
    {
        conf->url.sentinel_user = ggi_from_ngx_str(text);
        return NGX_OK;

    } else if (ggi_redis_parameter_is(parameter, "sentinel_password=", &text)) {
        shown.len -= text.len;          /* a password is not for the log */

        if (conf->url.kind == GGI_REDIS_SENTINEL) {
            conf->url.sentinel_password = ggi_from_ngx_str(text);
            return NGX_OK;
        }
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" of \"%V\": "
                       "expected timeout= with a time, ca=, cert= or key= with a file where the "
                       "URL asks for TLS, or sentinel_user= and sentinel_password= where it names "
                       "Sentinels", &shown, &value[0]);

    return NGX_ERROR;
}


char *
ggi_redis_directive(ngx_conf_t *cf, ggi_redis_conf_t *conf)
{
    char               *rv;
    ngx_str_t          *value;
    ngx_uint_t          i;
    ggi_fault_t         fault = ggi_fault_init;
    ggi_redis_files_t   files;

    value = cf->args->elts;
    conf->timeout = GGI_REDIS_TIMEOUT;
    ngx_memzero(&files, sizeof(ggi_redis_files_t));

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
        if (ggi_redis_parameter(cf, conf, &value[i], &files) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (conf->url.sentinel_user.len && conf->url.sentinel_password.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" has \"sentinel_user=\" without \"sentinel_password=\"",
                           &value[0]);
        return NGX_CONF_ERROR;
    }

#if (NGX_THREADS)
    /* nginx's pool "default", which need not be configured */
    conf->threads = ngx_thread_pool_add(cf, NULL);
    if (conf->threads == NULL) {
        return NGX_CONF_ERROR;
    }
#endif

    rv = ggi_redis_resolve_all(cf, conf);

    if (rv == NGX_CONF_OK) {
        rv = ggi_redis_name(cf, conf);
    }

#if (NGX_SSL)
    if (rv == NGX_CONF_OK && conf->url.tls) {
        conf->ssl = ggi_redis_tls_create(cf, &files);
        rv = conf->ssl ? NGX_CONF_OK : NGX_CONF_ERROR;
    }
#endif

    return rv;
}
