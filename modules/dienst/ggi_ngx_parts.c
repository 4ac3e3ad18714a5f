/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The parts of a call: its subrequests that an upstream serves, kept so that its record
 * can name them.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_parts.h"


ngx_int_t
ggi_subrequest_keep(ngx_http_request_t *r)
{
    ggi_call_t             *call;
    ggi_part_t             *part, **last;
    ggi_dienst_loc_conf_t  *dlcf;

    call = ggi_call_get(r->main);
    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (call == NULL || !call->state.admitted || dlcf->place.dienst.len == 0) {
        return NGX_OK;
    }

    for (last = &call->state.parts; *last; last = &(*last)->next) {
        if ((*last)->request == r) {
            return NGX_OK;
        }
    }

    part = ngx_palloc(r->pool, sizeof(ggi_part_t));
    if (part == NULL) {
        return NGX_ERROR;
    }

    part->request = r;
    part->next = NULL;
    *last = part;

    return NGX_OK;
}


ngx_uint_t
ggi_part_is_update(ngx_http_request_t *r)
{
#if (NGX_HTTP_CACHE)
    ngx_http_request_t  *parent;

    parent = r->parent;

    /* nginx goes on with the parent's location in it; a mirror finds its own */

    return r->background && parent->cached && parent->cache
           && parent->cache->background && r->loc_conf == parent->loc_conf;
#else
    return 0;
#endif
}
