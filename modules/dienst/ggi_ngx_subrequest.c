/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Subrequests: the parts of a page (SSI), mirrors, auth_request. None is a call
 * of its own, and none goes where its call would be refused.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_subrequest.h"

#if (NGX_HTTP_SSI)
#include <ngx_http_ssi_filter_module.h>
#endif


/*
 * Who chose the target of a subrequest. An internal location that a directive
 * names is reached by the operator's own plan, whatever path that location has;
 * a path that an answer includes can be anything.
 */
static ngx_uint_t
ggi_subrequest_planned(ngx_http_request_t *r)
{
    ngx_http_core_loc_conf_t  *clcf;

#if (NGX_HTTP_SSI)
    if (ngx_http_get_module_ctx(r->parent, ngx_http_ssi_filter_module)) {
        return 0;
    }
#endif

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    return clcf->internal;
}


/*
 * Returns 1 when a call was admitted to this dienst and is recorded as fully here as
 * where it was admitted, 0 otherwise.
 */
static ngx_uint_t
ggi_subrequest_has_call(ggi_call_t *call, const ggi_dienst_loc_conf_t *dlcf)
{
    const ggi_dienst_loc_conf_t  *judged;

    if (call == NULL || call->state.gate != GGI_GATES
        || call->reason != GGI_REASON_NONE
        || !ggi_str_eq(call->dienst, ggi_from_ngx_str(dlcf->place.dienst)))
    {
        return 0;
    }

    judged = call->state.judged;

    return dlcf->mode[GGI_GATE_AUDIT] <= judged->mode[GGI_GATE_AUDIT];
}


/*
 * Makes the copy of a call by which a subrequest is judged from the first gate on, for
 * its own method and path unless the operator chose its target. Returns NULL without
 * memory.
 */
static ggi_call_t *
ggi_subrequest_enter(ngx_http_request_t *r, const ggi_call_t *call)
{
    ggi_call_t  *copy;

    copy = ngx_palloc(r->pool, sizeof(ggi_call_t));
    if (copy == NULL) {
        return NULL;
    }

    *copy = *call;
    copy->state.headers = ggi_header_filter(r);
    ggi_call_enter(r, copy);
    copy->state.subrequest = 1;
    copy->state.again = 1;                    /* a refusal is a decision of its own */

    /* a request that is no call has no path, so that the record has that of the subrequest */

    if (call->path.len && ggi_subrequest_planned(r)) {
        copy->method = call->method;
        copy->path = call->path;
        copy->destination = call->destination;
        copy->state.writes = call->state.writes;
    }

    ngx_http_set_ctx(r, copy, ngx_http_ggi_dienst_module);

    return copy;
}


/*
 * Refuses a subrequest that no gate has to judge, so that the audit records it as
 * rejected by nginx, with the caller that the gates have found for its call; call is
 * NULL when its request is none. Returns the copy of the call, or NULL without memory.
 */
static ggi_call_t *
ggi_subrequest_reject(ngx_http_request_t *r, const ggi_call_t *call)
{
    ggi_call_t  *copy;

    if (call == NULL) {
        call = ggi_call_apart(r);
        if (call == NULL) {
            return NULL;
        }
    }

    copy = ggi_subrequest_enter(r, call);
    if (copy == NULL) {
        return NULL;
    }

    copy->found.oin = call->found.oin;
    copy->found.organisation = call->found.organisation;
    copy->found.certificate_sha256 = call->found.certificate_sha256;
    copy->reason = GGI_REASON_REQUEST_REJECTED;
    copy->status = NGX_HTTP_FORBIDDEN;
    copy->state.gate = GGI_GATE_AUDIT;

    return copy;
}


static void
ggi_subrequest_log_refused(ngx_http_request_t *r, ggi_dienst_loc_conf_t *dlcf)
{
    uint64_t             left_out;
    ngx_str_t           *dienst = &dlcf->place.dienst;
    static ggi_limits_t  limits;

    if (ggi_limits_allow(&limits, dienst->len, dienst->data, "", &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "subrequest to dienst \"%V\" refused: its main "
                      "request has not been admitted to that dienst, or is "
                      "not recorded (messages left out: %uL)", dienst, left_out);
    }
}


ngx_int_t
ggi_subrequest_judge(ngx_http_request_t *r, ggi_dienst_loc_conf_t *dlcf)
{
    ggi_call_t  *call;

    call = ggi_call_get(r);

    if (call == NULL || !call->state.subrequest) {

        if (!ggi_subrequest_has_call(call, dlcf)) {
            ggi_subrequest_log_refused(r, dlcf);
            call = ggi_subrequest_reject(r, call);

        } else {
            call = ggi_subrequest_enter(r, call);
        }

        if (call == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (call->state.waiting) {
        return NGX_AGAIN;
    }

    return ggi_call_judge(r, call);
}
