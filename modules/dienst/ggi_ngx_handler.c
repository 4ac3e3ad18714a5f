/* SPDX-License-Identifier: EUPL-1.2 */

/* Which dienst a request is for, and what has to become of it there. */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_connection.h"
#include "ggi_ngx_entry.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_handler.h"
#include "ggi_ngx_handshake.h"
#include "ggi_ngx_headers.h"
#include "ggi_ngx_judge.h"
#include "ggi_ngx_maps.h"
#include "ggi_ngx_metrics.h"
#include "ggi_ngx_parts.h"
#include "ggi_ngx_provider_peer.h"
#include "ggi_ngx_push.h"
#include "ggi_ngx_refusal.h"
#include "ggi_ngx_rejected.h"
#include "ggi_ngx_subrequest.h"
#include "ggi_uri.h"


static ngx_http_output_header_filter_pt  ggi_next_header_filter;


/*
 * Refuses what nginx rejected, and HTTP/0.9, which can carry no claim and no
 * status. handshake: nginx rejected the certificate alone, which the gates
 * judge. NGX_OK: the request is none of these; otherwise a return code of a
 * phase handler.
 */
static ngx_int_t
ggi_dienst_rejected(ngx_http_request_t *r, ggi_call_t *call,
    ngx_uint_t handshake)
{
    if (call == NULL) {

        if (!handshake && ggi_entry_rejected(r)) {
            call = ggi_call_reject(r, 0);

        } else if (!ggi_header_list(r)) {
            call = ggi_call_reject(r, NGX_HTTP_VERSION_NOT_SUPPORTED);

        } else {
            return NGX_OK;
        }

        return call ? ggi_call_refuse(r, call)
                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (call->state.gate == GGI_GATES && ggi_entry_body_lost(r)) {
        /* its decision stands; the API would get another body than was sent */
        call->reason = GGI_REASON_REQUEST_REJECTED;
        call->status = (int) ggi_entry_status(r, 0);

        if (call->state.unaudited && ggi_gate_mode(r, GGI_GATE_AUDIT) != GGI_MODE_OFF) {
            /* no record has said that it was let in, but it ends where refusals are recorded */
            call->state.unaudited = 0;
            call->state.recorded = 0;
            call->state.counted = 0;
            call->state.admitted = 0;
        }

        return ggi_call_refuse(r, call);
    }

    if (call->state.reading) {
        /* nginx gave the call up while it read the body for a gate */
        call->state.reading = 0;
        ggi_call_stop_waiting(call);
        call->reason = GGI_REASON_REQUEST_REJECTED;
        call->status = (int) ggi_entry_status(r, 0);
    }

    if (call->reason == GGI_REASON_REQUEST_REJECTED
        && call->state.gate < GGI_GATE_AUDIT)
    {
        /* nginx's, and not that of a variable: no gate has judged it */
        return ggi_call_refuse(r, call);
    }

    return NGX_OK;
}


/*
 * Begins the call of a request. handshake: nginx has rejected its certificate.
 * Returns NULL without memory or random bytes.
 */
static ggi_call_t *
ggi_dienst_begin(ngx_http_request_t *r, ngx_uint_t handshake)
{
    ggi_call_t  *call;

    call = ggi_call_create(r);
    if (call == NULL) {
        return NULL;
    }

    ggi_call_enter(r, call);
    call->state.handshake = handshake;

    return call;
}


/*
 * Returns 1 when a call was judged by the gates of this location for the path that the
 * request has now, or one that they need not judge; 0 otherwise.
 */
static ngx_uint_t
ggi_dienst_is_judged(ngx_http_request_t *r, const ggi_call_t *call,
    const ggi_dienst_loc_conf_t *dlcf)
{
    /* an error page can lead from a location to itself */

    return call->state.judged == dlcf
           && (!r->internal || ggi_uri_unambiguous(ggi_from_ngx_str(r->uri)));
}


/*
 * Begins the judging of a call anew when it was judged and has been redirected to
 * the location of dlcf since. Returns NGX_ERROR when there are no random bytes.
 */
static ngx_int_t
ggi_dienst_come_to(ngx_http_request_t *r, ggi_call_t *call,
    ggi_dienst_loc_conf_t *dlcf)
{
    if (call->state.gate != GGI_GATES) {
        return NGX_OK;
    }

    if (ggi_dienst_is_judged(r, call, dlcf)
        || (r->post_action && call->reason != GGI_REASON_NONE))
    {
        /* the established headers were added when it was judged */
        call->state.headers = ggi_header_filter(r);
        return NGX_OK;
    }

    if (ggi_str_eq(call->dienst, ggi_from_ngx_str(dlcf->place.dienst))) {
        ggi_call_enter_again(r, call);
        return NGX_OK;
    }

    /* another dienst: nothing of the first one counts there */

    if (ggi_call_begin_decision(call) != NGX_OK) {
        return NGX_ERROR;
    }

    call->state.headers = ggi_header_filter(r);
    ggi_call_enter(r, call);

    return NGX_OK;
}


ngx_int_t
ggi_dienst_handler(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ggi_call_t             *call;
    ngx_uint_t              handshake;
    ggi_dienst_loc_conf_t  *dlcf;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    handshake = dscf->handshake && r->loc_conf == dscf->handshake;

    if (handshake) {
        rc = ggi_handshake_enter(r);
        if (rc != NGX_OK) {
            return rc;
        }
    }

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    if (dlcf->place.dienst.len == 0) {

        if (dscf->diensten && r == r->main && ggi_call_get(r) == NULL
            && ggi_plain_enter(r) != NGX_OK)
        {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        return NGX_DECLINED;
    }

    if (ggi_push_is(r)) {
        return NGX_HTTP_FORBIDDEN;
    }

    if (r != r->main) {
        return ggi_subrequest_judge(r, dlcf);
    }

    call = ggi_call_get(r);

    if (r->internal || !ggi_header_list(r)) {
        rc = ggi_dienst_rejected(r, call, handshake);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    if (call == NULL) {
        call = ggi_dienst_begin(r, handshake);
        if (call == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (call->state.waiting) {
        return NGX_AGAIN;
    }

    if (r->internal) {
        /* elsewhere they were made of other findings, or of none */
        ggi_maps_forget(r);
    }

    if (ggi_dienst_come_to(r, call, dlcf) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ggi_call_judge(r, call);

    if (rc == NGX_DECLINED && call->state.handshake) {
        return NGX_HTTP_BAD_REQUEST;
    }

    return rc;
}


/* The caller gets the transaction of its call back, whatever the API says of it. */
static ngx_int_t
ggi_dienst_header_filter(ngx_http_request_t *r)
{
    ngx_int_t               rc;
    ggi_call_t             *call;
    ggi_dienst_srv_conf_t  *dscf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    call = dscf->diensten ? ggi_call_get(r) : NULL;

    if (call && r == r->main && ggi_provider_refuses(r, call)) {
        call->state.provider_wrong = 0;
        ggi_metric_add(GGI_METRIC_PROVIDER_NOT_TRUSTED, 1);
        return ggi_call_refuse_instead(r, call, GGI_REASON_PROVIDER_NOT_TRUSTED);
    }

    if (call) {
        rc = ggi_connection_answer(r, call);
        if (rc != NGX_OK) {
            return rc;
        }

        rc = (r == r->main) ? ggi_call_answer_header(r, call)
                            : ggi_subrequest_keep(r);
        if (rc != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ggi_next_header_filter(r);
}


void
ggi_dienst_install_filter(void)
{
    if (ngx_http_top_header_filter != ggi_dienst_header_filter) {
        ggi_next_header_filter = ngx_http_top_header_filter;
        ngx_http_top_header_filter = ggi_dienst_header_filter;
    }
}
