/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_dienst_directive.h"

#include "ggi_dienst_name.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_conf.h"
#include "ggi_problem.h"


/*
 * Reads the role of a gateway: "role=aanbieder" or "role=afnemer". Returns NGX_OK, or
 * NGX_ERROR after a message.
 */
static ngx_int_t
ggi_dienst_role(ngx_conf_t *cf, ggi_role_e *role)
{
    ngx_str_t  *value;

    value = cf->args->elts;

    if (cf->args->nelts == 2 || ngx_strcmp(value[2].data, "role=aanbieder") == 0) {
        *role = GGI_ROLE_AANBIEDER;
        return NGX_OK;
    }

    if (ngx_strcmp(value[2].data, "role=afnemer") == 0) {
        *role = GGI_ROLE_AFNEMER;
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid parameter \"%V\" in \"ggi_dienst\": expected "
                       "\"role=aanbieder\" or \"role=afnemer\"", &value[2]);

    return NGX_ERROR;
}


/*
 * ggi_dienst NAME [role=aanbieder | afnemer];  The name goes into logs, answers and
 * profiles, so its alphabet is one that needs no quoting in any of them.
 */
char *
ggi_dienst_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_dienst_loc_conf_t *dlcf = conf;

    ngx_str_t  *name;

    name = (ngx_str_t *) cf->args->elts + 1;

    if (dlcf->place.dienst.data) {
        return "is duplicate";
    }

    if (ggi_dienst_role(cf, &dlcf->place.role) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_strcmp(name->data, "off") == 0) {
        if (cf->args->nelts > 2) {
            return "has no role when it is off";
        }

        ngx_str_set(&dlcf->place.dienst, "");
        return NGX_CONF_OK;
    }

    if (!ggi_dienst_name_valid(ggi_from_ngx_str(*name))) {
        goto invalid;
    }

    if (ngx_strcmp(name->data, "unknown") == 0) {
        return "may not be \"unknown\", which is what records say where no dienst was found";
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


char *
ggi_dienst_contact_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
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
                       "invalid contact \"%V\" in \"ggi_dienst_contact\": expected a URI of at "
                       "most %d characters, such as mailto:beheer@example.nl",
                       uri, GGI_PROBLEM_CONTACT_MAX);
    return NGX_CONF_ERROR;
}
