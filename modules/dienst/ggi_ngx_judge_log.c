/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_ngx_judge_log.h"
#include "ggi_ngx_limits.h"


static ggi_limits_t  ggi_judge_limits;


/* Returns 1 when a message about the dienst of a call is to be logged. said is what it says. */
static ngx_uint_t
ggi_judge_logs(const ggi_call_t *call, const char *said, uint64_t *left_out)
{
    return ggi_limits_allow(&ggi_judge_limits, call->dienst.len, call->dienst.data, said,
                            left_out);
}


void
ggi_judge_log_undecided(ngx_http_request_t *r, const ggi_call_t *call)
{
    uint64_t     left_out;
    const char  *gate;

    gate = ggi_gates[call->state.gate].name;

    if (ggi_judge_logs(call, gate, &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "gate %s could not judge a call to dienst \"%*s\": an "
                      "earlier line tells of the fault, or there was no memory (messages "
                      "left out: %uL)", gate, call->dienst.len, call->dienst.data, left_out);
    }
}


void
ggi_judge_log_subrequest(ngx_http_request_t *r, const ggi_call_t *call)
{
    uint64_t     left_out;
    const char  *reason;

    reason = ggi_reason_get(call->reason)->name;

    if (ggi_judge_logs(call, reason, &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "subrequest to dienst \"%*s\" refused: %s (messages left out: %uL)",
                      call->dienst.len, call->dienst.data, reason, left_out);
    }
}


void
ggi_judge_log_fields(ngx_http_request_t *r, const ggi_call_t *call)
{
    uint64_t  left_out;

    if (ggi_judge_logs(call, "fields", &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "ngx_http_ggi_levering_module.so is not loaded, and \"velden\" are agreed "
                      "on for dienst \"%*s\": load it, or set \"ggi_levering off;\" if all "
                      "fields may be given (messages left out: %uL)", call->dienst.len,
                      call->dienst.data, left_out);
    }
}
