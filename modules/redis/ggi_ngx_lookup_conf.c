/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_cache_zone.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_lookup_conf.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_slots_zone.h"
#include "ggi_ngx_source.h"


/* Returns the ggi_lookup_conf_t of a row by GGI_LOOKUP_COMMAND. */
static ggi_lookup_conf_t *
ggi_lookup_conf_of(ngx_command_t *cmd, void *conf)
{
    return (ggi_lookup_conf_t *) (void *) ((u_char *) conf + cmd->offset);
}


/* Refuses a directive beside the other one that names a source. */
static char *
ggi_lookup_second(ngx_conf_t *cf, ngx_command_t *cmd, const char *other)
{
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" directive stands beside \"%s\": there is one source",
                       &cmd->name, other);

    return NGX_CONF_ERROR;
}


char *
ggi_lookup_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_lookup_conf_t  *lcf;

    /* the row is one of the member file */
    lcf = (ggi_lookup_conf_t *) (void *) ((u_char *) ggi_lookup_conf_of(cmd, conf)
                                          - offsetof(ggi_lookup_conf_t, file));

    return lcf->redis ? ggi_lookup_second(cf, cmd, lcf->lookup->kind->redis_directive)
                      : ggi_source_slot(cf, cmd, conf);
}


char *
ggi_lookup_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t          *value;
    ggi_lookup_conf_t  *lcf;

    lcf = ggi_lookup_conf_of(cmd, conf);

    if (lcf->cache.zone) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    lcf->zone_file = cf->conf_file->file.name.data;
    lcf->zone_line = cf->conf_file->line;

    return ggi_cache_zone(cf, &lcf->cache, lcf->lookup->kind, &value[1],
                          cf->args->nelts - 1, lcf->lookup->module);
}


char *
ggi_lookup_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_lookup_conf_t  *lcf;

    lcf = ggi_lookup_conf_of(cmd, conf);

    if (lcf->redis) {
        return "is duplicate";
    }

    if (lcf->file) {
        return ggi_lookup_second(cf, cmd, lcf->lookup->kind->file_directive);
    }

    lcf->redis = ngx_pcalloc(cf->pool, sizeof(ggi_redis_conf_t));
    if (lcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    lcf->redis->kind = lcf->lookup->kind;

    return ggi_redis_directive(cf, lcf->redis);
}


/* Notes the resolver of http, for names of masters that Sentinels give while calls are served. */
static void
ggi_lookup_resolver(ngx_conf_t *cf, ggi_redis_conf_t *redis)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    redis->resolver = clcf->resolver;
    redis->resolver_timeout = (clcf->resolver_timeout == NGX_CONF_UNSET_MSEC)
                              ? 30000 : clcf->resolver_timeout;
}


ngx_int_t
ggi_lookup_complete(ngx_conf_t *cf, ggi_lookup_conf_t *conf)
{
    ngx_str_t          zone;
    const ggi_kind_t  *kind;

    kind = conf->lookup->kind;

    if (conf->zone_file && conf->redis == NULL) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"%s\" has no effect without \"%s\", in %s:%ui",
                      kind->zone_directive, kind->redis_directive,
                      conf->zone_file, conf->zone_line);
    }

    if (conf->redis) {
        ggi_lookup_resolver(cf, conf->redis);
        ggi_metric_show(cf, kind->metrics.hit, kind->metrics.failures);

        if (conf->redis->url.kind == GGI_REDIS_CLUSTER) {
            ggi_metric_show(cf, kind->metrics.moved, kind->metrics.asked);
        }
    }

    if (conf->redis == NULL) {
        return NGX_OK;
    }

    zone.data = (u_char *) kind->zone;
    zone.len = ngx_strlen(kind->zone);

    if (conf->cache.zone == NULL
        && ggi_cache_zone(cf, &conf->cache, kind, &zone, 1, conf->lookup->module) != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    return conf->redis->url.kind == GGI_REDIS_CLUSTER
           ? ggi_slots_zone(cf, &conf->cache, conf->lookup->module) : NGX_OK;
}


ngx_int_t
ggi_lookup_init(ngx_conf_t *cf, const ggi_lookup_t *lookup, ggi_status_pt status)
{
    u_char             *main_conf;
    ggi_lookup_conf_t  *conf;

    main_conf = ngx_http_conf_get_module_main_conf(cf, (*lookup->module));
    conf = (ggi_lookup_conf_t *) (void *) (main_conf + lookup->offset);

    if (conf->file == NULL && conf->redis == NULL
        && ggi_gate_require(cf, lookup->gate, lookup->kind->needed) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (conf->file) {
        ggi_gate_warn_diensten(cf, lookup->gate, lookup->has, conf->file, lookup->part);
    }

    if (ggi_lookup_complete(cf, conf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (conf->redis && ggi_status_provide(cf, status) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, lookup->gate, lookup->handler);
}
