/* SPDX-License-Identifier: EUPL-1.2 */

/* What nginx -t says of a configuration as a whole: all that is missing in it, and what stands in it without effect. */

#include "ngx_http_ggi_dienst_module.h"


/* Where a directive of a block stands, of which it is not known yet whether a dienst is in it. */
typedef struct {
    ggi_dienst_loc_conf_t  *block;
    ngx_str_t               name;
    u_char                 *file;
    ngx_uint_t              line;
} ggi_setting_t;


ngx_int_t
ggi_check_create(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    if (ngx_array_init(&dmcf->lacks, cf->pool, 4, sizeof(ngx_str_t)) != NGX_OK
        || ngx_array_init(&dmcf->settings, cf->pool, 4, sizeof(ggi_setting_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ggi_conf_lack(ngx_conf_t *cf, const char *fmt, ...)
{
    u_char                  *p;
    va_list                  args;
    ngx_str_t               *lack;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    lack = ngx_array_push(&dmcf->lacks);
    p = ngx_pnalloc(cf->pool, NGX_MAX_CONF_ERRSTR);

    if (lack == NULL || p == NULL) {
        return NGX_ERROR;
    }

    va_start(args, fmt);
    lack->data = p;
    lack->len = (size_t) (ngx_vslprintf(p, p + NGX_MAX_CONF_ERRSTR, fmt, args) - p);
    va_end(args);

    return NGX_OK;
}


ngx_int_t
ggi_gate_lack(ngx_conf_t *cf, ggi_gate_e gate, const ggi_place_t *place,
    const char *what)
{
    return ggi_conf_lack(cf, "dienst \"%V\" has gate %s on, which needs %s, "
                         "or \"%s off;\" in %s:%ui",
                         &place->dienst, ggi_gates[gate].name, what,
                         ggi_gates[gate].name, place->file, place->line);
}


ngx_int_t
ggi_gate_require(ngx_conf_t *cf, ggi_gate_e gate, const char *what)
{
    const ggi_place_t  *place;

    place = ggi_gate_next_place(cf, gate, NULL);

    return place ? ggi_gate_lack(cf, gate, place, what) : NGX_OK;
}


ngx_int_t
ggi_check_lacks(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_str_t   *lack;
    ngx_uint_t   i;

    lack = dmcf->lacks.elts;

    for (i = 0; i < dmcf->lacks.nelts; i++) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%V", &lack[i]);
    }

    return dmcf->lacks.nelts ? NGX_ERROR : NGX_OK;
}


ngx_int_t
ggi_setting_note(ngx_conf_t *cf, ngx_command_t *cmd)
{
    ggi_setting_t           *setting;
    ggi_dienst_main_conf_t  *dmcf;

    /* what is said for all of http may be there for a dienst that is to come */

    if (!(cf->cmd_type & (NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF))) {
        return NGX_OK;
    }

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);

    setting = ngx_array_push(&dmcf->settings);
    if (setting == NULL) {
        return NGX_ERROR;
    }

    setting->block = ngx_http_conf_get_module_loc_conf(cf,
                                                 ngx_http_ggi_dienst_module);
    setting->name = cmd->name;
    setting->file = cf->conf_file->file.name.data;
    setting->line = cf->conf_file->line;

    return NGX_OK;
}


void
ggi_check_settings(ngx_conf_t *cf, ggi_dienst_main_conf_t *dmcf)
{
    ngx_uint_t      i;
    ggi_setting_t  *setting;

    setting = dmcf->settings.elts;

    for (i = 0; i < dmcf->settings.nelts; i++) {

        if (!setting[i].block->serves) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "\"%V\" has no effect: there is no dienst in its "
                          "block, nor in one within it; give it a "
                          "\"ggi_dienst\", or remove the directive, in %s:%ui",
                          &setting[i].name, setting[i].file, setting[i].line);
        }
    }
}


void
ggi_gate_warn_diensten(ngx_conf_t *cf, ggi_gate_e gate,
    int (*has)(const void *data, ggi_str_t dienst), const void *data,
    const char *what)
{
    const ggi_place_t  *place, *earlier;

    for (place = ggi_gate_next_place(cf, gate, NULL);
         place;
         place = ggi_gate_next_place(cf, gate, place))
    {
        for (earlier = ggi_gate_next_place(cf, gate, NULL);
             earlier != place;
             earlier = ggi_gate_next_place(cf, gate, earlier))
        {
            if (ggi_str_eq(ggi_from_ngx_str(earlier->dienst),
                           ggi_from_ngx_str(place->dienst)))
            {
                break;
            }
        }

        if (earlier == place
            && !has(data, ggi_from_ngx_str(place->dienst)))
        {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                          "dienst \"%V\" is in no %s: gate %s lets no call to "
                          "it pass; add it there, or correct the name, in "
                          "%s:%ui", &place->dienst, what, ggi_gates[gate].name,
                          place->file, place->line);
        }
    }
}


/* Writes the words of an enum as they are told: "off", "observe" or "on". */
static u_char *
ggi_enum_words(u_char *p, u_char *last, ngx_conf_enum_t *e)
{
    ngx_uint_t  i;

    for (i = 0; e[i].name.len; i++) {
        p = ngx_slprintf(p, last, "%s\"%V\"",
                         i == 0 ? "" : e[i + 1].name.len ? ", " : " or ",
                         &e[i].name);
    }

    return p;
}


char *
ggi_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char *p = conf;

    u_char            words[NGX_MAX_CONF_ERRSTR / 4];
    ngx_str_t        *value, expected;
    ngx_uint_t        i, *np;
    ngx_conf_enum_t  *e;

    np = (ngx_uint_t *) (p + cmd->offset);

    if (*np != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    e = cmd->post;

    for (i = 0; e[i].name.len; i++) {
        if (e[i].name.len == value[1].len
            && ngx_strcasecmp(e[i].name.data, value[1].data) == 0)
        {
            *np = e[i].value;
            return ggi_setting_note(cf, cmd) == NGX_OK ? NGX_CONF_OK
                                                       : NGX_CONF_ERROR;
        }
    }

    expected.data = words;
    expected.len = (size_t) (ggi_enum_words(words, words + sizeof(words), e)
                             - words);

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" takes %V: invalid value \"%V\"",
                       &cmd->name, &expected, &value[1]);

    return NGX_CONF_ERROR;
}


char *
ggi_flag_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    if (ggi_setting_note(cf, cmd) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_conf_set_flag_slot(cf, cmd, conf);
}


/* The length of "name=" in a parameter; 0 when it has no such beginning. */
static size_t
ggi_parameter_name(const ngx_str_t *value)
{
    u_char  *p;

    p = ngx_strlchr(value->data, value->data + value->len, '=');

    return p ? (size_t) (p - value->data) + 1 : 0;
}


ngx_int_t
ggi_parameters_once(ngx_conf_t *cf)
{
    size_t       len;
    ngx_str_t   *value;
    ngx_uint_t   i, k;

    value = cf->args->elts;

    for (i = 2; i < cf->args->nelts; i++) {
        len = ggi_parameter_name(&value[i]);

        for (k = i + 1; len && k < cf->args->nelts; k++) {

            if (value[k].len >= len
                && ngx_strncmp(value[i].data, value[k].data, len) == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "\"%V\" has the parameter \"%*s\" twice",
                                   &value[0], len, value[i].data);
                return NGX_ERROR;
            }
        }
    }

    return NGX_OK;
}
