/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_record.h"

#include "ggi_privacy.h"
#include "ggi_version.h"

#define GGI_RECORD_TEXT_MAX   2048      /* bytes of a text that are recorded: a claim's, from Latin-1 */
#define GGI_RECORD_TEXTS      15        /* how many such texts there are */
#define GGI_RECORD_ADDRESS_MAX    256   /* bytes of an address of an API */
#define GGI_RECORD_ATTEMPT_FRAME  128   /* bytes of what else a request to it takes */
#define GGI_RECORD_FRAME_MAX  4608      /* bytes of all that is not the caller's */


static const char  *ggi_record_cuts[] = {
    NULL, "client_aborted", "gateway_shutdown", "gateway_terminated"
};


static ggi_str_t
ggi_record_cut(ggi_str_t text, size_t max)
{
    if (text.len > max) {
        text.len = max;
    }

    return text;
}


size_t
ggi_record_size(const ggi_call_t *call, const ggi_record_context_t *context)
{
    size_t  texts;

    /* each is cut, so that all together are no more than so many of the longest */

    texts = call->redirected_from.len + call->method.len + call->found.netwerk.len
            + call->found.organisation.len + call->found.on_behalf_of.len
            + call->origin.len + call->found.profile_glo.len + call->found.claim.len
            + call->found.verwerking.len + call->found.gebruiker.len + call->found.toepassing.len
            + call->found.register_versie.len + call->header.len
            + call->would_refuse_header.len + context->client.len;

    if (texts > GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX) {
        texts = GGI_RECORD_TEXTS * GGI_RECORD_TEXT_MAX;
    }

    return GGI_RECORD_FRAME_MAX + call->found.grondslag.len
           + 6 * (ggi_record_cut(call->path, GGI_RECORD_PATH_MAX).len + texts);
}


size_t
ggi_record_completion_size(const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion)
{
    size_t  i, size;

    size = ggi_record_size(call, context);

    for (i = 0; i < completion->tried_n; i++) {
        size += GGI_RECORD_ATTEMPT_FRAME
                + 6 * ggi_record_cut(completion->tried[i].address,
                                     GGI_RECORD_ADDRESS_MAX).len;
    }

    return size;
}


/* A text of at most max bytes, no more than GGI_RECORD_PATH_MAX, with its BSNs masked. */
static void
ggi_record_masked(ggi_json_t *json, ggi_str_t text, size_t max)
{
    char  copy[GGI_RECORD_PATH_MAX + GGI_BSN_SPELLING_MAX];

    text.len = ggi_bsn_copy(copy, max, text.data, text.len);
    ggi_json_quote(json, copy, text.len);
}


/* A text that is left out when empty. */
static inline void
ggi_record_text(ggi_json_t *json, const char *key, ggi_str_t text, size_t max)
{
    if (text.len) {
        ggi_json_lead(json, key);
        ggi_record_masked(json, text, max);
    }
}


/* A text that is always there, be it empty. */
static inline void
ggi_record_always(ggi_json_t *json, const char *key, ggi_str_t text)
{
    text = ggi_record_cut(text, GGI_RECORD_TEXT_MAX);
    ggi_json_str(json, key, text.data, text.len);
}


/* An identifier that a gate has checked, so that it needs no escaping. */
static inline void
ggi_record_checked(ggi_json_t *json, const char *key, ggi_str_t id)
{
    if (id.len) {
        ggi_json_plain(json, key, id.data, id.len);
    }
}


/* The same of what is always there, be it empty. */
static inline void
ggi_record_id(ggi_json_t *json, ggi_str_t id)
{
    ggi_json_plain(json, "id", id.len ? id.data : "", id.len);
}


/* For what is known to hold no BSN: identifiers that the gate established, some of which have nine digits. */
static inline void
ggi_record_known(ggi_json_t *json, const char *key, ggi_str_t text)
{
    if (text.len) {
        ggi_record_always(json, key, text);
    }
}


static inline void
ggi_record_claimed(ggi_json_t *json, const char *key, ggi_str_t text)
{
    ggi_record_text(json, key, text, GGI_RECORD_TEXT_MAX);
}


static inline void
ggi_record_path(ggi_json_t *json, const char *key, const ggi_call_t *call)
{
    ggi_record_text(json, key, call->path, GGI_RECORD_PATH_MAX);
}


static void
ggi_record_user(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_env_t *env)
{
    char  pseudonym[GGI_PSEUDONYM_LEN];

    if (call->found.gebruiker.len == 0 || env->user == GGI_USER_OMIT) {
        return;
    }

    if (env->user == GGI_USER_PLAIN || ggi_pseudonym_needless(call->found.gebruiker)) {
        ggi_record_known(json, "gebruiker", call->found.gebruiker);

    } else if (ggi_pseudonym_write(pseudonym, call->found.gebruiker, env->key)) {
        ggi_json_plain(json, "gebruiker", pseudonym, sizeof(pseudonym));
    }
}


/* Begins the line of a record. Its attributes are open then. */
static inline void
ggi_record_begin(ggi_json_t *json, char *buf, size_t size,
    const ggi_chain_t *chain)
{
    ggi_json_init(json, buf, size);
    ggi_chain_begin(chain, json);
}


/* Ends the attributes of a record, and tells what it is about. */
static inline void
ggi_record_event(ggi_json_t *json, const char *event, uint64_t time,
    const char *status)
{
    ggi_json_close(json, '}');
    ggi_json_word(json, "event_name", event);
    ggi_json_int(json, "timestamp", (int64_t) time);
    ggi_json_word(json, "status", status);
}


/* Tells the place of a call in its trace. */
static inline void
ggi_record_trace(ggi_json_t *json, const ggi_call_t *call)
{
    ggi_json_plain(json, "trace_id", call->trace.trace_id, GGI_TRACE_ID_LEN);
    ggi_json_plain(json, "span_id", call->trace.span_id, GGI_SPAN_ID_LEN);

    if (call->trace.has_parent) {
        ggi_json_plain(json, "parent_span_id", call->trace.parent_span_id,
                       GGI_SPAN_ID_LEN);
    }
}


size_t
ggi_record_resource(char *buf, size_t size, ggi_str_t node, ggi_str_t host,
    ggi_str_t nginx)
{
    ggi_json_t  json;

    ggi_json_init(&json, buf, size);
    ggi_json_open(&json, NULL, '{');
    ggi_json_word(&json, "service.name", "ggi-gate");
    ggi_json_word(&json, "service.version", GGI_VERSION);
    ggi_record_known(&json, "ggi.nginx.version", nginx);
    ggi_record_known(&json, "service.instance.id", node);
    ggi_record_known(&json, "host.name", host);
    ggi_json_close(&json, '}');

    return ggi_json_len(&json);
}


/* Ends the line. Returns its length, or 0; the chain moves only with a whole line. */
static size_t
ggi_record_end(ggi_json_t *json, ggi_chain_t *chain)
{
    size_t  len;

    ggi_json_close(json, '}');
    len = ggi_json_len(json);

    if (len == 0 || json->pos == json->end) {
        return 0;
    }

    json->start[len++] = '\n';

    return ggi_chain_advance(chain, json->start, len) ? len : 0;
}


static inline char *
ggi_record_append(char *dst, const char *literal)
{
    return (char *) memcpy(dst, literal, strlen(literal)) + strlen(literal);
}


static inline char *
ggi_record_append_str(char *dst, ggi_str_t text)
{
    text = ggi_record_cut(text, GGI_RECORD_TEXT_MAX);
    return (char *) memcpy(dst, text.data, text.len) + text.len;
}


/* The versions that the decision rests on. */
static void
ggi_record_policies(ggi_json_t *json, const ggi_call_t *call)
{
    char  *p, text[3 * GGI_RECORD_TEXT_MAX];

    ggi_json_open(json, "adl.core.policies", '[');

    if (call->found.profile_versie.len) {
        p = ggi_record_append(text, "urn:ggi:profiel:");
        p = ggi_record_append_str(p, call->found.oin);
        *p++ = ':';
        p = ggi_record_append_str(p, call->found.profile_versie);
        ggi_json_plain(json, NULL, text, (size_t) (p - text));
    }

    if (call->found.register_versie.len) {
        p = ggi_record_append(text, "urn:ggi:doelbindingen:");
        p = ggi_record_append_str(p, call->found.register_versie);
        ggi_json_str(json, NULL, text, (size_t) (p - text));
    }

    ggi_json_close(json, ']');
}


static void
ggi_record_subject(ggi_json_t *json, const ggi_call_t *call)
{
    ggi_json_open(json, "subject", '{');
    ggi_json_word(json, "type", "organisation");
    ggi_record_id(json, call->found.oin);
    ggi_json_open(json, "properties", '{');
    ggi_record_known(json, "name", call->found.organisation);
    ggi_record_checked(json, "certificate_sha256", call->found.certificate_sha256);
    ggi_record_known(json, "on_behalf_of", call->found.on_behalf_of);
    ggi_record_known(json, "glo", call->found.profile_glo);
    ggi_json_close(json, '}');
    ggi_json_close(json, '}');
}


static void
ggi_record_claim(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_env_t *env)
{
    ggi_record_claimed(json, "doelbinding", call->found.claim);
    ggi_record_claimed(json, "verwerking", call->found.verwerking);
    ggi_record_user(json, call, env);
    ggi_record_claimed(json, "toepassing", call->found.toepassing);

    if (call->found.grondslag.len) {
        ggi_json_raw(json, NULL, call->found.grondslag.data, call->found.grondslag.len);
    }
}


static void
ggi_record_request(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_record_env_t *env)
{
    ggi_json_open(json, "adl.core.request", '{');
    ggi_record_subject(json, call);

    ggi_json_open(json, "action", '{');
    ggi_record_known(json, "name", call->method);
    ggi_json_close(json, '}');

    ggi_json_open(json, "resource", '{');
    ggi_json_word(json, "type", "dienst");
    ggi_record_id(json, call->dienst);
    ggi_json_open(json, "properties", '{');
    ggi_record_path(json, "path", call);
    ggi_json_close(json, '}');
    ggi_json_close(json, '}');

    ggi_json_open(json, "context", '{');
    ggi_record_claim(json, call, env);
    ggi_record_known(json, "netwerk", call->found.netwerk);
    ggi_record_known(json, "client_address", context->client);
    ggi_record_known(json, "redirected_from", call->redirected_from);

    if (call->found.on_behalf_of.len == 0) {
        ggi_record_claimed(json, "origin_claimed", call->origin);
    }

    ggi_json_close(json, '}');

    ggi_json_close(json, '}');
}


static void
ggi_record_response(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_context_t *context)
{
    ggi_json_open(json, "adl.core.response", '{');
    ggi_json_bool(json, "decision", call->reason == GGI_REASON_NONE);
    ggi_json_open(json, "context", '{');

    if (call->reason != GGI_REASON_NONE) {
        ggi_json_word(json, "reason", ggi_reason_get(call->reason)->name);
        ggi_json_int(json, "status", context->status
                     ? context->status : ggi_reason_get(call->reason)->status);
    }

    if (call->would_refuse != GGI_REASON_NONE) {
        ggi_json_word(json, "would_refuse",
                      ggi_reason_get(call->would_refuse)->name);
    }

    ggi_json_close(json, '}');
    ggi_json_close(json, '}');
}


size_t
ggi_record_decision(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_record_env_t *env,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_begin(&json, buf, size, chain);
    ggi_record_policies(&json, call);
    ggi_json_plain(&json, "adl.fsc.transaction_id", call->transaction_id,
                   GGI_UUID_LEN);

    if (call->found.profile_stale) {
        ggi_json_int(&json, "ggi.profiel.stale_ms",
                     (int64_t) call->found.profile_age);
    }

    if (call->state.subrequest) {
        ggi_json_bool(&json, "ggi.subrequest", 1);
    }

    ggi_record_known(&json, "ggi.refusal.header", call->header);
    ggi_record_known(&json, "ggi.would_refuse.header", call->would_refuse_header);

    /* a refusal is a decision; only where none could be made it is an error */
    ggi_record_event(&json, "adl.access_evaluation", context->time,
                     ggi_reason_get(call->reason)->status == 503 ? "Error"
                                                                 : "Ok");
    ggi_record_trace(&json, call);

    ggi_json_open(&json, "body", '{');
    ggi_record_request(&json, call, context, env);
    ggi_record_response(&json, call, context);
    ggi_json_close(&json, '}');

    return ggi_record_end(&json, chain);
}


/* A duration of so many ms, in seconds. */
static void
ggi_record_seconds(ggi_json_t *json, const char *key, uint64_t ms)
{
    char      *p, seconds[32];
    unsigned   unit;

    p = ggi_decimal_write(seconds, ms / 1000);
    *p++ = '.';

    for (unit = 100; unit; unit /= 10) {
        *p++ = (char) ('0' + ms / unit % 10);
    }

    ggi_json_raw(json, key, seconds, (size_t) (p - seconds));
}


/* What the APIs got, when that is more than the one request that the record names anyway. */
static void
ggi_record_tried(ggi_json_t *json, const ggi_completion_t *completion)
{
    size_t                i;
    ggi_str_t             address;
    const ggi_attempt_t  *attempt;

    if (completion->tried_n < 2 && !(completion->tried_n
                                     && completion->tried[0].subrequest))
    {
        return;
    }

    ggi_json_open(json, "ggi.upstream.tried", '[');

    for (i = 0; i < completion->tried_n; i++) {
        attempt = &completion->tried[i];
        address = ggi_record_cut(attempt->address, GGI_RECORD_ADDRESS_MAX);

        ggi_json_open(json, NULL, '{');
        ggi_json_str(json, "address", address.data, address.len);

        if (attempt->status) {
            ggi_json_int(json, "status", attempt->status);
        }

        ggi_record_seconds(json, "duration", attempt->duration);

        if (attempt->subrequest) {
            ggi_json_bool(json, "subrequest", 1);
        }

        ggi_json_close(json, '}');
    }

    ggi_json_close(json, ']');

    if (completion->tried_more) {
        ggi_json_int(json, "ggi.upstream.tried_more",
                     (int64_t) completion->tried_more);
    }
}


static void
ggi_record_upstream(ggi_json_t *json, const ggi_completion_t *completion)
{
    ggi_record_known(json, "server.address", completion->upstream);

    if (completion->upstream_status) {
        ggi_json_int(json, "ggi.upstream.status_code",
                     completion->upstream_status);
    }

    ggi_record_tried(json, completion);

    if (completion->cache_status.len) {
        ggi_json_bool(json, "ggi.from_cache", 1);
        ggi_record_known(json, "ggi.cache_status", completion->cache_status);
    }

    if (completion->update) {
        ggi_json_bool(json, "ggi.background_update", 1);
    }
}


size_t
ggi_record_completion(char *buf, size_t size, const ggi_call_t *call,
    const ggi_record_context_t *context, const ggi_completion_t *completion,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_begin(&json, buf, size, chain);
    ggi_json_plain(&json, "adl.fsc.transaction_id", call->transaction_id,
                   GGI_UUID_LEN);
    ggi_record_checked(&json, "ggi.call.dienst", call->dienst);
    ggi_record_known(&json, "ggi.call.redirected_from", call->redirected_from);
    ggi_record_checked(&json, "ggi.call.oin", call->found.oin);
    ggi_record_known(&json, "http.request.method", call->method);
    ggi_record_path(&json, "url.path", call);

    if (context->status) {
        ggi_json_int(&json, "http.response.status_code", context->status);
    }

    ggi_json_int(&json, "http.request.size", (int64_t) completion->received);
    ggi_json_int(&json, "http.response.body.size", (int64_t) completion->sent);

    ggi_record_seconds(&json, "http.server.request.duration",
                       completion->duration);
    ggi_record_upstream(&json, completion);

    if (call->state.tunnel) {
        ggi_json_bool(&json, "ggi.tunnel", 1);
        ggi_json_int(&json, "ggi.tunnel.received",
                     (int64_t) completion->tunnelled);
        ggi_json_int(&json, "ggi.tunnel.sent", (int64_t) completion->sent);
    }

    if (completion->cut) {
        ggi_json_word(&json, "error.type", ggi_record_cuts[completion->cut]);
    }

    ggi_record_event(&json, "ggi.call_completed", context->time,
                     (context->status >= 500 || completion->cut) ? "Error"
                                                                 : "Ok");
    ggi_record_trace(&json, call);

    return ggi_record_end(&json, chain);
}


size_t
ggi_record_gap(char *buf, size_t size, const ggi_gap_t *gap, uint64_t time,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_begin(&json, buf, size, chain);
    ggi_json_int(&json, "ggi.gap.records", (int64_t) gap->records);
    ggi_json_int(&json, "ggi.gap.from", (int64_t) gap->from);
    ggi_json_int(&json, "ggi.gap.to", (int64_t) gap->to);
    ggi_record_known(&json, "ggi.gap.reason", gap->reason);
    ggi_record_event(&json, "ggi.gap", time, "Error");

    return ggi_record_end(&json, chain);
}


size_t
ggi_record_anonymous(char *buf, size_t size, const ggi_anonymous_count_t *count,
    ggi_str_t address, uint64_t time, ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_begin(&json, buf, size, chain);
    ggi_record_known(&json, "client.address", address);
    ggi_json_int(&json, "ggi.anonymous.refusals", (int64_t) count->refusals);
    ggi_json_int(&json, "ggi.anonymous.from", (int64_t) count->from);
    ggi_json_int(&json, "ggi.anonymous.to", (int64_t) count->to);
    ggi_record_event(&json, "ggi.anonymous_refusals", time, "Ok");

    return ggi_record_end(&json, chain);
}
