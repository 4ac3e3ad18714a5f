/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_body.h"

#include "ggi_ngx_call.h"
#include "ggi_ngx_judge.h"


ngx_int_t
ggi_body_read(ngx_http_request_t *r, ggi_call_t *call)
{
    ngx_int_t  rc;

    if (call->state.reading || r != r->main || r->request_body) {
        call->state.reading = 0;
        return NGX_OK;
    }

    /* who reads the connection runs the posted requests after the call has gone on */
    rc = ngx_http_read_client_request_body(r, ggi_call_go_on);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE || rc == NGX_ERROR) {
        r->keepalive = 0;               /* what is left of the body is no request */
        call->reason = GGI_REASON_REQUEST_REJECTED;
        call->status = (rc == NGX_ERROR) ? NGX_HTTP_INTERNAL_SERVER_ERROR : (int) rc;
        return NGX_DECLINED;
    }

    r->main->count--;                   /* the request lives on by the phase that waits */

    if (rc == NGX_AGAIN) {
        call->state.reading = 1;
        return NGX_AGAIN;
    }

    return NGX_OK;
}
