/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The core: which dienst is this call for.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define GGI_DIENST_NAME_MAX  64


typedef struct {
    ngx_str_t  dienst;                  /* len 0: no dienst here */
} ggi_dienst_loc_conf_t;


static ngx_int_t ggi_dienst_add_variables(ngx_conf_t *cf);
static ngx_int_t ggi_dienst_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void *ggi_dienst_create_loc_conf(ngx_conf_t *cf);
static char *ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_dienst(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static ngx_command_t  ggi_dienst_commands[] = {

    { ngx_string("ggi_dienst"),
      NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ggi_dienst,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ggi_dienst_loc_conf_t, dienst),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ggi_dienst_module_ctx = {
    ggi_dienst_add_variables,           /* preconfiguration */
    NULL,                               /* postconfiguration */

    NULL,                               /* create main configuration */
    NULL,                               /* init main configuration */

    NULL,                               /* create server configuration */
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
    NULL,                               /* init module */
    NULL,                               /* init process */
    NULL,                               /* init thread */
    NULL,                               /* exit thread */
    NULL,                               /* exit process */
    NULL,                               /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ggi_dienst_vars[] = {

    { ngx_string("ggi_dienst"), NULL, ggi_dienst_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


static ngx_int_t
ggi_dienst_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ggi_dienst_vars; v->name.len; v++) {
        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ggi_dienst_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->dienst.len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    v->len = dlcf->dienst.len;
    v->data = dlcf->dienst.data;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


static void *
ggi_dienst_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ggi_dienst_loc_conf_t));
}


static char *
ggi_dienst_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_dienst_loc_conf_t *prev = parent;
    ggi_dienst_loc_conf_t *conf = child;

    ngx_conf_merge_str_value(conf->dienst, prev->dienst, "");

    return NGX_CONF_OK;
}


/*
 * ggi_dienst NAME;  The name goes into logs, answers and profiles, so its
 * alphabet is one that needs no quoting in any of them.
 */
static char *
ggi_dienst(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    u_char     ch;
    size_t     i;
    ngx_str_t  *name;

    name = (ngx_str_t *) cf->args->elts + 1;

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

    return ngx_conf_set_str_slot(cf, cmd, conf);

invalid:

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid dienst name \"%V\": expected 1 to %d characters "
                       "a-z, 0-9, \"-\", \".\" or \"_\", the first a letter or "
                       "digit", name, GGI_DIENST_NAME_MAX);
    return NGX_CONF_ERROR;
}
