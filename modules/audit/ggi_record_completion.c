/* SPDX-License-Identifier: EUPL-1.2 */

/* The record of how a call ended that was let through to an API. */

#include "ggi_record_completion.h"

#define GGI_RECORD_ADDRESS_MAX    256   /* bytes of an address of an API */
#define GGI_RECORD_ATTEMPT_FRAME  128   /* bytes of what else a request to it takes */
#define GGI_RECORD_PROVIDER_MAX   256   /* bytes of what is known of the provider */
#define GGI_RECORD_SECONDS_MAX    24    /* bytes of a duration in seconds */


static const char  *ggi_record_cuts[] = {
    NULL, "client_aborted", "gateway_shutdown", "gateway_terminated"
};


size_t
ggi_record_completion_size(const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion)
{
    size_t  i, size;

    size = ggi_record_size(call, context) + GGI_RECORD_PROVIDER_MAX;

    for (i = 0; i < completion->tried_n; i++) {
        size += GGI_RECORD_ATTEMPT_FRAME
                + 6 * ggi_record_cut(completion->tried[i].address,
                                     GGI_RECORD_ADDRESS_MAX).len;
    }

    return size;
}


/*
 * Writes so many ms in seconds to dst, of which end is the end. Returns the position
 * behind the number, or NULL when it does not fit.
 */
static char *
ggi_record_write_seconds(char *dst, const char *end, uint64_t ms)
{
    char      *p;
    unsigned   rest;

    if (end - dst < GGI_RECORD_SECONDS_MAX) {
        return NULL;
    }

    rest = (unsigned) (ms % 1000);
    p = ggi_decimal_write(dst, ms / 1000);
    p[0] = '.';
    p[1] = (char) ('0' + rest / 100);
    p[2] = (char) ('0' + rest / 10 % 10);
    p[3] = (char) ('0' + rest % 10);

    return p + 4;
}


/* A duration of so many ms, in seconds. */
ggi_json_inline void
ggi_record_add_seconds(ggi_json_t *json, const char *key, uint64_t ms)
{
    ggi_json_lead(json, key);
    ggi_json_written(json, ggi_record_write_seconds(json->pos, json->end, ms));
}


/* What the APIs got. */
static ggi_json_t
ggi_record_tried(ggi_json_t json, const ggi_completion_t *completion)
{
    size_t                i;
    ggi_str_t             address;
    const ggi_attempt_t  *attempt;

    ggi_json_open(&json, "ggi.upstream.tried", '[');

    for (i = 0; i < completion->tried_n; i++) {
        attempt = &completion->tried[i];
        address = ggi_record_cut(attempt->address, GGI_RECORD_ADDRESS_MAX);

        ggi_json_open(&json, NULL, '{');
        ggi_json_str(&json, "address", address.data, address.len);

        if (attempt->status) {
            ggi_json_int(&json, "status", attempt->status);
        }

        ggi_record_add_seconds(&json, "duration", attempt->duration);

        if (attempt->subrequest) {
            ggi_json_bool(&json, "subrequest", 1);
        }

        ggi_json_close(&json, '}');
    }

    ggi_json_close(&json, ']');

    if (completion->tried_more) {
        ggi_json_int(&json, "ggi.upstream.tried_more",
                     (int64_t) completion->tried_more);
    }

    return json;
}


ggi_json_inline void
ggi_record_upstream(ggi_json_t *json, const ggi_completion_t *completion)
{
    ggi_record_add_text(json, "server.address", completion->upstream);

    if (completion->upstream_status) {
        ggi_json_int(json, "ggi.upstream.status_code",
                     completion->upstream_status);
    }

    /* the record names a single request of the call itself anyway */

    if (completion->tried_n > 1 || (completion->tried_n && completion->tried[0].subrequest)) {
        *json = ggi_record_tried(*json, completion);
    }

    if (completion->cache_status.len) {
        ggi_json_bool(json, "ggi.from_cache", 1);
        ggi_record_add_text(json, "ggi.cache_status", completion->cache_status);
    }

    if (completion->update) {
        ggi_json_bool(json, "ggi.background_update", 1);
    }
}


/* Adds an identifier of fixed length, unless it begins with a NUL: it is not known then. */
ggi_json_inline void
ggi_record_add_fixed(ggi_json_t *json, const char *key, const char *id, size_t len)
{
    if (id[0]) {
        ggi_json_plain(json, key, id, len);
    }
}


/* The provider, at the other end of the connection that the call of a consumer left by. */
static void
ggi_record_provider(ggi_json_t *json, const ggi_findings_t *found)
{
    ggi_record_add_fixed(json, "ggi.provider.oin", found->provider_oin, GGI_OIN_LEN);
    ggi_record_add_fixed(json, "ggi.provider.certificate_sha256", found->provider_sha256,
                         sizeof(found->provider_sha256));
    ggi_record_add_fixed(json, "ggi.provider.transaction_id", found->provider_transaction,
                         GGI_UUID_LEN);
}


/* Why a call did not come to its end, or NULL when it did. */
static const char *
ggi_record_error(const ggi_call_t *call, const ggi_completion_t *completion)
{
    if (completion->cut == GGI_CUT_NONE && call->reason == GGI_REASON_PROVIDER_NOT_TRUSTED) {
        return ggi_reason_get(call->reason)->name;
    }

    return ggi_record_cuts[completion->cut];
}


size_t
ggi_record_completion(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion,
    ggi_chain_t *chain)
{
    ggi_json_t   json;
    const char  *error;

    ggi_record_open(&json, buf, size, chain);
    ggi_record_add_transaction(&json, call);
    ggi_record_add_role(&json, call);
    ggi_record_add_checked(&json, "ggi.call.dienst", call->dienst);
    ggi_record_add_text(&json, "ggi.call.redirected_from", call->redirected_from);
    ggi_record_add_checked(&json, "ggi.call.oin", call->found.oin);
    ggi_record_add_text(&json, "http.request.method", call->method);
    ggi_record_add_call_path(&json, "url.path", call->path, context->path_clear);
    ggi_record_add_path(&json, "ggi.call.destination", call->destination);

    if (context->status) {
        ggi_json_int(&json, "http.response.status_code", context->status);
    }

    ggi_json_int(&json, "http.request.size", (int64_t) completion->received);
    ggi_json_int(&json, "http.response.body.size", (int64_t) completion->sent);

    ggi_record_add_seconds(&json, "http.server.request.duration",
                           completion->duration);
    ggi_record_upstream(&json, completion);
    ggi_record_provider(&json, &call->found);

    if (call->state.tunnel) {
        ggi_json_bool(&json, "ggi.tunnel", 1);
        ggi_json_int(&json, "ggi.tunnel.received",
                     (int64_t) completion->tunnelled);
        ggi_json_int(&json, "ggi.tunnel.sent", (int64_t) completion->sent);
    }

    error = ggi_record_error(call, completion);

    if (error) {
        ggi_json_word(&json, "error.type", error);
    }

    ggi_record_close_attributes(&json, "ggi.call_completed", context->time,
                                (context->status >= 500 || completion->cut) ? "Error"
                                                                            : "Ok");
    ggi_record_add_child(&json, &call->trace);

    return ggi_record_close(&json, chain);
}
