/* SPDX-License-Identifier: EUPL-1.2 */

/* What the directives of the audit module say in a block of the configuration. */

#include "ggi_ngx_audit_loc.h"
#include "ggi_ngx_directive.h"


GGI_CREATE_CONF(ggi_audit_create_loc_conf, ggi_audit_loc_conf_t,
                .subject_recorded = NGX_CONF_UNSET, .signals = NGX_CONF_UNSET_PTR);


char *
ggi_audit_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ggi_audit_loc_conf_t *prev = parent;
    ggi_audit_loc_conf_t *conf = child;

    if (prev->subject_recorded == NGX_CONF_UNSET) {
        prev->subject_recorded = 1;
    }

    if (conf->subject_recorded == NGX_CONF_UNSET) {
        conf->subject_recorded = prev->subject_recorded;
        conf->subject = prev->subject;
    }

    ngx_conf_merge_ptr_value(conf->signals, prev->signals, NULL);

    return NGX_CONF_OK;
}
