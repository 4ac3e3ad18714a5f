/* SPDX-License-Identifier: EUPL-1.2 */

/* Whom a call is about. */

#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_subject.h"


extern ngx_module_t  ngx_http_ggi_audit_module;


typedef struct {
    ngx_flag_t                 recorded;        /* 0: off */
    ngx_http_complex_value_t  *value;           /* NULL: only the path tells */
} ggi_subject_conf_t;


GGI_CREATE_CONF(ggi_subject_create_loc_conf, ggi_subject_conf_t, .recorded = NGX_CONF_UNSET);


char *
ggi_subject_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_subject_conf_t *prev = parent;
    ggi_subject_conf_t *conf = child;

    if (prev->recorded == NGX_CONF_UNSET) {
        prev->recorded = 1;
    }

    if (conf->recorded == NGX_CONF_UNSET) {
        *conf = *prev;
    }

    return NGX_CONF_OK;
}


char *
ggi_subject_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_subject_conf_t *scf = conf;

    char       *rv;
    ngx_str_t  *value;

    rv = ggi_setting_once(cf, cmd, scf->recorded != NGX_CONF_UNSET);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    scf->recorded = !ggi_argument_is(cf, "off");

    if (!scf->recorded) {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;
    scf->value = ggi_complex_value(cf, &value[1]);

    return scf->value ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Finds a BSN in the value that a location names. Returns 1, or 0 when there is none. */
static ngx_uint_t
ggi_subject_find_value(ngx_http_request_t *r, ngx_http_complex_value_t *named,
    char bsn[GGI_BSN_LEN])
{
    ngx_str_t  value;

    return ngx_http_complex_value(r, named, &value) == NGX_OK
           && ggi_bsn_find(bsn, ggi_from_ngx_str(value), GGI_BSN_LEN - 1);
}


ggi_str_t
ggi_subject_find(ngx_http_request_t *r, const ggi_call_t *call, int clear,
    char bsn[GGI_BSN_LEN])
{
    ggi_str_t            found = { 0, bsn };
    ggi_subject_conf_t  *scf;

    scf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_audit_module);

    if (scf->recorded
        && ((scf->value && ggi_subject_find_value(r, scf->value, bsn))
            || (!clear && ggi_bsn_find(bsn, call->path, GGI_BSN_LEN))))
    {
        found.len = GGI_BSN_LEN;
    }

    return found;
}
