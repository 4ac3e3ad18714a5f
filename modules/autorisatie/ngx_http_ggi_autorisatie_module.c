/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate autorisatie: its directives, its variable, and its checks at start. It
 * asks whether the autorisatieprofiel of the calling organisation allows this
 * dienst, method and path, and the organisation that it calls on behalf of; the
 * judging is in ggi_ngx_authorise.c.
 */

#include "ggi_ngx_authorise.h"
#include "ggi_ngx_autorisatie_conf.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"
#include "ggi_profiles.h"


static ngx_int_t ggi_autorisatie_init(ngx_conf_t *cf);
static ngx_int_t ggi_autorisatie_init_process(ngx_cycle_t *cycle);
static void ggi_autorisatie_exit_process(ngx_cycle_t *cycle);


GGI_SOURCE_KIND(ggi_autorisatie_profiles, ggi_documents_t, "profiles",
                ggi_profiles_read, ggi_documents_free, GGI_METRIC_PROFILE_FILE, NULL);

GGI_SOURCE_HAS(ggi_autorisatie_has, ggi_profiles_have);


static GGI_CREATE_CONF(ggi_autorisatie_create_main_conf, ggi_autorisatie_main_conf_t,
                       .profiles.lookup = &ggi_authorise_lookup);


static ngx_command_t  ggi_autorisatie_commands[] = {

    GGI_SOURCE_COMMAND("ggi_autorisatie_file", ggi_lookup_file,
                       ggi_autorisatie_main_conf_t, profiles.file, ggi_autorisatie_profiles),
    GGI_LOOKUP_COMMAND("ggi_autorisatie_zone", ggi_lookup_zone,
                       ggi_autorisatie_main_conf_t, profiles),
    GGI_LOOKUP_COMMAND("ggi_autorisatie_redis", ggi_lookup_redis,
                       ggi_autorisatie_main_conf_t, profiles),

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


static ngx_int_t
ggi_autorisatie_init(ngx_conf_t *cf)
{
    ggi_autorisatie_main_conf_t  *amcf;

    amcf = ngx_http_conf_get_module_main_conf(cf,
                                              ngx_http_ggi_autorisatie_module);

    if (amcf->profiles.file == NULL && amcf->profiles.redis == NULL
        && ggi_gate_require(cf, GGI_GATE_AUTORISATIE,
                            "\"ggi_autorisatie_redis\" or "
                            "\"ggi_autorisatie_file\" in http")
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (amcf->profiles.file) {
        ggi_gate_warn_diensten(cf, GGI_GATE_AUTORISATIE, ggi_autorisatie_has,
                               amcf->profiles.file,
                               "profile of \"ggi_autorisatie_file\"");
    }

    if (ggi_lookup_conf_complete(cf, &amcf->profiles) != NGX_OK) {
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

    return amcf ? ggi_lookup_start(&amcf->profiles, cycle->log) : NGX_OK;
}


static void
ggi_autorisatie_exit_process(ngx_cycle_t *cycle)
{
    ggi_lookup_stop(&ggi_authorise_lookup);
}
