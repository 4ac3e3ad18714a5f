/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * netwerk: over which network does the call come, and is that allowed here.
 */

#include "ggi_call.h"
#include "ggi_netwerk.h"


typedef struct {
    ggi_netwerk_t  *netwerk;            /* the database; NULL: none */

    u_char         *file;               /* where the first ggi_netwerk with names stands */
    ngx_uint_t      line;
} ggi_netwerk_main_conf_t;


typedef struct {
    ngx_array_t    *names;              /* of ggi_str_t; NULL: every network */
} ggi_netwerk_loc_conf_t;


static ngx_int_t ggi_netwerk_add_variables(ngx_conf_t *cf);
static ngx_int_t ggi_netwerk_init(ngx_conf_t *cf);
static ngx_int_t ggi_netwerk_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void *ggi_netwerk_create_main_conf(ngx_conf_t *cf);
static void *ggi_netwerk_create_loc_conf(ngx_conf_t *cf);
static char *ggi_netwerk_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_netwerk_database(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_netwerk(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static ngx_command_t  ggi_netwerk_commands[] = {

    { ngx_string("ggi_netwerk_database"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ggi_netwerk_database,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("ggi_netwerk"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ggi_netwerk,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_netwerk_module_ctx = {
    ggi_netwerk_add_variables,          /* preconfiguration */
    ggi_netwerk_init,                   /* postconfiguration */

    ggi_netwerk_create_main_conf,       /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
    NULL,                               /* merge server configuration */

    ggi_netwerk_create_loc_conf,        /* create location configuration */
    ggi_netwerk_merge_loc_conf          /* merge location configuration */
};


ngx_module_t  ngx_http_ggi_netwerk_module = {
    NGX_MODULE_V1,
    &ggi_netwerk_module_ctx,            /* module context */
    ggi_netwerk_commands,               /* module directives */
    NGX_HTTP_MODULE,                    /* module type */
    NULL,                               /* init master */
    NULL,                               /* init module */
    NULL,                               /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    NULL,                               /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ggi_netwerk_vars[] = {

    { ngx_string("ggi_netwerk"), NULL, ggi_netwerk_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* The network of the client's address: NGX_OK with name "" when it is in none, NGX_ERROR when the database is damaged. */
static ngx_int_t
ggi_netwerk_look_up(ngx_http_request_t *r, ggi_str_t *name)
{
    ggi_netwerk_main_conf_t  *nmcf;

    name->len = 0;
    name->data = NULL;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_netwerk_module);

    if (nmcf->netwerk
        && ggi_netwerk_find(nmcf->netwerk, r->connection->sockaddr, name) < 0)
    {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "database of networks is damaged where %V is",
                      &r->connection->addr_text);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ggi_netwerk_handler(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t                rc;
    ggi_netwerk_loc_conf_t  *nlcf;

    nlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_netwerk_module);

    rc = ggi_netwerk_look_up(r, &call->netwerk);

    if (nlcf->names == NULL) {
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->netwerk.len == 0
        || !ggi_str_in(nlcf->names->elts, nlcf->names->nelts, call->netwerk))
    {
        call->reason = GGI_REASON_NETWORK_NOT_ALLOWED;
        return NGX_DECLINED;
    }

    return NGX_OK;
}


static ngx_int_t
ggi_netwerk_add_variables(ngx_conf_t *cf)
{
    return ggi_variables_add(cf, ggi_netwerk_vars);
}


static ngx_int_t
ggi_netwerk_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ggi_str_t  name;

    if (ggi_netwerk_look_up(r, &name) != NGX_OK) {
        name.len = 0;
    }

    ggi_variable_set(v, name);

    return NGX_OK;
}


static ngx_int_t
ggi_netwerk_init(ngx_conf_t *cf)
{
    ggi_netwerk_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_netwerk_module);

    if (nmcf->file && nmcf->netwerk == NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "\"ggi_netwerk\" needs \"ggi_netwerk_database\" in http "
                      "in %s:%ui", nmcf->file, nmcf->line);
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_NETWERK, ggi_netwerk_handler);
}


static void *
ggi_netwerk_create_main_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_netwerk_main_conf_t));
}


static void *
ggi_netwerk_create_loc_conf(ngx_conf_t *cf)
{
    ggi_netwerk_loc_conf_t  *nlcf;

    nlcf = ngx_pcalloc(cf->pool, sizeof(ggi_netwerk_loc_conf_t));
    if (nlcf == NULL) {
        return NULL;
    }

    nlcf->names = NGX_CONF_UNSET_PTR;

    return nlcf;
}


static char *
ggi_netwerk_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_netwerk_loc_conf_t *prev = parent;
    ggi_netwerk_loc_conf_t *conf = child;

    ngx_conf_merge_ptr_value(conf->names, prev->names, NULL);

    return NGX_CONF_OK;
}


static int
ggi_netwerk_read_file(void *data, const char *file, ggi_fault_t *fault)
{
    return ggi_netwerk_open(data, file, fault);
}


static void
ggi_netwerk_free_file(void *data)
{
    ggi_netwerk_close(data);
}


static time_t
ggi_netwerk_made(const void *data)
{
    const ggi_netwerk_t *netwerk = data;

    return (time_t) netwerk->mmdb.metadata.build_epoch;
}


static char *
ggi_netwerk_database(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_netwerk_main_conf_t *nmcf = conf;

    static const ggi_source_kind_t  kind = {
        "database of networks", sizeof(ggi_netwerk_t),
        ggi_netwerk_read_file, ggi_netwerk_free_file,
        GGI_METRIC_DATABASE, ggi_netwerk_made
    };

    if (nmcf->netwerk) {
        return "is duplicate";
    }

    nmcf->netwerk = ggi_conf_read(cf, &kind);

    return nmcf->netwerk ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * ggi_netwerk [on | observe | off] [NAME ...];  Names alone restrict, and
 * enforce unless a mode is set.
 */
static char *
ggi_netwerk(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_netwerk_loc_conf_t *nlcf = conf;

    ggi_str_t                *name;
    ngx_str_t                *value;
    ggi_mode_e                mode;
    ngx_uint_t                i;
    ggi_netwerk_main_conf_t  *nmcf;

    if (nlcf->names != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;
    i = 2;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        mode = GGI_MODE_OFF;

    } else if (ngx_strcmp(value[1].data, "observe") == 0) {
        mode = GGI_MODE_OBSERVE;

    } else {
        mode = GGI_MODE_ON;
        i = ngx_strcmp(value[1].data, "on") == 0 ? 2 : 1;
    }

    ggi_gate_set_mode(cf, GGI_GATE_NETWERK, mode);

    if (i == cf->args->nelts) {
        return NGX_CONF_OK;
    }

    if (mode == GGI_MODE_OFF) {
        return "with \"off\" takes no names";
    }

    nlcf->names = ngx_array_create(cf->pool, cf->args->nelts - i,
                                   sizeof(ggi_str_t));
    if (nlcf->names == NULL) {
        return NGX_CONF_ERROR;
    }

    for ( /* void */ ; i < cf->args->nelts; i++) {
        name = ngx_array_push(nlcf->names);
        *name = ggi_from_ngx_str(value[i]);
    }

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_netwerk_module);

    if (nmcf->file == NULL) {
        nmcf->file = cf->conf_file->file.name.data;
        nmcf->line = cf->conf_file->line;
    }

    return NGX_CONF_OK;
}
