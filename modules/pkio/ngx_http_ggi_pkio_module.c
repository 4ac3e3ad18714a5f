/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate pkio: establishes which organisation makes a call. It requires a client
 * certificate that nginx and OpenSSL verified, that was issued under an accepted
 * policy, and that has an OIN in its subject.
 */

#include "ggi_call.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_client.h"
#include "ggi_ngx_crl.h"
#include "ggi_ngx_crl_check.h"
#include "ggi_ngx_crl_status.h"
#include "ggi_ngx_crl_watch.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_expiry.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_identity.h"
#include "ggi_ngx_ocsp.h"
#include "ggi_ngx_ocsp_entry.h"
#include "ggi_ngx_paths.h"
#include "ggi_ngx_provider_judge.h"
#include "ggi_ngx_resume.h"
#include "ggi_ngx_rules.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_server.h"
#include "ggi_ngx_tls.h"


static ngx_int_t ggi_pkio_init(ngx_conf_t *cf);
static ngx_int_t ggi_pkio_init_module(ngx_cycle_t *cycle);
static ngx_int_t ggi_pkio_init_process(ngx_cycle_t *cycle);
static void ggi_pkio_exit_process(ngx_cycle_t *cycle);
static char *ggi_pkio_init_main_conf(ngx_conf_t *cf, void *conf);
static char *ggi_pkio_crl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static ngx_conf_enum_t  ggi_pkio_policy_checks[] = {
    { ngx_string("path"), GGI_POLICY_PATH },
    { ngx_string("leaf"), GGI_POLICY_LEAF },
    { ngx_null_string, 0 }
};


static GGI_CREATE_CONF(ggi_pkio_create_main_conf, ggi_pkio_main_conf_t, 0);

static GGI_CREATE_CONF(ggi_pkio_create_srv_conf, ggi_server_t, 0);


static ngx_command_t  ggi_pkio_commands[] = {

    GGI_HTTP_COMMAND("ggi_pkio_crl", NGX_CONF_TAKE1, ggi_pkio_crl),
    GGI_WORDS_COMMAND("ggi_pkio_policy", ggi_rules_policy,
                      offsetof(ggi_rules_t, policies), ggi_rules_policies),

    GGI_SLOT_COMMAND("ggi_pkio_policy_check", ggi_rules_policy_check,
                     offsetof(ggi_rules_t, policy_check), ggi_pkio_policy_checks),
    GGI_WORDS_COMMAND("ggi_pkio_oin_prefix", ggi_words_slot,
                      offsetof(ggi_rules_t, prefixes), ggi_rules_prefixes),

      ngx_null_command
};


static ngx_http_variable_t  ggi_pkio_vars[] = {

    GGI_FOUND_VARIABLE("ggi_oin", oin, GGI_EARLY_OIN, GGI_GATE_PKIO),
    GGI_FOUND_VARIABLE("ggi_certificate_sha256", certificate_sha256, GGI_EARLY_CERTIFICATE,
                       GGI_GATE_PKIO),

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_pkio_module, ggi_pkio_commands, ggi_pkio_vars, ggi_pkio_init,
             GGI_CYCLE(ggi_pkio_init_module, ggi_pkio_init_process, ggi_pkio_exit_process),
             GGI_MAIN_CONF(ggi_pkio_create_main_conf, ggi_pkio_init_main_conf),
             GGI_SRV_CONF(ggi_pkio_create_srv_conf, NULL),
             GGI_LOC_CONF(ggi_rules_create, ggi_rules_merge));


/*
 * The handler of the gate. What a certificate makes OpenSSL note in its queue of errors
 * is told by the findings; left there, nginx would log it as an error of the connection,
 * with the level alert.
 */
static ngx_int_t
ggi_pkio_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t              rc;
    ggi_rules_t           *rules;
    ggi_pkio_main_conf_t  *pmcf;

    rules = ngx_http_get_module_loc_conf(r, ngx_http_ggi_pkio_module);
    pmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_pkio_module);

    rc = ggi_identity_judge(r, call, rules, pmcf->crl);
    ERR_clear_error();

    return rc;
}


static ngx_int_t
ggi_pkio_status(ngx_pool_t *pool, ggi_status_t *status)
{
    ggi_pkio_main_conf_t  *pmcf;

    pmcf = ngx_http_cycle_get_module_main_conf(ngx_cycle, ngx_http_ggi_pkio_module);

    if (ggi_expiry_status(pool, &pmcf->expiries, status) != NGX_OK) {
        return NGX_ERROR;
    }

    return pmcf->crl ? ggi_crl_source_status(pool, pmcf->crl, status) : NGX_OK;
}


static ngx_int_t
ggi_pkio_init(ngx_conf_t *cf)
{
    const ggi_place_t     *place;
    ggi_pkio_main_conf_t  *pmcf;

    pmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_pkio_module);

    if (ggi_client_init(cf->log) != NGX_OK || ggi_resume_init(cf->log) != NGX_OK
        || ggi_provider_judge_init(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (place = ggi_server_next(cf, NULL); place; place = ggi_server_next(cf, place)) {
        if (ggi_tls_prepare(cf, place, pmcf->crl != NULL) != NGX_OK
            || ggi_ocsp_prepare(cf, place->server, pmcf->crl) != NGX_OK
            || ggi_expiry_prepare(cf, place, &pmcf->expiries) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if ((pmcf->crl && ggi_crl_source_check(cf, pmcf->crl) != NGX_OK)
        || ggi_status_provide(cf, ggi_pkio_status) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_PKIO, ggi_pkio_handler);
}


static ngx_int_t
ggi_pkio_init_module(ngx_cycle_t *cycle)
{
    ggi_pkio_main_conf_t  *pmcf;

    pmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_ggi_pkio_module);

    if (pmcf && pmcf->crl) {
        ggi_crl_source_readable(cycle, pmcf->crl);
    }

    return NGX_OK;
}


static ngx_int_t
ggi_pkio_init_process(ngx_cycle_t *cycle)
{
    ggi_pkio_main_conf_t  *pmcf;

    pmcf = ggi_process_conf(cycle, &ngx_http_ggi_pkio_module);

    if (pmcf == NULL || pmcf->crl == NULL) {
        return NGX_OK;
    }

    return ggi_crl_source_watch(pmcf->crl, cycle);
}


static void
ggi_pkio_exit_process(ngx_cycle_t *cycle)
{
    ggi_ocsp_entry_clear();
    ggi_paths_clear();
    ggi_resume_exit();
}


static char *
ggi_pkio_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ggi_tls_depth_note(cf);

    return NGX_CONF_OK;
}


static char *
ggi_pkio_crl(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_pkio_main_conf_t *pmcf = conf;

    if (pmcf->crl) {
        return "is duplicate";
    }

    pmcf->crl = ggi_crl_source_create(cf);
    ggi_metric_show(cf, GGI_METRIC_CRL, GGI_METRIC_CRL_LOOK);

    return pmcf->crl ? NGX_CONF_OK : NGX_CONF_ERROR;
}
