/* SPDX-License-Identifier: EUPL-1.2 */

/* Files that directives name, read with the configuration and gone with it. */

#include "ggi_call.h"


void *
ggi_conf_read(ngx_conf_t *cf, const ggi_source_kind_t *kind)
{
    void                *data;
    ngx_str_t           *value, file;
    ggi_fault_t          fault = ggi_fault_init;
    ngx_pool_cleanup_t  *cln;

    value = cf->args->elts;
    file = value[1];

    if (ngx_conf_full_name(cf->cycle, &file, 1) != NGX_OK) {
        return NULL;
    }

    cln = ngx_pool_cleanup_add(cf->pool, kind->size);
    if (cln == NULL) {
        return NULL;
    }

    data = cln->data;

    if (!kind->read(data, (char *) file.data, &fault)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s in \"%V\": %s",
                           kind->name, &file, fault.text);
        return NULL;
    }

    cln->handler = kind->free;

    return data;
}
