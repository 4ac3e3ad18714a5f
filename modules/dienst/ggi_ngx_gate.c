/* SPDX-License-Identifier: EUPL-1.2 */

/* The gates that there are, and where each is on. */

#include "ggi_ngx_conf.h"
#include "ggi_ngx_gate.h"
#include "ggi_version.h"


const ggi_gate_info_t  ggi_gates[GGI_GATES] = {
    { "ggi_netwerk", 0, GGI_REASON_NETWORK_NOT_ALLOWED, GGI_ROLES },
    { "ggi_pkio", 1, GGI_REASON_REVOCATION_UNKNOWN, GGI_ROLE(AANBIEDER) },
    { "ggi_autorisatie", 1, GGI_REASON_PROFILE_UNAVAILABLE, GGI_ROLE(AANBIEDER) },
    { "ggi_functie", 1, GGI_REASON_FUNCTIONS_UNAVAILABLE, GGI_ROLE(AFNEMER) },
    { "ggi_doelbinding", 1, GGI_REASON_REGISTER_UNAVAILABLE, GGI_ROLES },
    { "ggi_levering", 0, GGI_REASON_FIELDS_UNAVAILABLE, GGI_ROLES },
    { "ggi_audit", 1, GGI_REASON_AUDIT_UNAVAILABLE, GGI_ROLES }
};


const ggi_gate_info_t *
ggi_gate_info(ggi_gate_e gate)
{
    return &ggi_gates[gate];
}


ngx_int_t
ggi_gate_register(ngx_conf_t *cf, ggi_gate_e gate, ggi_gate_pt handler)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dmcf->gates[gate] = handler;

    return NGX_OK;
}


void
ggi_gate_tell_versions(ngx_cycle_t *cycle)
{
    ggi_gate_e               gate;
    ggi_dienst_main_conf_t  *dmcf;

    if (ngx_test_config) {
        return;
    }

    dmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_dienst_module);

    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                  "ngx_http_ggi_dienst_module " GGI_VERSION);

    for (gate = 0; gate < GGI_GATES; gate++) {

        if (dmcf->gates[gate]) {
            /* a gate of another version cannot be bound to this core */
            ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                          "ngx_http_%s_module " GGI_VERSION,
                          ggi_gates[gate].name);
        }
    }
}


ggi_place_t *
ggi_gate_next_noted(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place)
{
    ngx_uint_t                i, seen;
    ggi_dienst_loc_conf_t   **dlcf;
    ggi_dienst_main_conf_t   *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = dmcf->locations.elts;
    seen = (place == NULL);

    for (i = 0; i < dmcf->locations.nelts; i++) {

        if (!seen) {
            seen = (&dlcf[i]->place == place);
            continue;
        }

        if (dlcf[i]->mode[gate] != GGI_MODE_OFF) {
            return &dlcf[i]->place;
        }
    }

    return NULL;
}


const ggi_place_t *
ggi_gate_next_place(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place)
{
    return ggi_gate_next_noted(cf, gate, place);
}


void
ggi_gate_set_mode(ngx_conf_t *cf, ggi_gate_e gate, ggi_mode_e mode)
{
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);
    dlcf->asked[gate] = mode;
}


ggi_mode_e
ggi_gate_mode(ngx_http_request_t *r, ggi_gate_e gate)
{
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    return (ggi_mode_e) dlcf->mode[gate];
}
