/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The gate netwerk: finds the network that a call came over by the client's address,
 * and refuses a call over a network that is not allowed in its location.
 */

#include "ggi_call.h"
#include "ggi_netwerk.h"
#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_seam.h"
#include "ggi_ngx_source.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_variables.h"


/* The name of a network in a ggi_netwerk directive, and the directive's place. */
typedef struct {
    ggi_str_t       name;
    u_char         *file;
    ngx_uint_t      line;
} ggi_netwerk_use_t;


typedef struct {
    ggi_netwerk_t  *netwerk;            /* the database; NULL: none */
    ngx_array_t     uses;               /* of ggi_netwerk_use_t */
} ggi_netwerk_main_conf_t;


typedef struct {
    ngx_array_t    *names;              /* of ggi_str_t: the allowed ones; NULL: all */
    ngx_uint_t      mode;               /* ggi_mode_e of this block; NGX_CONF_UNSET_UINT: not set */
    u_char         *file;               /* place of the block's ggi_netwerk */
    ngx_uint_t      line;
} ggi_netwerk_loc_conf_t;


static ngx_int_t ggi_netwerk_init(ngx_conf_t *cf);
static ngx_int_t ggi_netwerk_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void *ggi_netwerk_create_main_conf(ngx_conf_t *cf);
static char *ggi_netwerk_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static char *ggi_netwerk(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);


static time_t
ggi_netwerk_made(const void *data)
{
    const ggi_netwerk_t *netwerk = data;

    return (time_t) netwerk->mmdb.metadata.build_epoch;
}


GGI_SOURCE_KIND(ggi_netwerk_source, ggi_netwerk_t, "database of networks",
                ggi_netwerk_open, ggi_netwerk_close, GGI_METRIC_DATABASE, ggi_netwerk_made);


static GGI_CREATE_CONF(ggi_netwerk_create_loc_conf, ggi_netwerk_loc_conf_t,
                       .names = NGX_CONF_UNSET_PTR, .mode = NGX_CONF_UNSET_UINT);


static ngx_command_t  ggi_netwerk_commands[] = {

    GGI_SOURCE_COMMAND("ggi_netwerk_database", ggi_source_slot,
                       ggi_netwerk_main_conf_t, netwerk, ggi_netwerk_source),
    GGI_BLOCK_COMMAND("ggi_netwerk", NGX_CONF_1MORE, ggi_netwerk),

      ngx_null_command
};


/* The words of the modes, indexed by ggi_mode_e. */
static ngx_str_t  ggi_netwerk_modes[] = {
    ngx_string("off"), ngx_string("observe"), ngx_string("on")
};


static ngx_http_variable_t  ggi_netwerk_vars[] = {

    { ngx_string("ggi_netwerk"), NULL, ggi_netwerk_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


GGI_NGX_GATE(ngx_http_ggi_netwerk_module, ggi_netwerk_commands, ggi_netwerk_vars, ggi_netwerk_init,
             GGI_CYCLE(NULL, NULL, NULL),
             GGI_MAIN_CONF(ggi_netwerk_create_main_conf, NULL),
             GGI_LOC_CONF(ggi_netwerk_create_loc_conf, ggi_netwerk_merge_loc_conf));


/* Sets which database a call was looked up in. */
static void
ggi_netwerk_note_build(ngx_http_request_t *r, ggi_findings_t *found)
{
    ggi_netwerk_main_conf_t  *nmcf;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_netwerk_module);

    if (nmcf->netwerk) {
        found->netwerk_build.data = nmcf->netwerk->build;
        found->netwerk_build.len = GGI_NETWERK_BUILD;
    }
}


/*
 * Sets *name to the network of the client's address, or to "" when it is in none.
 * Returns NGX_OK, or NGX_ERROR, after a message, when the database is damaged.
 */
static ngx_int_t
ggi_netwerk_look_up(ngx_http_request_t *r, ggi_str_t *name)
{
    uint64_t                  left_out;
    ggi_netwerk_main_conf_t  *nmcf;
    static ggi_limits_t       limits;

    name->len = 0;
    name->data = NULL;

    nmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_netwerk_module);

    if (nmcf->netwerk
        && ggi_netwerk_find(nmcf->netwerk, r->connection->sockaddr, name) < 0)
    {
        if (ggi_limits_allow(&limits, r->connection->addr_text.len, r->connection->addr_text.data,
                             "", &left_out))
        {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                          "\"ggi_netwerk_database\" is damaged where it has the "
                          "network of %V: put a good one in its place (messages left out: %uL)",
                          &r->connection->addr_text, left_out);
        }

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

    ggi_netwerk_note_build(r, &call->found);
    rc = ggi_netwerk_look_up(r, &call->found.netwerk);

    if (nlcf->names == NULL) {
        return NGX_OK;
    }

    if (rc != NGX_OK) {
        return NGX_ERROR;
    }

    if (call->found.netwerk.len == 0
        || !ggi_str_in(nlcf->names->elts, nlcf->names->nelts, call->found.netwerk))
    {
        call->reason = GGI_REASON_NETWORK_NOT_ALLOWED;
        return NGX_DECLINED;
    }

    return NGX_OK;
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


/*
 * Warns of each name in a ggi_netwerk directive that no network of the database has: it
 * lets nobody in and is most likely misspelt. Returns NGX_OK, or NGX_ERROR without
 * memory.
 */
static ngx_int_t
ggi_netwerk_warn_unknown(ngx_conf_t *cf, ggi_netwerk_main_conf_t *nmcf)
{
    ggi_str_t          *names;
    ngx_uint_t          i;
    unsigned char      *known;
    ggi_netwerk_use_t  *use;

    use = nmcf->uses.elts;
    names = ngx_palloc(cf->pool, (nmcf->uses.nelts + 1) * sizeof(ggi_str_t));
    known = ngx_pcalloc(cf->pool, nmcf->uses.nelts + 1);

    if (names == NULL || known == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < nmcf->uses.nelts; i++) {
        names[i] = use[i].name;
    }

    ggi_netwerk_known(nmcf->netwerk, names, known, nmcf->uses.nelts);

    for (i = 0; i < nmcf->uses.nelts; i++) {

        if (!known[i]) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"ggi_netwerk\" names network \"%*s\", in which "
                          "\"ggi_netwerk_database\" has no address: no call "
                          "comes from there; correct the name, or add its "
                          "addresses, in %s:%ui",
                          names[i].len, names[i].data, use[i].file, use[i].line);
        }
    }

    return NGX_OK;
}


static ngx_int_t
ggi_netwerk_init(ngx_conf_t *cf)
{
    ggi_netwerk_use_t        *use;
    ggi_netwerk_main_conf_t  *nmcf;

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_netwerk_module);

    if (nmcf->uses.nelts && nmcf->netwerk == NULL) {
        use = nmcf->uses.elts;

        if (ggi_conf_lack(cf, "\"ggi_netwerk\" needs \"ggi_netwerk_database\" in http",
                          use->file, use->line)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

    } else if (nmcf->uses.nelts && ggi_netwerk_warn_unknown(cf, nmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ggi_gate_register(cf, GGI_GATE_NETWERK, ggi_netwerk_handler);
}


static void *
ggi_netwerk_create_main_conf(ngx_conf_t *cf)
{
    ggi_netwerk_main_conf_t  *nmcf;

    nmcf = ngx_pcalloc(cf->pool, sizeof(ggi_netwerk_main_conf_t));

    if (nmcf == NULL
        || ngx_array_init(&nmcf->uses, cf->pool, 4, sizeof(ggi_netwerk_use_t))
           != NGX_OK)
    {
        return NULL;
    }

    return nmcf;
}


static char *
ggi_netwerk_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_netwerk_loc_conf_t *prev = parent;
    ggi_netwerk_loc_conf_t *conf = child;

    ngx_conf_merge_ptr_value(conf->names, prev->names, NULL);

    if ((conf->mode == GGI_MODE_ON || conf->mode == GGI_MODE_OBSERVE)
        && conf->names == NULL)
    {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"ggi_netwerk %V\" without names lets calls over every "
                      "network pass: name those that are allowed, in %s:%ui",
                      &ggi_netwerk_modes[conf->mode], conf->file, conf->line);
    }

    return NGX_CONF_OK;
}


/*
 * Returns the mode that a word of ggi_netwerk stands for, or NGX_CONF_UNSET_UINT when
 * the word is the name of a network.
 */
static ngx_uint_t
ggi_netwerk_mode(ngx_str_t *word)
{
    ngx_uint_t  mode;

    for (mode = GGI_MODE_OFF; mode <= GGI_MODE_ON; mode++) {
        if (word->len == ggi_netwerk_modes[mode].len
            && ngx_strcasecmp(word->data, ggi_netwerk_modes[mode].data) == 0)
        {
            return mode;
        }
    }

    return NGX_CONF_UNSET_UINT;
}


/*
 * Adds the name of a network to those of the block. Refuses a mode that stands behind a
 * name, and an empty name. mode is the mode in front of the names, or
 * NGX_CONF_UNSET_UINT. Returns NGX_OK, or NGX_ERROR after a message or without memory.
 */
static ngx_int_t
ggi_netwerk_add(ngx_conf_t *cf, ggi_netwerk_loc_conf_t *nlcf, ngx_str_t *word,
    ngx_uint_t mode)
{
    ggi_netwerk_use_t         use = { ggi_from_ngx_str(*word), nlcf->file, nlcf->line };
    ggi_netwerk_main_conf_t  *nmcf;

    if (word->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "empty name of a network in \"ggi_netwerk\"");
        return NGX_ERROR;
    }

    if (ggi_netwerk_mode(word) != NGX_CONF_UNSET_UINT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           mode == NGX_CONF_UNSET_UINT
                           ? "\"ggi_netwerk\" has the mode \"%V\" behind a name: "
                             "it stands in front of the names, as in "
                             "\"ggi_netwerk %V diginetwerk;\""
                           : "\"ggi_netwerk\" has a second mode, \"%V\": one "
                             "stands in front of the names", word, word);
        return NGX_ERROR;
    }

    nmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_netwerk_module);

    return (ggi_array_add(nlcf->names, &use.name) == NGX_OK) ? ggi_array_add(&nmcf->uses, &use)
                                                             : NGX_ERROR;
}


/*
 * Reads "ggi_netwerk [on | observe | off] [NAME ...];". Names without a mode restrict
 * calls to these networks, and the mode is "on" unless an outer block sets another.
 */
static char *
ggi_netwerk(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_netwerk_loc_conf_t *nlcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i, mode;

    if (nlcf->file) {
        return "is duplicate";
    }

    nlcf->file = cf->conf_file->file.name.data;
    nlcf->line = cf->conf_file->line;

    value = cf->args->elts;
    mode = ggi_netwerk_mode(&value[1]);
    i = (mode == NGX_CONF_UNSET_UINT) ? 1 : 2;
    nlcf->mode = (mode == NGX_CONF_UNSET_UINT) ? GGI_MODE_ON : mode;

    ggi_gate_set_mode(cf, GGI_GATE_NETWERK, (ggi_mode_e) nlcf->mode);

    if (ggi_setting_note(cf, cmd) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (i == cf->args->nelts) {
        return NGX_CONF_OK;
    }

    if (mode == GGI_MODE_OFF && ggi_netwerk_mode(&value[2]) == NGX_CONF_UNSET_UINT) {
        return "with \"off\" takes no names";
    }

    nlcf->names = ngx_array_create(cf->pool, cf->args->nelts - i,
                                   sizeof(ggi_str_t));
    if (nlcf->names == NULL) {
        return NGX_CONF_ERROR;
    }

    for ( /* void */ ; i < cf->args->nelts; i++) {
        if (ggi_netwerk_add(cf, nlcf, &value[i], mode) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}
