/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What "if", "set", "rewrite" and "return" read of a call: they run before the
 * gates. A variable gives them what it will give after the gates, as far as that
 * can be known by then, and never what the caller merely claims. What was read
 * is remembered: when the gates find something else, the call is refused.
 */

#include "ggi_ngx_call.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_gate.h"
#include "ggi_ngx_variables.h"


static ggi_str_t  ggi_early_none = ggi_str("");


ggi_stage_e
ggi_early_stage(ngx_http_request_t *r)
{
    ngx_uint_t                  server;
    ggi_call_t                 *call;
    ggi_dienst_loc_conf_t      *dlcf;
    ggi_dienst_srv_conf_t      *dscf;
    ggi_dienst_main_conf_t     *dmcf;
    ngx_http_core_main_conf_t  *cmcf;

    dscf = ngx_http_get_module_srv_conf(r, ngx_http_ggi_dienst_module);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    if (!dscf->diensten || r != r->main || r->phase_handler >= dmcf->phase) {
        return GGI_STAGE_LATE;
    }

    call = ggi_call_get(r);
    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);
    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);

    server = (r->phase_handler
              < (ngx_int_t) cmcf->phase_engine.location_rewrite_index);

    if (call && call->state.gate == GGI_GATES) {
        return (server || (dlcf->place.dienst.len && call->state.judged != dlcf))
               ? GGI_STAGE_AGAIN : GGI_STAGE_LATE;
    }

    if (server) {
        return GGI_STAGE_SERVER;
    }

    return dlcf->place.dienst.len ? GGI_STAGE_DIENST : GGI_STAGE_PLAIN;
}


ggi_early_t *
ggi_early_get(ngx_http_request_t *r)
{
    ggi_call_t  *call;

    call = ggi_call_early(r);
    if (call == NULL) {
        return NULL;
    }

    if (call->state.early == NULL) {
        call->state.early = ngx_pcalloc(r->pool, sizeof(ggi_early_t));
    }

    return call->state.early;
}


/* Remembers that a variable was read whose value cannot stand: the call will be refused. */
ngx_int_t
ggi_early_unsettle(ngx_http_request_t *r, ggi_str_t name)
{
    ggi_early_t  *early;

    early = ggi_early_get(r);
    if (early == NULL) {
        return NGX_ERROR;
    }

    if (early->unsettled.len == 0) {
        early->unsettled = name;
    }

    return NGX_OK;
}


/*
 * Remembers what a variable gave, which the gates have to find as well. Returns NGX_OK,
 * or NGX_ERROR without memory.
 */
ngx_int_t
ggi_early_note(ngx_http_request_t *r, ggi_early_e what, ggi_str_t name,
    ggi_str_t value)
{
    ggi_early_t        *early;
    ggi_early_value_t  *noted;

    early = ggi_early_get(r);
    if (early == NULL) {
        return NGX_ERROR;
    }

    noted = &early->values[what];

    if (noted->name.len == 0) {
        noted->name = name;
        noted->value = value;

    } else if (!ggi_str_eq(noted->value, value)) {
        return ggi_early_unsettle(r, name);
    }

    return NGX_OK;
}


/*
 * Asks a gate before its turn, by the rules of the location or server that the
 * request is in now, and returns what it finds: nothing where it would refuse,
 * or where it is off. Of a gate that does not know yet it is what it has found so far.
 */
ggi_str_t
ggi_early_ask(ngx_http_request_t *r, ggi_gate_e gate, size_t offset)
{
    ngx_int_t                rc;
    ggi_mode_e               mode;
    ggi_call_t               call;
    ggi_dienst_main_conf_t  *dmcf;

    mode = ggi_gate_mode(r, gate);
    dmcf = ngx_http_get_module_main_conf(r, ngx_http_ggi_dienst_module);

    if (mode == GGI_MODE_OFF || dmcf->gates[gate] == NULL) {
        return ggi_early_none;
    }

    ngx_memzero(&call, sizeof(ggi_call_t));
    call.state.asked = 1;

    rc = dmcf->gates[gate](r, &call);

    if (rc == NGX_OK || rc == NGX_AGAIN
        || (rc == NGX_DECLINED && mode == GGI_MODE_OBSERVE))
    {
        return ggi_finding(&call.found, offset);
    }

    return ggi_early_none;
}


/* What the gates have found, "" when they have not judged. */
static ggi_str_t
ggi_early_found(ngx_http_request_t *r, size_t offset)
{
    ggi_call_t  *call;

    call = ggi_call_get(r);

    return call ? ggi_finding(&call->found, offset) : ggi_early_none;
}


ngx_int_t
ggi_call_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    const ggi_finding_t *finding = (const ggi_finding_t *) data;

    ggi_str_t    value;
    ggi_stage_e  stage;

    stage = ggi_early_stage(r);

    if (stage == GGI_STAGE_LATE) {
        ggi_variable_set(v, ggi_early_found(r, finding->offset));
        return NGX_OK;
    }

    if (finding->gate == GGI_GATES) {
        value = ggi_early_found(r, finding->offset);

    } else {
        value = (stage == GGI_STAGE_PLAIN)
                ? ggi_early_none
                : ggi_early_ask(r, finding->gate, finding->offset);
    }

    ggi_variable_set(v, value);

    return (finding->gate == GGI_GATES && stage != GGI_STAGE_AGAIN)
           ? ggi_early_unsettle(r, finding->name)
           : ggi_early_note(r, finding->early, finding->name, value);
}


ngx_int_t
ggi_early_verdict(ngx_http_request_t *r, ggi_str_t name)
{
    switch (ggi_early_stage(r)) {

    case GGI_STAGE_LATE:
    case GGI_STAGE_AGAIN:
        return NGX_OK;

    default:
        return ggi_early_unsettle(r, name);
    }
}


ngx_int_t
ggi_early_dienst(ngx_http_request_t *r, ggi_str_t dienst)
{
    ggi_str_t  name = ggi_str("ggi_dienst");

    return (ggi_early_stage(r) == GGI_STAGE_SERVER)
           ? ggi_early_note(r, GGI_EARLY_DIENST, name, dienst) : NGX_OK;
}


ggi_call_t *
ggi_early_call(ngx_http_request_t *r)
{
    switch (ggi_early_stage(r)) {

    case GGI_STAGE_SERVER:
    case GGI_STAGE_DIENST:
        return ggi_call_early(r);

    default:
        return ggi_call_get(r);
    }
}
