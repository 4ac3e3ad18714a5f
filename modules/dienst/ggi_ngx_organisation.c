/* SPDX-License-Identifier: EUPL-1.2 */

/* The organisations that answer for the records of calls. */

#include "ggi_json.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_organisation.h"
#include "ggi_oin.h"


const ggi_organisations_t *
ggi_organisations(ngx_cycle_t *cycle)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_ggi_dienst_module);

    return &dmcf->organisations;
}


/* Returns 1 when a name can be told in the records as it is, 0 otherwise. */
static ngx_uint_t
ggi_organisation_name_valid(ggi_str_t name)
{
    size_t                i, n;
    const unsigned char  *p;

    p = (const unsigned char *) name.data;

    for (i = 0; i < name.len; i += n) {
        n = (p[i] < ' ' || p[i] == 0x7f) ? 0 : ggi_utf8_char(p + i, name.len - i);

        if (n == 0) {
            return 0;
        }
    }

    return name.len && name.len <= GGI_ORGANISATION_NAME_MAX;
}


/*
 * Returns the organisation of that OIN and name, which is added when it is new, or NULL
 * without memory.
 */
static ggi_organisation_t *
ggi_organisation_add(ngx_conf_t *cf, ggi_str_t oin, ggi_str_t name)
{
    ngx_uint_t                i;
    ngx_array_t              *list;
    ggi_organisation_t      **known, *added;
    ggi_dienst_main_conf_t   *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    list = &dmcf->organisations.list;
    known = list->elts;

    for (i = 0; i < list->nelts; i++) {
        if (ggi_str_eq(known[i]->oin, oin) && ggi_str_eq(known[i]->name, name)) {
            return known[i];
        }
    }

    known = ngx_array_push(list);
    added = ngx_palloc(cf->pool, sizeof(ggi_organisation_t));

    if (known == NULL || added == NULL) {
        return NULL;
    }

    added->oin = oin;
    added->name = name;
    added->index = i;
    *known = added;

    return added;
}


char *
ggi_organisation_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t           *value;
    ggi_str_t            oin, name;
    ggi_organisation_t  **organisation;

    organisation = (ggi_organisation_t **) ((char *) conf + cmd->offset);

    if (*organisation) {
        return "is duplicate";
    }

    value = cf->args->elts;
    oin = ggi_from_ngx_str(value[1]);
    name = ggi_from_ngx_str(value[2]);

    if (!ggi_oin_spelled(oin)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid OIN \"%V\" in \"ggi_dienst_organisation\": expected %d "
                           "digits and letters", &value[1], GGI_OIN_LEN);
        return NGX_CONF_ERROR;
    }

    if (!ggi_organisation_name_valid(name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid name \"%V\" in \"ggi_dienst_organisation\": expected 1 to "
                           "%d bytes of UTF-8 without control characters", &value[2],
                           GGI_ORGANISATION_NAME_MAX);
        return NGX_CONF_ERROR;
    }

    *organisation = ggi_organisation_add(cf, oin, name);

    return (*organisation && ggi_setting_note(cf, cmd) == NGX_OK) ? NGX_CONF_OK
                                                                  : NGX_CONF_ERROR;
}


/* Warns of the servers with audited diensten and without an organisation, once each. */
static void
ggi_organisations_warn(ngx_conf_t *cf, const ngx_array_t *locations)
{
    ngx_uint_t                        i;
    const ggi_place_t                *place;
    ggi_dienst_loc_conf_t           **dlcf;
    ggi_dienst_srv_conf_t            *dscf;
    const ngx_http_core_srv_conf_t   *warned;

    dlcf = locations->elts;
    warned = NULL;

    for (i = 0; i < locations->nelts; i++) {
        place = &dlcf[i]->place;
        dscf = place->server->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];

        if (dscf->organisation || place->server == warned
            || dlcf[i]->mode[GGI_GATE_AUDIT] == GGI_MODE_OFF)
        {
            continue;
        }

        /* locations of a server follow each other */
        warned = place->server;

        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "the audit records of dienst \"%V\" do not name the organisation that "
                      "answers for them: \"ggi_dienst_organisation\" in http, or in its "
                      "server, tells the OIN and name of it, in %s:%ui",
                      &place->dienst, place->file, place->line);
    }
}


ngx_int_t
ggi_organisations_require(ngx_conf_t *cf)
{
    ngx_uint_t                i;
    const ggi_place_t        *place;
    ggi_dienst_loc_conf_t   **dlcf;
    ggi_dienst_srv_conf_t    *dscf;
    ggi_dienst_main_conf_t   *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        place = &dlcf[i]->place;
        dscf = place->server->ctx->srv_conf[ngx_http_ggi_dienst_module.ctx_index];

        if (dlcf[i]->mode[GGI_GATE_FUNCTIE] != GGI_MODE_OFF && dscf->organisation == NULL) {
            return ggi_gate_lack(cf, GGI_GATE_FUNCTIE, place,
                                 "\"ggi_dienst_organisation\" in http or in its server, "
                                 "the organisation that calls");
        }
    }

    return NGX_OK;
}


void
ggi_organisations_check(ngx_conf_t *cf)
{
    ggi_dienst_srv_conf_t    *dscf;
    ggi_organisation_t      **known;
    ggi_organisations_t      *organisations;
    ggi_dienst_main_conf_t   *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    organisations = &dmcf->organisations;
    known = organisations->list.elts;

    /* in postconfiguration that of http itself */
    dscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_ggi_dienst_module);
    organisations->own = dscf->organisation;

    if (organisations->own == NULL && organisations->list.nelts == 1) {
        organisations->own = known[0];
    }

    ggi_organisations_warn(cf, &dmcf->locations);
}
