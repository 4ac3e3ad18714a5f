/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate autorisatie: its directives, its variable, and its checks at start. It
 * asks whether the autorisatieprofiel of the calling organisation allows this
 * dienst, method and path, and the organisation that it calls on behalf of; the
 * judging is in ggi_ngx_authorise.c.
 */

#include "ggi_ngx_authorise.h"
#include "ggi_ngx_autorisatie_conf.h"
#include "ggi_ngx_cache_zone.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"


static ngx_int_t ggi_autorisatie_init(ngx_conf_t *cf);
static ngx_int_t ggi_autorisatie_init_process(ngx_cycle_t *cycle);
static void ggi_autorisatie_exit_process(ngx_cycle_t *cycle);
static void *ggi_autorisatie_create_main_conf(ngx_conf_t *cf);
static char *ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_autorisatie_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_autorisatie_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_str_t  ggi_autorisatie_default_zone = ngx_string(
                                                       "ggi_profielen:16m");


GGI_SOURCE_KIND(ggi_autorisatie_profiles, ggi_profiles_t, "profiles",
                ggi_profiles_read, ggi_profiles_free, GGI_METRIC_PROFILE_FILE, NULL);


static ngx_command_t  ggi_autorisatie_commands[] = {

    GGI_SOURCE_COMMAND("ggi_autorisatie_file", ggi_autorisatie_file,
                       ggi_autorisatie_main_conf_t, profiles, ggi_autorisatie_profiles),
    GGI_HTTP_COMMAND("ggi_autorisatie_zone", NGX_CONF_1MORE, ggi_autorisatie_zone),
    GGI_HTTP_COMMAND("ggi_autorisatie_redis", NGX_CONF_1MORE, ggi_autorisatie_redis),

      ngx_null_command
};


static ngx_http_variable_t  ggi_autorisatie_vars[] = {

    GGI_FOUND_VARIABLE("ggi_profiel_versie", profile_versie, GGI_EARLY_VERSIE, GGI_GATES),

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_autorisatie_module, ggi_autorisatie_commands,
             ggi_autorisatie_vars, ggi_autorisatie_init,
             GGI_CYCLE(NULL, ggi_autorisatie_init_process, ggi_autorisatie_exit_process),
             GGI_MAIN_CONF(ggi_autorisatie_create_main_conf, NULL));


static int
ggi_autorisatie_has(const void *data, ggi_str_t dienst)
{
    return ggi_profiles_have(data, dienst);
}


static ngx_int_t
ggi_autorisatie_init(ngx_conf_t *cf)
{
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf,
                                              ngx_http_ggi_autorisatie_module);

    if (amcf->profiles == NULL && amcf->redis == NULL
        && ggi_gate_require(cf, GGI_GATE_AUTORISATIE,
                            "\"ggi_autorisatie_redis\" or "
                            "\"ggi_autorisatie_file\" in http")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (amcf->profiles) {
        ggi_gate_warn_diensten(cf, GGI_GATE_AUTORISATIE, ggi_autorisatie_has,
                               amcf->profiles,
                               "profile of \"ggi_autorisatie_file\"");
    }

    if (amcf->zone_file && amcf->redis == NULL) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ggi_autorisatie_zone\" has no effect without "
                      "\"ggi_autorisatie_redis\", in %s:%ui",
                      amcf->zone_file, amcf->zone_line);
    }

    if (amcf->redis && amcf->cache.zone == NULL
        && ggi_cache_zone(cf, &amcf->cache, &ggi_autorisatie_default_zone, 1,
                          &ngx_http_ggi_autorisatie_module)
           != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_AUTORISATIE,
                             ggi_autorisatie_handler);
}


static ngx_int_t
ggi_autorisatie_init_process(ngx_cycle_t *cycle)
{
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ggi_process_conf(cycle, &ngx_http_ggi_autorisatie_module);

    if (amcf == NULL || amcf->redis == NULL) {
        return NGX_OK;
    }

    return ggi_authorise_start(amcf, cycle->log);
}


static void
ggi_autorisatie_exit_process(ngx_cycle_t *cycle)
{
    ggi_authorise_stop();
}


static void *
ggi_autorisatie_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_autorisatie_main_conf_t));
}


static char *
ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    if (amcf->redis) {
        return "stands beside \"ggi_autorisatie_redis\": there is one source";
    }

    return ggi_source_slot(cf, cmd, conf);
}


static char *
ggi_autorisatie_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    ngx_str_t  *value;

    if (amcf->cache.zone) {
        return "is duplicate";
    }

    if (ggi_parameters_once(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    amcf->zone_file = cf->conf_file->file.name.data;
    amcf->zone_line = cf->conf_file->line;

    return ggi_cache_zone(cf, &amcf->cache, &value[1], cf->args->nelts - 1,
                          &ngx_http_ggi_autorisatie_module);
}


static char *
ggi_autorisatie_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    if (amcf->redis) {
        return "is duplicate";
    }

    if (amcf->profiles) {
        return "stands beside \"ggi_autorisatie_file\": there is one source";
    }

    amcf->redis = ngx_pcalloc(cf->pool, sizeof(ggi_redis_conf_t));
    if (amcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    return ggi_redis_directive(cf, amcf->redis);
}
