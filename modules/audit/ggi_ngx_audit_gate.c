/* SPDX-License-Identifier: EUPL-1.2 */

/* The gate of the audit: a call goes on once its decision is recorded. */

#include "ggi_ngx_anonymous.h"
#include "ggi_ngx_audit_conf.h"
#include "ggi_ngx_audit_gate.h"
#include "ggi_ngx_commit_queue.h"
#include "ggi_ngx_seal.h"
#include "ggi_ngx_signal.h"
#include "ggi_ngx_trail.h"


/*
 * Records a refusal for which there is no memory to wait: at the end of a request that
 * would be made up for, but not at that of a subrequest. Returns NGX_OK, or NGX_ERROR
 * when there is no room for the record.
 */
static ngx_int_t
ggi_audit_record_refusal(ngx_http_request_t *r, ggi_call_t *call)
{
    call->state.recorded = 1;

    if (ggi_trail_add_decision(r, call) != NGX_OK) {
        return NGX_ERROR;
    }

    ggi_commit_schedule_write();

    return NGX_OK;
}


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

    ggi_signal_observe(r, call);

    if (call->reason != GGI_REASON_NONE && !ggi_anonymous_recorded(r, call)) {
        call->state.recorded = 1;
        call->state.dropped = 1;
        return NGX_OK;
    }

    waiter = ggi_commit_queue_call(r, call);
    if (waiter == NULL) {
        return (call->reason == GGI_REASON_NONE) ? NGX_ERROR
                                                 : ggi_audit_record_refusal(r, call);
    }

    if (call->reason == GGI_REASON_NONE && ggi_seal_overdue()) {
        /* before its record is made, which says so */
        ggi_commit_refuse_call(waiter);
    }

    ngx_http_set_ctx(r, waiter, ngx_http_ggi_audit_module);

    return NGX_AGAIN;
}
