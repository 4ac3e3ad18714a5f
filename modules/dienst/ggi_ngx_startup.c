/* SPDX-License-Identifier: EUPL-1.2 */

/* What the core looks at and prepares when a configuration has been read as a whole. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_handler.h"
#include "ggi_ngx_handshake.h"
#include "ggi_ngx_keep.h"
#include "ggi_ngx_log.h"
#include "ggi_ngx_maps.h"
#include "ggi_ngx_organisation.h"
#include "ggi_ngx_pages.h"
#include "ggi_ngx_person.h"
#include "ggi_ngx_provider.h"
#include "ggi_ngx_rewrites.h"
#include "ggi_ngx_startup.h"
#include "ggi_ngx_status.h"


/* Finds out where the gates stand among the handlers of all phases. */
static void
ggi_dienst_index_phase(ggi_dienst_main_conf_t *dmcf, ngx_http_phase_handler_t *ph)
{
    ngx_int_t  i;

    for (i = 0; ph[i].checker; i++) {
        if (ph[i].handler == ggi_dienst_handler) {
            dmcf->phase = i;
        }
    }
}


/*
 * Finds out which variables give what the caller has sent. Only now, since every
 * module's variables have their index by now. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
static ngx_int_t
ggi_dienst_index_sent(ngx_cycle_t *cycle, ggi_dienst_main_conf_t *dmcf,
    ngx_array_t *variables)
{
    ngx_str_t            *name;
    ngx_uint_t            i;
    ngx_http_variable_t  *v;

    v = variables->elts;

    if (ngx_array_init(&dmcf->sent, cycle->pool, 8, sizeof(ngx_uint_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < variables->nelts; i++) {
        name = &v[i].name;

        if ((name->len > 5 && ngx_memcmp(name->data, "http_", 5) == 0)
            || (name->len == 11
                && ngx_memcmp(name->data, "request_uri", 11) == 0))
        {
            if (ggi_array_add(&dmcf->sent, &i) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_dienst_index(ngx_cycle_t *cycle)
{
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_dienst_module);
    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);

    ggi_dienst_index_phase(dmcf, cmcf->phase_engine.handlers);

    return (ggi_dienst_index_sent(cycle, dmcf, &cmcf->variables) == NGX_OK)
           ? ggi_maps_index(cycle, &cmcf->variables) : NGX_ERROR;
}


/*
 * Collects the names of all headers in which a caller can claim to call on behalf of
 * another.
 */
static ngx_int_t
ggi_dienst_init_origins(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t                i;
    ggi_dienst_loc_conf_t   **dlcf;

    if (ngx_array_init(&dmcf->origins, cf->pool, 2, sizeof(ggi_name_t)) != NGX_OK
        || ggi_names_add(&dmcf->origins, &ggi_name_origin) != NGX_OK)
    {
        return NGX_ERROR;
    }

    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        if (ggi_names_add(&dmcf->origins, &dlcf[i]->origin) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* What the servers with a dienst need. */
static ngx_int_t
ggi_dienst_init_servers(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t                 i;
    ggi_dienst_loc_conf_t    **dlcf;
    ggi_dienst_srv_conf_t     *dscf;
    ngx_http_ssl_srv_conf_t   *sscf;
    ngx_http_core_srv_conf_t  *server;

    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        server = dlcf[i]->place.server;

        dscf = server->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];
        dscf->diensten = 1;
    }

    /* before the handshake's own pages, which lead to no error */

    if (ggi_pages_init(cf, &dmcf->pages) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < dmcf->locations.nelts; i++) {
        server = dlcf[i]->place.server;
        sscf = server->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (sscf->verify && ggi_handshake_init(cf, server) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static void
ggi_dienst_warn_open(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t               i;
    ggi_place_t             *place;
    ggi_dienst_loc_conf_t  **dlcf;
    ggi_dienst_srv_conf_t   *dscf;

    dlcf = dmcf->open.elts;

    for (i = 0; i < dmcf->open.nelts; i++) {
        place = &dlcf[i]->place;
        dscf = place->server->ctx->srv_conf[ngx_http_ggi_dienst_module
                                            .ctx_index];

        if (dscf->diensten) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "requests are passed on outside of a dienst, in a "
                          "server that has some: nothing judges or records "
                          "them; give the location a \"ggi_dienst\", or "
                          "\"ggi_dienst off;\" if that is meant, in %s:%ui",
                          place->file, place->line);
        }
    }
}


/* Notes the gates that are on somewhere and whose module is not loaded. */
static ngx_int_t
ggi_dienst_require_gates(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    char        what[64];
    ggi_gate_e  gate;

    for (gate = 0; gate < GGI_GATES; gate++) {

        if (dmcf->gates[gate] || !ggi_gates[gate].required) {
            continue;
        }

        ngx_sprintf((u_char *) what, "\"load_module\" of ngx_http_%s_module.so%Z",
                    ggi_gates[gate].name);

        if (ggi_gate_require(cf, gate, what) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ggi_dienst_init(ngx_conf_t *cf)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    if (ggi_dienst_require_gates(cf, dmcf) != NGX_OK
        || ggi_organisations_require(cf) != NGX_OK
        || ggi_provider_check(cf) != NGX_OK
        || ggi_person_check(cf) != NGX_OK
        || ggi_check_lacks(cf) != NGX_OK
        || ggi_maps_init(cf) != NGX_OK
        || ggi_dienst_init_origins(cf, dmcf) != NGX_OK
        || ggi_dienst_init_servers(cf, dmcf) != NGX_OK
        || ggi_status_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ggi_log_init(cf);
    ggi_dienst_warn_open(cf, dmcf);
    ggi_check_settings(cf);
    ggi_check_fields(cf);
    ggi_organisations_check(cf);
    ggi_keep_check(cf, &dmcf->locations);
    ggi_rewrites_check(cf, &dmcf->locations);

    return (ggi_phase_add(cf, NGX_HTTP_PREACCESS_PHASE, ggi_dienst_handler) == NGX_OK)
           ? ggi_phase_add(cf, NGX_HTTP_POST_READ_PHASE, ggi_entry_handler) : NGX_ERROR;
}
