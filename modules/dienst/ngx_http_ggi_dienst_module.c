/* SPDX-License-Identifier: EUPL-1.2 */

/* The core: which dienst is this call for, and what are its gates to judge there. */

#include "ngx_http_ggi_dienst_module.h"
#include "ggi_problem.h"


#define GGI_DIENST_NAME_MAX  64


static ngx_int_t ggi_dienst_init(ngx_conf_t *cf);
static ngx_int_t ggi_dienst_init_module(ngx_cycle_t *cycle);
static ngx_int_t ggi_dienst_init_process(ngx_cycle_t *cycle);
static void ggi_dienst_index_phase(ngx_cycle_t *cycle);
static ngx_int_t ggi_dienst_index_sent(ngx_cycle_t *cycle);
static ngx_int_t ggi_dienst_rejected(ngx_http_request_t *r,
    ggi_call_t *call, ngx_uint_t handshake);
static ngx_int_t ggi_dienst_handler(ngx_http_request_t *r);
static ngx_int_t ggi_dienst_header_filter(ngx_http_request_t *r);
static void *ggi_dienst_create_main_conf(ngx_conf_t *cf);
static void *ggi_dienst_create_srv_conf(ngx_conf_t *cf);
static void *ggi_dienst_create_loc_conf(ngx_conf_t *cf);
static char *ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_dienst(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_dienst_contact(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_http_output_header_filter_pt  ggi_next_header_filter;


static ngx_conf_enum_t  ggi_dienst_modes[] = {
    { ngx_string("off"), GGI_MODE_OFF },
    { ngx_string("observe"), GGI_MODE_OBSERVE },
    { ngx_string("on"), GGI_MODE_ON },
    { ngx_null_string, 0 }
};


static ggi_name_t  ggi_dienst_default_origin = ggi_name("X-Origin-OIN",
                                                        "x-origin-oin");


/*
 * The modes are the core's, so that a gate can be switched off without its
 * module. ggi_netwerk is the exception: it names networks, and is required
 * nowhere.
 */
#define GGI_MODE_COMMAND(name, gate)                                           \
    { ngx_string(name),                                                        \
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,   \
      ggi_enum_slot,                                                           \
      NGX_HTTP_LOC_CONF_OFFSET,                                                \
      offsetof(ggi_dienst_loc_conf_t, mode) + (gate) * sizeof(ngx_uint_t),     \
      ggi_dienst_modes }


static ngx_command_t  ggi_dienst_commands[] = {

    { ngx_string("ggi_dienst"),
      NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ggi_dienst,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, place.dienst),
      NULL },

    { ngx_string("ggi_dienst_contact"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ggi_dienst_contact,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, contact),
      NULL },

    { ngx_string("ggi_dienst_origin_header"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ggi_name_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, origin),
      NULL },

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
    GGI_MODE_COMMAND("ggi_doelbinding", GGI_GATE_DOELBINDING),
    GGI_MODE_COMMAND("ggi_audit", GGI_GATE_AUDIT),

      ngx_null_command
};


static ngx_http_module_t  ggi_dienst_module_ctx = {
    ggi_variables_init,           /* preconfiguration */
    ggi_dienst_init,                    /* postconfiguration */

    ggi_dienst_create_main_conf,        /* create main configuration */
    NULL,                               /* init main configuration */

    ggi_dienst_create_srv_conf,         /* create server configuration */
    NULL,                               /* merge server configuration */

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
    NGX_MODULE_V1_PADDING
};


/*
 * Refuses what nginx rejected, and HTTP/0.9, which can carry no claim and no
 * status. handshake: nginx rejected the certificate alone, which the gates
 * judge. NGX_OK: the request is none of these; otherwise a return code of a
 * phase handler.
 */
static ngx_int_t
ggi_dienst_rejected(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t handshake)
{
    if (call == NULL) {

        if (!handshake && ggi_entry_rejected(r)) {
            call = ggi_call_reject(r, 0);

        } else if (!ggi_header_list(r)) {
            call = ggi_call_reject(r, NGX_HTTP_VERSION_NOT_SUPPORTED);

        } else {
            return NGX_OK;
        }

        return call ? ggi_call_refuse(r, call)
                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (call->gate == GGI_GATES && ggi_entry_body_lost(r)) {
        /* its decision stands; the API would get another body than was sent */
        call->reason = GGI_REASON_REQUEST_REJECTED;
        call->status = (int) ggi_entry_status(r, 0);

        return ggi_call_refuse(r, call);
    }

    if (call->reason == GGI_REASON_REQUEST_REJECTED
        && call->gate < GGI_GATE_AUDIT)
    {
        /* nginx's, and not that of a variable: no gate has judged it */
        return ggi_call_refuse(r, call);
    }

    return NGX_OK;
}


static ngx_int_t
ggi_dienst_handler(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ggi_call_t             *call;
    ngx_uint_t              handshake;
    ggi_dienst_loc_conf_t  *dlcf;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    handshake = dscf->handshake && r->loc_conf == dscf->handshake;

    if (handshake) {
        rc = ggi_handshake_enter(r);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->place.dienst.len == 0) {

        if (dscf->diensten && r == r->main && ggi_call_get(r) == NULL
            && ggi_plain_enter(r) != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_DECLINED;
    }

    if (ggi_push_is(r)) {
        return NGX_HTTP_FORBIDDEN;
    }

    if (r != r->main) {
        return ggi_subrequest_judge(r, dlcf);
    }

    call = ggi_call_get(r);

    if (r->internal || !ggi_header_list(r)) {
        rc = ggi_dienst_rejected(r, call, handshake);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (call == NULL) {
        call = ggi_call_create(r);
        if (call == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        ggi_call_enter(r, call);
        call->handshake = handshake;
    }

    if (call->waiting) {
        return NGX_AGAIN;
    }

    if (call->gate == GGI_GATES && call->judged != dlcf
        && !(r->post_action && call->reason != GGI_REASON_NONE))
    {
        if (ggi_str_eq(call->dienst, ggi_from_ngx_str(dlcf->place.dienst))) {
            ggi_call_enter_again(r, call);

        } else {
            /* redirected to another dienst: nothing of the first one counts there */
            if (ggi_call_redirect(call) != NGX_OK) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            ggi_call_enter(r, call);
        }
    }

    rc = ggi_call_judge(r, call);

    if (rc == NGX_DECLINED && call->handshake) {
        return NGX_HTTP_BAD_REQUEST;
    }

    return rc;
}


/* The caller gets the transaction of its call back, whatever the API says of it. */
static ngx_int_t
ggi_dienst_header_filter(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ggi_call_t             *call;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    call = dscf->diensten ? ggi_call_get(r) : NULL;

    if (call) {
        rc = ggi_connection_answer(r, call);
        if (rc != NGX_OK) {
            return rc;
        }

        rc = (r == r->main) ? ggi_call_answer_header(r, call)
                            : ggi_subrequest_keep(r);
        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ggi_next_header_filter(r);
}


/*
 * Puts the header filter before all others, which nginx sets after this module's
 * postconfiguration. Workers do that for themselves, at their start: the master
 * sets the other filters anew with every configuration that it reads, also with
 * one that it then gives up, and a worker that is started later inherits them.
 */
static void
ggi_dienst_install_filter(void)
{
    if (ngx_http_top_header_filter != ggi_dienst_header_filter) {
        ggi_next_header_filter = ngx_http_top_header_filter;
        ngx_http_top_header_filter = ggi_dienst_header_filter;
    }
}


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
    ggi_dienst_index_phase(cycle);
    ggi_log_init_module(cycle);

    return ggi_dienst_index_sent(cycle);
}


static ngx_int_t
ggi_dienst_init_process(ngx_cycle_t *cycle)
{
    if (ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module)) {
        ggi_dienst_install_filter();
        ggi_status_init_process(cycle);
    }

    return NGX_OK;
}


/* Finds out where the gates stand among the handlers of all phases. */
static void
ggi_dienst_index_phase(ngx_cycle_t *cycle)
{
    ngx_int_t                   i;
    ngx_http_phase_handler_t   *ph;
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);
    dmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_dienst_module);
    ph = cmcf->phase_engine.handlers;

    for (i = 0; ph[i].checker; i++) {
        if (ph[i].handler == ggi_dienst_handler) {
            dmcf->phase = i;
        }
    }
}


/* Only now, since every module's variables have their index by now. */
static ngx_int_t
ggi_dienst_index_sent(ngx_cycle_t *cycle)
{
    ngx_str_t                  *name;
    ngx_uint_t                  i, *index;
    ngx_http_variable_t        *v;
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);
    dmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_http_ggi_dienst_module);
    v = cmcf->variables.elts;

    if (ngx_array_init(&dmcf->sent, cycle->pool, 8, sizeof(ngx_uint_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < cmcf->variables.nelts; i++) {
        name = &v[i].name;

        if ((name->len > 5 && ngx_memcmp(name->data, "http_", 5) == 0)
            || (name->len == 11
                && ngx_memcmp(name->data, "request_uri", 11) == 0))
        {
            index = ngx_array_push(&dmcf->sent);
            if (index == NULL) {
                return NGX_ERROR;
            }

            *index = i;
        }
    }

    return NGX_OK;
}


/* Collects the names of the headers that a claim to call on behalf of another comes in, anywhere. */
static ngx_int_t
ggi_dienst_init_origins(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t                i, k;
    ggi_name_t               *name, *known;
    ggi_dienst_loc_conf_t   **dlcf;

    if (ngx_array_init(&dmcf->origins, cf->pool, 2, sizeof(ggi_name_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    name = ngx_array_push(&dmcf->origins);
    *name = ggi_dienst_default_origin;

    dlcf = dmcf->locations.elts;

    for (i = 0; i < dmcf->locations.nelts; i++) {
        known = dmcf->origins.elts;

        for (k = 0; k < dmcf->origins.nelts; k++) {
            if (ggi_name_is(&known[k], &dlcf[i]->origin)) {
                break;
            }
        }

        if (k < dmcf->origins.nelts) {
            continue;
        }

        name = ngx_array_push(&dmcf->origins);
        if (name == NULL) {
            return NGX_ERROR;
        }

        *name = dlcf[i]->origin;
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


/* Runs after the gates' postconfiguration: the order of the modules in "config" sees to that. */
static ngx_int_t
ggi_dienst_init(ngx_conf_t *cf)
{
    char                        what[64];
    ggi_gate_e                  gate;
    ngx_http_handler_pt        *h;
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

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

    if (ggi_check_lacks(cf, dmcf) != NGX_OK
        || ggi_dienst_init_origins(cf, dmcf) != NGX_OK
        || ggi_dienst_init_servers(cf, dmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ggi_status_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_log_init(cf);
    ggi_dienst_warn_open(cf, dmcf);
    ggi_check_settings(cf, dmcf);
    ggi_keep_check(cf, dmcf);

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ggi_dienst_handler;

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_POST_READ_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ggi_entry_handler;

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
        || ngx_array_init(&dmcf->pages, cf->pool, 4, sizeof(ggi_pages_t))
           != NGX_OK
        || ggi_check_create(cf, dmcf) != NGX_OK)
    {
        return NULL;
    }

    return dmcf;
}


static void *
ggi_dienst_create_srv_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_dienst_srv_conf_t));
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
        dlcf->mode[gate] = NGX_CONF_UNSET_UINT;
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
    ggi_dienst_loc_conf_t    **open;
    ggi_dienst_main_conf_t    *dmcf;
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->handler == NULL || clcf->internal == 1
        || dlcf->place.dienst.data || dlcf->status_file)
    {
        return NGX_CONF_OK;
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    open = ngx_array_push(&dmcf->open);
    if (open == NULL) {
        return NGX_CONF_ERROR;
    }

    *open = dlcf;

    return NGX_CONF_OK;
}


static char *
ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_dienst_loc_conf_t *prev = parent;
    ggi_dienst_loc_conf_t *conf = child;

    ggi_gate_e                gate;
    ggi_dienst_loc_conf_t   **place, *block;
    ggi_dienst_main_conf_t   *dmcf;

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

    ngx_conf_merge_str_value(conf->contact, prev->contact, "");
    ggi_name_merge(conf->origin, prev->origin, ggi_dienst_default_origin);

    if (!ggi_name_is(&conf->origin, &ggi_dienst_default_origin)
        && ggi_header_withhold(cf, &ggi_dienst_default_origin) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_value(conf->upgrade, prev->upgrade, 0);

    for (gate = 0; gate < GGI_GATES; gate++) {
        ngx_conf_merge_uint_value(conf->mode[gate], prev->mode[gate],
                                  GGI_MODE_ON);
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    if (ggi_pages_collect(cf, &dmcf->pages) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (conf->place.dienst.len == 0) {
        return ggi_dienst_note_open(cf, conf);
    }

    for (block = conf; block; block = block->parent) {
        block->serves = 1;
    }

    place = ngx_array_push(&dmcf->locations);
    if (place == NULL) {
        return NGX_CONF_ERROR;
    }

    *place = conf;

    ggi_push_disable(cf, &conf->place);

    return NGX_CONF_OK;
}


/*
 * ggi_dienst NAME;  The name goes into logs, answers and profiles, so its
 * alphabet is one that needs no quoting in any of them.
 */
static char *
ggi_dienst(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_dienst_loc_conf_t *dlcf = conf;

    u_char      ch;
    size_t      i;
    ngx_str_t  *name;

    name = (ngx_str_t *) cf->args->elts + 1;

    if (dlcf->place.dienst.data) {
        return "is duplicate";
    }

    if (ngx_strcmp(name->data, "off") == 0) {
        ngx_str_set(&dlcf->place.dienst, "");
        return NGX_CONF_OK;
    }

    if (name->len == 0 || name->len > GGI_DIENST_NAME_MAX) {
        goto invalid;
    }

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')) {
            continue;
        }

        if (i > 0 && (ch == '-' || ch == '.' || ch == '_')) {
            continue;
        }

        goto invalid;
    }

    dlcf->place.file = cf->conf_file->file.name.data;
    dlcf->place.line = cf->conf_file->line;

    dlcf->place.dienst = *name;

    return NGX_CONF_OK;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid dienst name \"%V\" in \"ggi_dienst\": expected 1 to %d characters "
                       "a-z, 0-9, \"-\", \".\" or \"_\", the first a letter or "
                       "digit", name, GGI_DIENST_NAME_MAX);
    return NGX_CONF_ERROR;
}


static char *
ggi_dienst_contact(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_dienst_loc_conf_t *dlcf = conf;

    size_t      i;
    ngx_str_t  *uri;

    if (dlcf->contact.data) {
        return "is duplicate";
    }

    uri = (ngx_str_t *) cf->args->elts + 1;

    if (uri->len == 0 || uri->len > GGI_PROBLEM_CONTACT_MAX
        || ngx_strlchr(uri->data, uri->data + uri->len, ':') == NULL)
    {
        goto invalid;
    }

    for (i = 0; i < uri->len; i++) {
        if (uri->data[i] <= ' ' || uri->data[i] >= 0x7f
            || ngx_strchr("\"<>\\^`{|}", uri->data[i]))
        {
            goto invalid;
        }
    }

    dlcf->contact = *uri;

    return ggi_setting_note(cf, cmd) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid contact \"%V\" in \"ggi_dienst_contact\": expected a URI of at most %d "
                       "characters, such as mailto:beheer@example.nl",
                       uri, GGI_PROBLEM_CONTACT_MAX);
    return NGX_CONF_ERROR;
}
