/* SPDX-License-Identifier: EUPL-1.2 */

/* What nginx's arrays lack. */

#ifndef GGI_NGX_ARRAY_H
#define GGI_NGX_ARRAY_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Adds a copy of an element to the end of an array, whose elements have the size of
 * *element. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_inline ngx_int_t
ggi_array_add(ngx_array_t *array, const void *element)
{
    void  *added;

    added = ngx_array_push(array);
    if (added == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(added, element, array->size);

    return NGX_OK;
}


/*
 * Has nginx call handler in a phase, such as NGX_HTTP_LOG_PHASE. Call it in
 * postconfiguration only. Returns NGX_OK, or NGX_ERROR without memory.
 */
static ngx_inline ngx_int_t
ggi_phase_add(ngx_conf_t *cf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    return ggi_array_add(&cmcf->phases[phase].handlers, &handler);
}


#endif
