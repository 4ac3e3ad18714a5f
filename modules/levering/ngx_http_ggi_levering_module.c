/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate levering: its directives, and its checks at start. It asks whether the fields
 * that a call asks for are agreed on; the judging is in ggi_ngx_levering.c.
 */

#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_levering.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_str.h"
#include "ggi_velden.h"

#define GGI_LEVERING_BODY_LIMIT  (1024 * 1024)


static ngx_int_t ggi_levering_init(ngx_conf_t *cf);
static char *ggi_levering_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_levering_fields(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static char *ggi_levering_body_max(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ggi_levering_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static GGI_CREATE_CONF(ggi_levering_create_loc_conf, ggi_levering_loc_conf_t,
                       .fields = NGX_CONF_UNSET_UINT, .body_max = NGX_CONF_UNSET_SIZE,
                       .always = NGX_CONF_UNSET_PTR, .aliases = NGX_CONF_UNSET_PTR);


#define GGI_LEVERING_LIST_COMMAND(directive, member)                           \
    { ngx_string(directive),                                                   \
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,   \
      ggi_levering_list,                                                       \
      NGX_HTTP_LOC_CONF_OFFSET,                                                \
      offsetof(ggi_levering_loc_conf_t, member),                               \
      NULL }


static ngx_command_t  ggi_levering_commands[] = {

    GGI_BLOCK_COMMAND("ggi_levering_fields", NGX_CONF_TAKE1, ggi_levering_fields),
    GGI_SLOT_COMMAND("ggi_levering_body_max", ggi_levering_body_max,
                     offsetof(ggi_levering_loc_conf_t, body_max), NULL),
    GGI_LEVERING_LIST_COMMAND("ggi_levering_always", always),
    GGI_LEVERING_LIST_COMMAND("ggi_levering_alias", aliases),

      ngx_null_command
};


GGI_NGX_GATE(ngx_http_ggi_levering_module, ggi_levering_commands, NULL, ggi_levering_init,
             GGI_CYCLE(NULL, NULL, NULL),
             GGI_LOC_CONF(ggi_levering_create_loc_conf, ggi_levering_merge_loc_conf));


/* Returns where the calls of a place say which fields they ask for. */
static ngx_uint_t
ggi_levering_at(const ggi_place_t *place)
{
    ggi_levering_loc_conf_t  *llcf;

    llcf = place->loc_conf[ngx_http_ggi_levering_module.ctx_index];

    return llcf->fields;
}


static ngx_uint_t
ggi_levering_said(const ggi_place_t *place)
{
    return ggi_levering_at(place) != GGI_LEVERING_UNSAID;
}


/* Notes, as a lack, where fields are to be judged and no gate finds what is agreed on. */
static ngx_int_t
ggi_levering_require(ngx_conf_t *cf)
{
    ngx_uint_t          fields;
    const char         *what;
    const ggi_place_t  *place;

    for (place = ggi_gate_next_place(cf, GGI_GATE_LEVERING, NULL);
         place;
         place = ggi_gate_next_place(cf, GGI_GATE_LEVERING, place))
    {
        fields = ggi_levering_at(place);
        what = (place->role == GGI_ROLE_AFNEMER)
               ? "\"ggi_functie on;\" to find the velden that are agreed on"
               : "\"ggi_autorisatie on;\" to find the velden that are agreed on";

        if (!place->agreed && (fields == GGI_LEVERING_BODY || fields == GGI_LEVERING_QUERY)
            && ggi_gate_lack(cf, GGI_GATE_LEVERING, place, what) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ggi_levering_init(ngx_conf_t *cf)
{
    ggi_gate_note_fields(cf, ggi_levering_said);

    if (ggi_levering_require(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_LEVERING, ggi_levering_handler);
}


static char *
ggi_levering_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_levering_loc_conf_t *prev = parent;
    ggi_levering_loc_conf_t *conf = child;

    if (conf->fields == NGX_CONF_UNSET_UINT) {
        conf->fields = (prev->fields == NGX_CONF_UNSET_UINT) ? GGI_LEVERING_UNSAID
                                                             : prev->fields;
        conf->name = prev->name;
    }

    ngx_conf_merge_size_value(conf->body_max, prev->body_max, 64 * 1024);
    ngx_conf_merge_ptr_value(conf->always, prev->always, NULL);
    ngx_conf_merge_ptr_value(conf->aliases, prev->aliases, NULL);

    return NGX_CONF_OK;
}


/* Returns 1 when a text can be the name of a member or argument that has fields. */
static ngx_uint_t
ggi_levering_name_valid(ggi_str_t name)
{
    size_t  i;

    for (i = 0; i < name.len; i++) {
        if (!ggi_veld_char(name.data[i])) {
            return 0;
        }
    }

    return name.len != 0;
}


/* ggi_levering_fields body=NAME | query=NAME | off; */
static char *
ggi_levering_fields(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_levering_loc_conf_t *llcf = conf;

    char       *rv;
    ggi_str_t   text;
    ngx_str_t  *value;

    rv = ggi_setting_once(cf, cmd, llcf->fields != NGX_CONF_UNSET_UINT);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    value = cf->args->elts;
    text = ggi_from_ngx_str(value[1]);

    if (ggi_argument_is(cf, "off")) {
        llcf->fields = GGI_LEVERING_NOWHERE;
        return NGX_CONF_OK;
    }

    llcf->fields = ggi_str_skip(&text, "body=") ? GGI_LEVERING_BODY
                   : ggi_str_skip(&text, "query=") ? GGI_LEVERING_QUERY
                   : GGI_LEVERING_UNSAID;
    llcf->name = text;

    if (llcf->fields == GGI_LEVERING_UNSAID || !ggi_levering_name_valid(text)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"ggi_levering_fields\" takes \"off\", or \"body=\" or "
                           "\"query=\" and a name of letters, digits and \"_\": invalid "
                           "value \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* ggi_levering_body_max SIZE; */
static char *
ggi_levering_body_max(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_levering_loc_conf_t *llcf = conf;

    char  *rv;

    rv = ggi_setting_once(cf, cmd, llcf->body_max != NGX_CONF_UNSET_SIZE);

    if (rv == NGX_CONF_OK) {
        rv = ngx_conf_set_size_slot(cf, cmd, conf);
    }

    if (rv == NGX_CONF_OK
        && (llcf->body_max == 0 || llcf->body_max > GGI_LEVERING_BODY_LIMIT))
    {
        return "has to be at least 1 byte, and at most 1m";
    }

    return rv;
}


/*
 * Adds an argument to a list: a field, or with named 1 the field that is an alias, "=", and
 * the one that it is given as. Returns NGX_OK, or NGX_ERROR after a message or without
 * memory.
 */
static ngx_int_t
ggi_levering_add(ngx_conf_t *cf, ngx_command_t *cmd, ngx_array_t *list,
    const ngx_str_t *argument, int named)
{
    ggi_str_t           at;
    ggi_fields_alias_t  alias;

    if (ggi_fields_read_alias(&alias, ggi_from_ngx_str(*argument), named, &at)) {
        return ggi_array_add(list, &alias);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" has \"%*s\", expected the path of a field such as "
                       "\"geboorte.datum\", of letters, digits and \"_\" with a dot between "
                       "names, of at most 200 bytes", &cmd->name, at.len, at.data);

    return NGX_ERROR;
}


/* ggi_levering_always FIELD...;  ggi_levering_alias FIELD=FIELD...; */
static char *
ggi_levering_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_array_t **list = (ngx_array_t **) ((char *) conf + cmd->offset);

    char        *rv;
    ngx_str_t   *value;
    int          named;
    ngx_uint_t   i;

    rv = ggi_setting_once(cf, cmd, *list != NGX_CONF_UNSET_PTR);

    if (rv == NGX_CONF_OK) {
        *list = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ggi_fields_alias_t));
        rv = *list ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    value = cf->args->elts;
    named = (cmd->offset == offsetof(ggi_levering_loc_conf_t, aliases));

    for (i = 1; rv == NGX_CONF_OK && i < cf->args->nelts; i++) {
        if (ggi_levering_add(cf, cmd, *list, &value[i], named) != NGX_OK) {
            rv = NGX_CONF_ERROR;
        }
    }

    return rv;
}
