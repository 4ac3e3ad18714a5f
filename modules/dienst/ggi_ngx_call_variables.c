/* SPDX-License-Identifier: EUPL-1.2 */

/* The variables of the core. */

#include "ggi_ngx_call.h"
#include "ggi_ngx_call_variables.h"
#include "ggi_ngx_conf.h"
#include "ggi_ngx_early.h"
#include "ggi_ngx_early_headers.h"
#include "ggi_ngx_keep.h"
#include "ggi_ngx_variables.h"


static ngx_int_t
ggi_dienst_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ggi_dienst_loc_conf_t  *dlcf;

    dlcf = ngx_http_get_module_loc_conf(r, ngx_http_ggi_dienst_module);
    ggi_variable_set(v, ggi_from_ngx_str(dlcf->place.dienst));

    return ggi_early_dienst(r, ggi_from_ngx_str(dlcf->place.dienst));
}


/* "allowed" or "refused"; not found before there is a decision */
static ngx_int_t
ggi_decision_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ggi_call_t  *call;
    ggi_str_t    none = ggi_str("");
    ggi_str_t    allowed = ggi_str("allowed");
    ggi_str_t    refused = ggi_str("refused");
    ggi_str_t    name = ggi_str("ggi_decision");

    call = ggi_call_get(r);

    if (call == NULL || call->state.gate < GGI_GATES) {
        ggi_variable_set(v, none);
    } else {
        ggi_variable_set(v, call->reason ? refused : allowed);
    }

    return ggi_early_verdict(r, name);
}


static ngx_int_t
ggi_reason_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    ggi_str_t    reason = ggi_str("");
    ggi_str_t    name = ggi_str("ggi_reason");
    ggi_call_t  *call;

    call = ggi_call_get(r);

    if (call) {
        reason.data = ggi_reason_get(call->reason)->name;
        reason.len = ngx_strlen(reason.data);
    }

    ggi_variable_set(v, reason);

    return ggi_early_verdict(r, name);
}


static ngx_int_t
ggi_transaction_id_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ggi_str_t    id = ggi_str("");
    ggi_call_t  *call;

    call = ggi_early_call(r);

    if (call) {
        id.data = call->transaction_id;
        id.len = GGI_UUID_LEN;
    }

    ggi_variable_set(v, id);

    return NGX_OK;
}


static ngx_http_variable_t  ggi_dienst_vars[] = {

    { ngx_string("ggi_dienst"), NULL, ggi_dienst_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ggi_decision"), NULL, ggi_decision_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ggi_reason"), NULL, ggi_reason_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ggi_transaction_id"), NULL, ggi_transaction_id_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("ggi_cache_key"), NULL, ggi_cache_key_variable, 0,
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ggi_variables_init(ngx_conf_t *cf)
{
    return (ggi_variables_add(cf, ggi_dienst_vars) == NGX_OK)
           ? ggi_early_init(cf) : NGX_ERROR;
}
