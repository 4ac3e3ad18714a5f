/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Server push of HTTP/2: nginx makes requests that no caller made, with neither
 * claim nor trace. They would be refused, and recorded as the caller's refusals.
 */

#include "ggi_ngx_push.h"
#include "ggi_compat.h"

#if (GGI_HTTP2_PUSH)

#include <ngx_http_v2_module.h>


void
ggi_push_disable(ngx_conf_t *cf, const ggi_place_t *place)
{
    ngx_http_v2_loc_conf_t  *h2lcf;

    /* merged by now: nginx's own modules come before this one */
    h2lcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_v2_module);

    if (h2lcf->pushes || h2lcf->push_preload) {
        ngx_log_error(NGX_LOG_WARN, cf->log, 0,
                      "\"http2_push\" and \"http2_push_preload\" have no effect "
                      "in dienst \"%V\": what nginx pushes is nobody's call, so "
                      "it would be refused; take them out of the block of "
                      "\"ggi_dienst\" in %s:%ui",
                      &place->dienst, place->file, place->line);
    }

    h2lcf->push = 0;
    h2lcf->push_preload = 0;
    h2lcf->pushes = NULL;
}


/* A client cannot begin a stream with an even number. */
ngx_uint_t
ggi_push_is(ngx_http_request_t *r)
{
    return r->stream && r->stream->node && r->stream->node->id % 2 == 0;
}

#else

void
ggi_push_disable(ngx_conf_t *cf, const ggi_place_t *place)
{
    /* this nginx does not push */
}


ngx_uint_t
ggi_push_is(ngx_http_request_t *r)
{
    return 0;
}

#endif
