/* SPDX-License-Identifier: EUPL-1.2 */

/* Slots that read the arguments of directives. */

#include "ggi_ngx_array.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_claimed.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_directive.h"


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


/* Adds an argument to the array of a list. Returns as ggi_word_add_pt does. */
static ngx_int_t
ggi_words_add(ngx_conf_t *cf, const ggi_words_t *words, ngx_array_t *array, ngx_str_t *value)
{
    ggi_str_t  word;

    if (words->add) {
        return words->add(cf, array, value);
    }

    word = ggi_from_ngx_str(*value);

    return words->valid(word) ? ggi_array_add(array, &word) : NGX_DECLINED;
}


char *
ggi_words_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char               *rv;
    ngx_int_t           rc;
    ngx_str_t          *value;
    ngx_uint_t          i;
    ngx_array_t       **array = (ngx_array_t **) ((char *) conf + cmd->offset);
    const ggi_words_t  *words = cmd->post;

    rv = ggi_setting_once(cf, cmd, *array && *array != NGX_CONF_UNSET_PTR);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    *array = ngx_array_create(cf->pool, cf->args->nelts,
                              words->add ? words->size : sizeof(ggi_str_t));
    if (*array == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        rc = ggi_words_add(cf, words, *array, &value[i]);

        if (rc == NGX_DECLINED) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid %s \"%V\" in \"%V\": expected %s",
                               words->what, &value[i], &cmd->name, words->expected);
        }

        if (rc != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


ngx_int_t
ggi_parameters_once(ngx_conf_t *cf)
{
    size_t       len;
    ngx_str_t   *value;
    ngx_uint_t   i, k;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
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


/*
 * Returns 1 when the gates give the API a header of this name, whatever the caller
 * sent; 0 otherwise.
 */
static ngx_uint_t
ggi_name_is_ours(const ggi_name_t *name)
{
    ngx_uint_t         i;
    ggi_claimed_e      what;
    const ggi_name_t  *claimed;

    for (i = 0; (what = ggi_header_claimed(i, &claimed)) != GGI_CLAIMED_NOT; i++) {
        if (what != GGI_CLAIMED_REMOVED && ggi_name_is(name, claimed)) {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns 1 when a header says how the request or its connection is to be read, or
 * holds what a caller proves itself by; 0 otherwise. It can be no header of a claim,
 * which is changed and recorded.
 */
static ngx_uint_t
ggi_name_is_of_http(const ggi_name_t *name)
{
    ngx_uint_t  i;

    static const ngx_str_t  names[] = {
        ngx_string("host"), ngx_string("connection"), ngx_string("content-length"),
        ngx_string("content-type"), ngx_string("transfer-encoding"), ngx_string("te"),
        ngx_string("trailer"), ngx_string("upgrade"), ngx_string("keep-alive"),
        ngx_string("proxy-connection"), ngx_string("expect"),
        ngx_string("authorization"), ngx_string("proxy-authorization"),
        ngx_string("cookie"), ngx_string("destination")
    };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (name->lowcase.len == names[i].len
            && ngx_memcmp(name->lowcase.data, names[i].data, names[i].len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


char *
ggi_name_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char *p = conf;

    u_char       ch;
    size_t       i;
    ngx_str_t   *value;
    ggi_name_t  *name;

    name = (ggi_name_t *) (p + cmd->offset);

    if (name->key.data) {
        return "is duplicate";
    }

    value = cf->args->elts;
    name->key = value[1];
    name->lowcase.len = value[1].len;
    name->lowcase.data = ngx_pnalloc(cf->pool, value[1].len + 1);
    if (name->lowcase.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_strlow(name->lowcase.data, value[1].data, value[1].len);

    /* nginx drops headers of another alphabet, unless it is told not to */
    for (i = 0; i < name->key.len; i++) {
        ch = name->lowcase.data[i];

        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '-'))
        {
            break;
        }
    }

    if (i == 0 || i < name->key.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid header name \"%V\" in \"%V\": expected "
                           "letters, digits and \"-\"", &name->key, &cmd->name);
        return NGX_CONF_ERROR;
    }

    if (ggi_name_is_ours(name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "header \"%V\" in \"%V\" is one that the gate gives "
                           "the API itself: expected another", &name->key,
                           &cmd->name);
        return NGX_CONF_ERROR;
    }

    if (ggi_name_is_of_http(name)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "header \"%V\" in \"%V\" has a meaning of its own in "
                           "HTTP: expected another", &name->key, &cmd->name);
        return NGX_CONF_ERROR;
    }

    name->file = cf->conf_file->file.name.data;
    name->line = cf->conf_file->line;

    return ggi_setting_note(cf, cmd) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Makes *array, unless that was done before. Returns NGX_OK, or NGX_ERROR without memory. */
static ngx_int_t
ggi_array_make(ngx_conf_t *cf, ngx_array_t **array, ngx_uint_t n, size_t size)
{
    if (*array == NULL) {
        *array = ngx_array_create(cf->pool, n, size);
    }

    return *array ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_header_withhold(ngx_conf_t *cf, const ggi_name_t *name)
{
    ggi_dienst_loc_conf_t   *dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);
    dlcf->removed_filter |= ggi_header_names_filter(name, 1);

    return (ggi_array_make(cf, &dlcf->removed, 1, sizeof(ggi_name_t)) == NGX_OK
            && ggi_names_add(dlcf->removed, name) == NGX_OK
            && ggi_names_add(&dmcf->varying, name) == NGX_OK)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_header_claim(ngx_conf_t *cf, ggi_gate_e gate, const ggi_name_t *name,
    size_t offset, size_t outside)
{
    ggi_claim_part_t         part = { *name, gate, { offset, outside } };
    ggi_dienst_loc_conf_t   *dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);

    if (ggi_array_make(cf, &dlcf->claims, 5, sizeof(ggi_claim_part_t)) != NGX_OK
        || ggi_array_add(dlcf->claims, &part) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return (offset == GGI_HEADER_AS_SENT && outside == GGI_HEADER_AS_SENT)
           ? NGX_OK : ggi_names_add(&dmcf->varying, name);
}


ngx_int_t
ggi_header_inside(ngx_conf_t *cf, const ggi_name_t *name, size_t offset)
{
    ggi_inside_t             inside = { *name, offset };
    ggi_dienst_loc_conf_t   *dlcf;
    ggi_dienst_main_conf_t  *dmcf;

    dmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_ggi_dienst_module);
    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);

    if (ggi_name_set_add(cf->pool, &dlcf->inside, name) != NGX_OK
        || ggi_names_add(&dmcf->varying, name) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return (offset == GGI_HEADER_NOT_SENT
            || (ggi_array_make(cf, &dlcf->outside, 3, sizeof(ggi_inside_t)) == NGX_OK
                && ggi_array_add(dlcf->outside, &inside) == NGX_OK))
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ggi_header_claim_check(ngx_conf_t *cf)
{
    ngx_uint_t              i;
    const ggi_name_t       *given;
    ggi_claim_part_t       *part;
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_ggi_dienst_module);
    part = dlcf->claims ? dlcf->claims->elts : NULL;

    for (i = 0; part && i < dlcf->claims->nelts; i++) {

        if (ggi_name_is(&part[i].name, &dlcf->origin)) {
            given = part[i].name.file ? &part[i].name : &dlcf->origin;

            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "header \"%V\" stands for a part of the claim and for "
                          "\"ggi_dienst_origin_header\", of which one may have its "
                          "default name: expected a header for each, in %s:%ui",
                          &given->key, given->file, given->line);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
