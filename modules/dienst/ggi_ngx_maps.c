/* SPDX-License-Identifier: EUPL-1.2 */

/* The variables of "map" and "split_clients", which keep what they gave. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_maps.h"
#include "ggi_ngx_variables.h"


/* A directive that makes variables, and the least block that it takes. */
typedef struct {
    const char  *module;
    ngx_str_t    directive;
    ngx_str_t    block;
} ggi_maps_kind_t;


static const ggi_maps_kind_t  ggi_maps_kinds[GGI_MAPS_KINDS] = {
    { "ngx_http_map_module", ngx_string("map"), ngx_string("default 0;}") },
    { "ngx_http_split_clients_module", ngx_string("split_clients"), ngx_string("* 0;}") }
};

/* The variable that a directive is asked to make, and its source. */
static ngx_str_t  ggi_maps_source = ngx_string("$host");
static ngx_str_t  ggi_maps_name = ngx_string("$-ggi-probe");


/* Returns the directive of a kind, and sets module to its module; or NULL when nginx has none. */
static ngx_command_t *
ggi_maps_command(ngx_conf_t *cf, const ggi_maps_kind_t *kind, ngx_module_t **module)
{
    ngx_uint_t      i;
    ngx_command_t  *cmd;

    for (i = 0; cf->cycle->modules[i]; i++) {
        if (ngx_strcmp(cf->cycle->modules[i]->name, kind->module) == 0) {
            break;
        }
    }

    *module = cf->cycle->modules[i];

    for (cmd = *module ? (*module)->commands : NULL; cmd && cmd->name.len; cmd++) {
        if (cmd->name.len == kind->directive.len
            && ngx_strncmp(cmd->name.data, kind->directive.data, cmd->name.len) == 0)
        {
            return cmd;
        }
    }

    return NULL;
}


/*
 * Has a directive make the variable, as if it stood in a file with its block. Returns the
 * directive's own NGX_CONF_OK, or NGX_CONF_ERROR.
 */
static char *
ggi_maps_make(ngx_conf_t *cf, const ggi_maps_kind_t *kind, ngx_command_t *cmd, void *conf)
{
    ngx_buf_t         buffer;
    ngx_str_t        *word;
    ngx_conf_t        probe;
    ngx_conf_file_t   file;

    ngx_memzero(&buffer, sizeof(ngx_buf_t));
    buffer.start = kind->block.data;
    buffer.pos = buffer.start;
    buffer.last = buffer.start + kind->block.len;
    buffer.end = buffer.last;

    /* all of the file is in the buffer, and its descriptor is never used */

    ngx_memzero(&file, sizeof(ngx_conf_file_t));
    file.buffer = &buffer;
    file.file.name = kind->directive;
    file.line = 1;

    probe = *cf;
    probe.conf_file = &file;
    probe.args = ngx_array_create(cf->pool, 4, sizeof(ngx_str_t));

    if (probe.args == NULL) {
        return NGX_CONF_ERROR;
    }

    word = ngx_array_push_n(probe.args, 3);
    if (word == NULL) {
        return NGX_CONF_ERROR;
    }

    word[0] = kind->directive;
    word[1] = ggi_maps_source;
    word[2] = ggi_maps_name;

    return cmd->set(&probe, cmd, conf);
}


/*
 * Sets handler to the function that computes the variables of a kind, or to NULL when
 * nginx has no such directive.
 */
static ngx_int_t
ggi_maps_find(ngx_conf_t *cf, const ggi_maps_kind_t *kind, ngx_http_get_variable_pt *handler)
{
    ngx_str_t             name;
    ngx_module_t         *module;
    ngx_command_t        *cmd;
    ngx_http_variable_t  *v;

    *handler = NULL;
    cmd = ggi_maps_command(cf, kind, &module);

    if (cmd == NULL) {
        return NGX_OK;
    }

    if (ggi_maps_make(cf, kind, cmd, ((ngx_http_conf_ctx_t *) cf->ctx)
                                     ->main_conf[module->ctx_index])
        != NGX_CONF_OK)
    {
        return NGX_ERROR;
    }

    name.data = ggi_maps_name.data + 1;
    name.len = ggi_maps_name.len - 1;

    v = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_CHANGEABLE);
    if (v == NULL) {
        return NGX_ERROR;
    }

    *handler = v->get_handler;

    return NGX_OK;
}


ngx_int_t
ggi_maps_init(ngx_conf_t *cf)
{
    ngx_uint_t               i;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    for (i = 0; i < GGI_MAPS_KINDS; i++) {
        if (ggi_maps_find(cf, &ggi_maps_kinds[i], &dmcf->maps_handlers[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* Returns 1 when a variable is one of a kind of maps, 0 otherwise. */
static ngx_uint_t
ggi_maps_is_map(const ggi_dienst_main_conf_t *dmcf, const ngx_http_variable_t *v)
{
    ngx_uint_t  k;

    for (k = 0; k < GGI_MAPS_KINDS; k++) {
        if (v->get_handler && v->get_handler == dmcf->maps_handlers[k]) {
            return 1;
        }
    }

    return 0;
}


ngx_int_t
ggi_maps_index(ngx_cycle_t *cycle, const ngx_array_t *variables)
{
    ngx_uint_t               i;
    ngx_http_variable_t     *v;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_ggi_dienst_module);
    v = variables->elts;

    if (ngx_array_init(&dmcf->maps, cycle->pool, 4, sizeof(ngx_uint_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < variables->nelts; i++) {
        if (ggi_maps_is_map(dmcf, &v[i]) && ggi_array_add(&dmcf->maps, &i) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
ggi_maps_forget(ngx_http_request_t *r)
{
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);
    ggi_variables_forget(r, &dmcf->maps);
}
