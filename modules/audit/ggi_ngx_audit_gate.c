/* SPDX-License-Identifier: EUPL-1.2 */

/* The gate of the audit: a call goes on once its decision is recorded. */

#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_audit_conf.h"
#include "ggi_ngx_audit_gate.h"
#include "ggi_ngx_commit_queue.h"


ngx_int_t
ggi_audit_judge(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_commit_waiter_t  *waiter;

    waiter = ngx_http_get_module_ctx(r, ngx_http_ggi_audit_module);

    if (waiter && waiter->done) {
        ngx_http_set_ctx(r, NULL, ngx_http_ggi_audit_module);

        if (waiter->failed) {
            return NGX_DECLINED;
        }

        if (call->reason == GGI_REASON_NONE) {
            ggi_commit_keep_open(waiter);
        }

        return NGX_OK;
    }

    if (call->reason != GGI_REASON_NONE && !ggi_anonymous_recorded(r, call)) {
        call->state.recorded = 1;
        call->state.dropped = 1;
        return NGX_OK;
    }

    waiter = ggi_commit_queue_call(r, call);
    if (waiter == NULL) {
        return NGX_ERROR;
    }

    ngx_http_set_ctx(r, waiter, ngx_http_ggi_audit_module);

    return NGX_AGAIN;
}
