/* SPDX-License-Identifier: EUPL-1.2 */

/* Whom a call is about. */

#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_check.h"
#include "ggi_ngx_directive.h"
#include "ggi_ngx_str.h"
#include "ggi_ngx_subject.h"


char *
ggi_subject_directive(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ggi_audit_loc_conf_t *alcf = conf;

    char       *rv;
    ngx_str_t  *value;

    rv = ggi_setting_once(cf, cmd, alcf->subject_recorded != NGX_CONF_UNSET);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    alcf->subject_recorded = !ggi_argument_is(cf, "off");

    if (!alcf->subject_recorded) {
        return NGX_CONF_OK;
    }

    value = cf->args->elts;
    alcf->subject = ggi_complex_value(cf, &value[1]);

    return alcf->subject ? NGX_CONF_OK : NGX_CONF_ERROR;
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
    ggi_audit_loc_conf_t  *alcf;

    alcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_audit_module);

    if (alcf->subject_recorded
        && ((alcf->subject && ggi_subject_find_value(r, alcf->subject, bsn))
            || (!clear && ggi_bsn_find(bsn, call->path, GGI_BSN_LEN))))
    {
        found.len = GGI_BSN_LEN;
    }

    return found;
}
