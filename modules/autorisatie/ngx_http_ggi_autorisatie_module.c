/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate autorisatie: its directives and its variable. It asks whether the
 * autorisatieprofiel of the calling organisation allows this dienst, method and path,
 * and the organisation that it calls on behalf of; the judging is in
 * ggi_ngx_authorise.c.
 */

#include "ggi_ngx_authorise.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_source.h"
#include "ggi_profiles.h"


GGI_LOOKUP_MODULE(ggi_autorisatie, ggi_authorise_lookup);


GGI_SOURCE_KIND(ggi_autorisatie_profiles, ggi_documents_t, "profiles",
                ggi_profiles_read, ggi_documents_free, GGI_METRIC_PROFILE_FILE, NULL);


static GGI_CREATE_CONF(ggi_autorisatie_create_main_conf, ggi_autorisatie_main_conf_t,
                       .profiles.lookup = &ggi_authorise_lookup);


static ngx_command_t  ggi_autorisatie_commands[] = {

    GGI_LOOKUP_COMMANDS("ggi_autorisatie_file", "ggi_autorisatie_zone",
                        "ggi_autorisatie_redis", ggi_autorisatie_profiles,
                        ggi_autorisatie_main_conf_t, profiles),

      ngx_null_command
};


static ngx_http_variable_t  ggi_autorisatie_vars[] = {

    GGI_FOUND_VARIABLE("ggi_profiel_versie", profile_versie, GGI_EARLY_VERSIE, GGI_GATES),

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_autorisatie_module, ggi_autorisatie_commands,
             ggi_autorisatie_vars, ggi_autorisatie_init,
             GGI_LOOKUP_CYCLE(ggi_autorisatie),
             GGI_MAIN_CONF(ggi_autorisatie_create_main_conf, NULL));
