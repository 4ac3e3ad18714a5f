/* SPDX-License-Identifier: EUPL-1.2 */

/* Compares what was read of a call before the gates with what they have found. */

#include "ggi_ngx_early_headers.h"
#include "ggi_ngx_limits.h"
#include "ggi_ngx_settled.h"


/* Returns 1 when what was read early of a call is what the gates have found, 0 otherwise. */
static ngx_uint_t
ggi_early_same(ggi_call_t *call, ggi_early_e what)
{
    const ggi_str_t *value = &call->state.early->values[what].value;

    switch (what) {

    case GGI_EARLY_DIENST:
        return ggi_str_eq(*value, call->dienst);

    case GGI_EARLY_OIN:
        return ggi_str_eq(*value, call->found.oin);

    case GGI_EARLY_CERTIFICATE:
        return ggi_str_eq(*value, call->found.certificate_sha256);

    case GGI_EARLY_VERSIE:
        return ggi_str_eq(*value, call->found.profile_versie);

    case GGI_EARLY_NIVEAU:
        return ggi_str_eq(*value, call->found.niveau);

    default:
        return ggi_str_eq(*value, call->found.claim);
    }
}


/* Logs that a call is refused for a variable that was read early: of each location and variable. */
static void
ggi_early_log_unsettled(ngx_http_request_t *r, const ggi_call_t *call)
{
    void                 *location;
    uint64_t              subject, left_out;
    const ggi_str_t      *name = &call->state.early->unsettled;
    static ggi_limits_t   limits;

    location = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    subject = ggi_limits_hash(0, (const char *) &location, sizeof(location));
    subject = ggi_limits_hash(subject, name->data, name->len);

    if (ggi_limits_pass(&limits, subject, 0, ngx_current_msec, &left_out)) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "call to dienst \"%*s\" refused: \"$%*s\" was read before the "
                      "gates, when what it stands for was not established; do not "
                      "use it in \"if\", \"set\", \"rewrite\" or \"return\" that runs "
                      "before them, but where it is read after them, such as in "
                      "\"proxy_set_header\", \"limit_req_zone\" or \"log_format\" (messages "
                      "left out: %uL)", call->dienst.len, call->dienst.data, name->len,
                      name->data, left_out);
    }
}


ngx_uint_t
ggi_early_settled(ngx_http_request_t *r, ggi_call_t *call)
{
    ggi_early_e   what;
    ggi_early_t  *early;

    early = call->state.early;

    if (early == NULL) {
        return 1;
    }

    for (what = 0; what < GGI_EARLY_COUNT; what++) {
        if (early->unsettled.len == 0 && early->values[what].name.len
            && !ggi_early_same(call, what))
        {
            early->unsettled = early->values[what].name;
        }
    }

    if (early->unsettled.len == 0) {
        early->unsettled = ggi_early_header_wrong(r, call);
    }

    if (early->unsettled.len == 0) {
        call->state.early = NULL;
        return 1;
    }

    ggi_early_log_unsettled(r, call);

    return 0;
}
