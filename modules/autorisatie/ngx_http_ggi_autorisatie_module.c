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
#include "ggi_ngx_variables.h"


static ngx_int_t ggi_autorisatie_add_variables(ngx_conf_t *cf);
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


static ngx_command_t  ggi_autorisatie_commands[] = {

    { ngx_string("ggi_autorisatie_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_autorisatie_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_autorisatie_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ggi_autorisatie_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_autorisatie_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_1MORE,
      ggi_autorisatie_redis,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_autorisatie_module_ctx = {
    ggi_autorisatie_add_variables,      /* preconfiguration */
    ggi_autorisatie_init,               /* postconfiguration */

    ggi_autorisatie_create_main_conf,   /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    NULL,                               /* create location configuration */
    NULL                                /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_autorisatie_module = {
    NGX_MODULE_V1,
    &ggi_autorisatie_module_ctx,        /* module context */
    ggi_autorisatie_commands,           /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    ggi_autorisatie_init_process,       /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    ggi_autorisatie_exit_process,       /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static const ggi_finding_t  ggi_autorisatie_versie = {
    ggi_str("ggi_profiel_versie"), offsetof(ggi_findings_t, profile_versie),
    GGI_EARLY_VERSIE, GGI_GATES
};

static ngx_http_variable_t  ggi_autorisatie_vars[] = {

    { ngx_string("ggi_profiel_versie"), NULL, ggi_call_variable,
      (uintptr_t) &ggi_autorisatie_versie, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static ngx_int_t
ggi_autorisatie_add_variables(ngx_conf_t *cf)
{
    if (ggi_core_bind(cf, &ngx_http_ggi_autorisatie_module) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_variables_add(cf, ggi_autorisatie_vars);
}


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

    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == NULL
        || !ggi_process_serves())
    {
        return NGX_OK;
    }

    amcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_autorisatie_module);

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


static int
ggi_autorisatie_read_file(void *data, const char *file, ggi_fault_t *fault)
{
    return ggi_profiles_read(data, file, fault);
}


static void
ggi_autorisatie_free_file(void *data)
{
    ggi_profiles_free(data);
}


static char *
ggi_autorisatie_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_autorisatie_main_conf_t *amcf = conf;

    static const ggi_source_kind_t  kind = {
        "profiles", sizeof(ggi_profiles_t),
        ggi_autorisatie_read_file, ggi_autorisatie_free_file,
        GGI_METRIC_PROFILE_FILE, NULL
    };

    if (amcf->profiles) {
        return "is duplicate";
    }

    if (amcf->redis) {
        return "stands beside \"ggi_autorisatie_redis\": there is one source";
    }

    amcf->profiles = ggi_conf_read(cf, &kind);

    return amcf->profiles ? NGX_CONF_OK : NGX_CONF_ERROR;
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
