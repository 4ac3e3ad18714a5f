/* SPDX-License-Identifier: EUPL-1.2 */

/* The module of the core: its directives and its configuration. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_call_variables.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_core.h"
#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_dienst_directive.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_handler.h"
#include "ggi_ngx_log.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_organisation.h"
#include "ggi_ngx_pages.h"
#include "ggi_ngx_push.h"
#include "ggi_ngx_startup.h"
#include "ggi_ngx_status.h"


static ngx_int_t ggi_dienst_init_module(ngx_cycle_t *cycle);
static ngx_int_t ggi_dienst_init_process(ngx_cycle_t *cycle);
static void *ggi_dienst_create_main_conf(ngx_conf_t *cf);
static char *ggi_dienst_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void *ggi_dienst_create_loc_conf(ngx_conf_t *cf);
static char *ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


static ngx_conf_enum_t  ggi_dienst_modes[] = {
    { ngx_string("off"), GGI_MODE_OFF },
    { ngx_string("observe"), GGI_MODE_OBSERVE },
    { ngx_string("on"), GGI_MODE_ON },
    { ngx_null_string, 0 }
};


static GGI_CREATE_CONF(ggi_dienst_create_srv_conf, ggi_dienst_srv_conf_t, 0);


/*
 * The modes are the core's, so that a gate can be switched off without its
 * module. ggi_netwerk is the exception: it names networks, and is required
 * nowhere.
 */
#define GGI_MODE_COMMAND(name, gate)                                           \
    GGI_SLOT_COMMAND(name, ggi_enum_slot,                                      \
                     offsetof(ggi_dienst_loc_conf_t, asked[gate]),             \
                     ggi_dienst_modes)


static ngx_command_t  ggi_dienst_commands[] = {

    { ngx_string("ggi_dienst"),
      NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE12,
      ggi_dienst_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, place.dienst),
      NULL },

    GGI_BLOCK_COMMAND("ggi_dienst_contact", NGX_CONF_TAKE1, ggi_dienst_contact_directive),

    { ngx_string("ggi_dienst_organisation"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE2,
      ggi_organisation_directive,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ggi_dienst_srv_conf_t, organisation),
      NULL },

    GGI_SLOT_COMMAND("ggi_dienst_origin_header", ggi_name_slot,
                     offsetof(ggi_dienst_loc_conf_t, origin), NULL),

    { ngx_string("ggi_dienst_upgrade"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ggi_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, upgrade),
      NULL },

    { ngx_string("ggi_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ggi_status_directive,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    GGI_MODE_COMMAND("ggi_pkio", GGI_GATE_PKIO),
    GGI_MODE_COMMAND("ggi_autorisatie", GGI_GATE_AUTORISATIE),
    GGI_MODE_COMMAND("ggi_functie", GGI_GATE_FUNCTIE),
    GGI_MODE_COMMAND("ggi_doelbinding", GGI_GATE_DOELBINDING),
    GGI_MODE_COMMAND("ggi_levering", GGI_GATE_LEVERING),
    GGI_MODE_COMMAND("ggi_audit", GGI_GATE_AUDIT),

      ngx_null_command
};


static ngx_http_module_t  ggi_dienst_module_ctx = {
    ggi_variables_init,           /* preconfiguration */
    ggi_dienst_init,                    /* postconfiguration */

    ggi_dienst_create_main_conf,        /* create main configuration */
    NULL,                               /* init main configuration */

    ggi_dienst_create_srv_conf,         /* create server configuration */
    ggi_dienst_merge_srv_conf,          /* merge server configuration */

    ggi_dienst_create_loc_conf,         /* create location configuration */
    ggi_dienst_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_dienst_module = {
    NGX_MODULE_V1,
    &ggi_dienst_module_ctx,             /* module context */
    ggi_dienst_commands,                /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    ggi_dienst_init_module,             /* init module */
    ggi_dienst_init_process,            /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    NULL,                               /* exit process */
    NULL,                               /* exit master */
    (uintptr_t) &ggi_core,              /* the first spare hook: gates find the core by it */
    0, 0, 0, 0, 0, 0, 0
};


static ngx_int_t
ggi_dienst_init_module(ngx_cycle_t *cycle)
{
    ngx_core_conf_t  *ccf;

    if (ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module)
        == NULL)
    {
        return NGX_OK;
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);

    if (!ccf->master) {
        /* a single process has no workers, and starts only once */
        ggi_dienst_install_filter();
    }

    ggi_gate_tell_versions(cycle);
    ggi_log_init_module(cycle);

    return ggi_dienst_index(cycle);
}


static ngx_int_t
ggi_dienst_init_process(ngx_cycle_t *cycle)
{
    if (ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module)) {
        ggi_dienst_install_filter();
        ggi_metrics_init_process(cycle);
        ggi_judge_init_process();
    }

    return NGX_OK;
}


static void *
ggi_dienst_create_main_conf(ngx_conf_t *cf)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_pcalloc(cf->pool, sizeof(ggi_dienst_main_conf_t));
    if (dmcf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&dmcf->locations, cf->pool, 4,
                       sizeof(ggi_dienst_loc_conf_t *))
        != NGX_OK
        || ngx_array_init(&dmcf->open, cf->pool, 4,
                          sizeof(ggi_dienst_loc_conf_t *))
           != NGX_OK
        || ngx_array_init(&dmcf->varying, cf->pool, 4, sizeof(ggi_name_t))
           != NGX_OK
        || ngx_array_init(&dmcf->organisations.list, cf->pool, 1,
                          sizeof(ggi_organisation_t *))
           != NGX_OK
        || ngx_array_init(&dmcf->peers, cf->pool, 4, sizeof(ggi_provider_init_t))
           != NGX_OK
        || ngx_array_init(&dmcf->providers, cf->pool, 4, sizeof(ggi_status_pt))
           != NGX_OK
        || ggi_pages_create(cf, &dmcf->pages) != NGX_OK
        || ggi_check_create(cf, &dmcf->lacks, &dmcf->settings) != NGX_OK)
    {
        return NULL;
    }

    return dmcf;
}


static char *
ggi_dienst_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_dienst_srv_conf_t *prev = parent;
    ggi_dienst_srv_conf_t *conf = child;

    if (conf->organisation == NULL) {
        conf->organisation = prev->organisation;
    }

    return NGX_CONF_OK;
}


static void *
ggi_dienst_create_loc_conf(ngx_conf_t *cf)
{
    ggi_gate_e              gate;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_pcalloc(cf->pool, sizeof(ggi_dienst_loc_conf_t));
    if (dlcf == NULL) {
        return NULL;
    }

    if (cf->conf_file) {
        dlcf->place.file = cf->conf_file->file.name.data;
        dlcf->place.line = cf->conf_file->line;
        dlcf->block_file = dlcf->place.file;
        dlcf->block_line = dlcf->place.line;
    }

    dlcf->upgrade = NGX_CONF_UNSET;

    for (gate = 0; gate < GGI_GATES; gate++) {
        dlcf->asked[gate] = NGX_CONF_UNSET_UINT;
    }

    return dlcf;
}


/*
 * A location without a dienst that something answers: if the server turns out
 * to have diensten, that may be a way around them.
 */
static char *
ggi_dienst_note_open(ngx_conf_t *cf, ggi_dienst_loc_conf_t *dlcf)
{
    ggi_dienst_main_conf_t    *dmcf;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == NULL || clcf->internal == 1
        || dlcf->place.dienst.data || dlcf->status_file)
    {
        return NGX_CONF_OK;
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    return ggi_array_add(&dmcf->open, &dlcf) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Merges the modes of the gates; those that do not judge in the role of a location are off. */
static void
ggi_dienst_merge_modes(ggi_dienst_loc_conf_t *conf, ggi_dienst_loc_conf_t *prev)
{
    ggi_gate_e  gate;

    for (gate = 0; gate < GGI_GATES; gate++) {
        ngx_conf_merge_uint_value(conf->asked[gate], prev->asked[gate], GGI_MODE_ON);

        conf->mode[gate] = (ggi_gates[gate].roles & (ngx_uint_t) 1 << conf->place.role)
                           ? conf->asked[gate] : GGI_MODE_OFF;
    }
}


static char *
ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_dienst_loc_conf_t *prev = parent;
    ggi_dienst_loc_conf_t *conf = child;

    ggi_gate_e               gate;
    ggi_dienst_loc_conf_t   *block;
    ggi_dienst_main_conf_t  *dmcf;

    conf->parent = prev;
    conf->loc_conf = ((ngx_http_conf_ctx_t *) cf->ctx)->loc_conf;

    if (ggi_status_check(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->place.dienst.data == NULL && prev->place.dienst.len) {
        conf->place = prev->place;
    }

    conf->place.server = ngx_http_conf_get_module_srv_conf(cf,
                                                         ngx_http_core_module);
    conf->place.loc_conf = conf->loc_conf;

    ngx_conf_merge_str_value(conf->contact, prev->contact, "");
    ggi_name_merge(conf->origin, prev->origin, ggi_name_origin);

    if (ggi_header_claim_check(cf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (!ggi_name_is(&conf->origin, &ggi_name_origin)
        && ggi_header_withhold(cf, &ggi_name_origin) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_value(conf->upgrade, prev->upgrade, 0);

    ggi_dienst_merge_modes(conf, prev);
    conf->place.agreed = (conf->mode[GGI_GATE_AUTORISATIE] != GGI_MODE_OFF
                          || conf->mode[GGI_GATE_FUNCTIE] != GGI_MODE_OFF);

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    if (ggi_pages_collect(cf, &dmcf->pages) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->place.dienst.len == 0) {
        return ggi_dienst_note_open(cf, conf);
    }

    for (block = conf; block; block = block->parent) {
        block->serves = 1;

        for (gate = 0; gate < GGI_GATES; gate++) {
            block->judges[gate] |= (conf->mode[gate] != GGI_MODE_OFF);
        }
    }

    if (ggi_array_add(&dmcf->locations, &conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ggi_push_disable(cf, &conf->place);

    return NGX_CONF_OK;
}
