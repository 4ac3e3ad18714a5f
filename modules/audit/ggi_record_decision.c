/* SPDX-License-Identifier: EUPL-1.2 */

/* The record of the decision about a call. */

#include "ggi_record_decision.h"

#include "ggi_version.h"


/* Adds an identifier that was checked; AuthZEN asks for one, so that it is "unknown" without. */
ggi_json_inline void
ggi_record_add_id(ggi_json_t *json, ggi_str_t id)
{
    if (id.len) {
        ggi_json_plain(json, "id", id.data, id.len);

    } else {
        ggi_json_word(json, "id", "unknown");
    }
}


/* Adds a text of a claim, with its BSNs masked. */
ggi_json_inline void
ggi_record_add_claimed(ggi_json_t *json, const char *key, ggi_str_t text)
{
    ggi_record_add_masked(json, key, text, GGI_RECORD_TEXT_MAX);
}


ggi_json_inline void
ggi_record_user(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_env_t *env)
{
    char  pseudonym[GGI_PSEUDONYM_LEN];

    if (call->found.gebruiker.len == 0 || env->user == GGI_USER_OMIT) {
        return;
    }

    if (env->user == GGI_USER_PLAIN || ggi_pseudonym_needless(call->found.gebruiker)) {
        ggi_record_add_text(json, "gebruiker", call->found.gebruiker);

    } else if (ggi_pseudonym_make(pseudonym, call->found.gebruiker, &env->pseudonyms)) {
        ggi_json_plain(json, "gebruiker", pseudonym, sizeof(pseudonym));
    }
}


/* Whom the call is about, by a pseudonym. */
static ggi_json_t
ggi_record_data_subject(ggi_json_t json, ggi_str_t bsn, const ggi_pseudonym_maker_t *maker)
{
    char  pseudonym[GGI_PSEUDONYM_LEN];

    if (ggi_pseudonym_make(pseudonym, bsn, maker)) {
        ggi_json_plain(&json, "dpl.core.data_subject_id", pseudonym, sizeof(pseudonym));
        ggi_json_word(&json, "dpl.core.data_subject_id_type", "BSN");
    }

    return json;
}


/* A document and its version, by a reference; urn is the start of that, key needs no escaping. */
ggi_json_inline void
ggi_record_policy(ggi_json_t *json, const char *name, const char *urn, ggi_str_t key,
    ggi_str_t versie)
{
    ggi_json_lead(json, name);
    ggi_json_put(json, urn, strlen(urn));
    ggi_json_put(json, key.data, key.len);
    ggi_json_put_char(json, ':');
    ggi_json_put(json, versie.data, versie.len);
    ggi_json_put_char(json, '"');
}


/* The policies that the decision rests on, by references to their versions. */
ggi_json_inline void
ggi_record_policies(ggi_json_t *json, const ggi_call_t *call)
{
    ggi_json_open(json, "adl.core.policies", '{');

    if (call->found.profile_versie.len == 0) {
        /* none was found */

    } else if (call->role == GGI_ROLE_AFNEMER) {
        ggi_record_policy(json, "functies", "\"urn:ggi:functie:", call->found.toepassing,
                          call->found.profile_versie);
    } else {
        ggi_record_policy(json, "autorisatieprofiel", "\"urn:ggi:profiel:", call->found.oin,
                          call->found.profile_versie);
    }

    if (call->found.register_reference.len) {
        ggi_json_raw(json, "doelbindingen", call->found.register_reference.data,
                     call->found.register_reference.len);
    }

    ggi_json_close(json, '}');
}


/* The information that the decision rests on, by references to its versions. */
ggi_json_inline void
ggi_record_information(ggi_json_t *json, const ggi_findings_t *found)
{
    if (found->crl_state[0] == '\0' && found->netwerk_build.len == 0
        && found->consent_versie.len == 0)
    {
        return;
    }

    ggi_json_open(json, "adl.core.information", '{');

    if (found->crl_state[0]) {
        ggi_json_plain(json, "crl", found->crl_state, GGI_STATE_LEN);
    }

    ggi_record_add_checked(json, "netwerken", found->netwerk_build);

    if (found->consent_versie.len) {
        ggi_record_policy(json, "toestemming", "\"urn:ggi:toestemming:", found->toestemming,
                          found->consent_versie);
    }

    ggi_json_close(json, '}');
}


/* What judged: the version of the suite. */
ggi_json_inline void
ggi_record_configuration(ggi_json_t *json)
{
    static const char  gate[] = "{\"gate\":\"" GGI_VERSION "\"}";

    ggi_json_raw(json, "adl.core.configuration", gate, sizeof(gate) - 1);
}


ggi_json_inline void
ggi_record_subject(ggi_json_t *json, const ggi_call_t *call)
{
    ggi_json_open(json, "subject", '{');
    ggi_json_word(json, "type", call->found.oin.len ? "organisation" : "unknown");
    ggi_record_add_id(json, call->found.oin);
    ggi_json_open(json, "properties", '{');
    ggi_record_add_text(json, "name", call->found.organisation);
    ggi_record_add_checked(json, "certificate_sha256", call->found.certificate_sha256);
    ggi_record_add_text(json, "on_behalf_of", call->found.on_behalf_of);
    ggi_record_add_text(json, "glo", call->found.profile_glo);
    ggi_json_close(json, '}');
    ggi_json_close(json, '}');
}


ggi_json_inline void
ggi_record_claim(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_env_t *env)
{
    if (call->found.grondslag.len == 0) {
        ggi_record_add_claimed(json, "doelbinding", call->found.claim);
    }

    ggi_record_add_claimed(json, "doelbinding_extern", call->found.claim_extern);
    ggi_record_add_claimed(json, "verwerking", call->found.verwerking);
    ggi_record_user(json, call, env);
    ggi_record_add_claimed(json, "toepassing", call->found.toepassing);
    ggi_record_add_claimed(json, "functie", call->found.functie);
    ggi_record_add_claimed(json, "betrouwbaarheidsniveau", call->found.niveau_claimed);
    ggi_record_add_checked(json, "betrouwbaarheidsniveau_vereist", call->found.niveau_asked);
    ggi_record_add_claimed(json, "toestemming", call->found.toestemming);

    if (call->found.grondslag.len) {
        ggi_json_raw(json, NULL, call->found.grondslag.data, call->found.grondslag.len);
    }
}


/* Adds the fields that the call asks for. A caller may have put a BSN among them. */
static ggi_json_t
ggi_record_velden(ggi_json_t json, const ggi_findings_t *found)
{
    size_t  i;

    ggi_json_open(&json, "velden", '[');

    for (i = 0; i < found->velden_n; i++) {
        ggi_json_lead(&json, NULL);
        ggi_json_written(&json, ggi_record_write_masked(json.pos, json.end, found->velden[i],
                                                        GGI_RECORD_TEXT_MAX));
    }

    ggi_json_close(&json, ']');

    return json;
}


/* Adds what a refused certificate says of itself, which a caller may have chosen. */
static ggi_json_t
ggi_record_claimed_certificate(ggi_json_t json, const ggi_call_t *call)
{
    const ggi_claimed_certificate_t  *claimed;

    claimed = call->found.claimed;

    ggi_json_open(&json, "claimed_certificate", '{');
    ggi_record_add_claimed(&json, "oin", claimed->oin);
    ggi_record_add_claimed(&json, "organisation", claimed->organisation);
    ggi_record_add_claimed(&json, "issuer", claimed->issuer);
    ggi_record_add_text(&json, "serial", claimed->serial);
    ggi_record_add_text(&json, "not_after", claimed->not_after);
    ggi_record_add_text(&json, "error", call->found.claimed_error);
    ggi_json_close(&json, '}');

    return json;
}


/* Adds the name of an action: the method, or "unknown" when nginx could read none. */
ggi_json_inline void
ggi_record_action(ggi_json_t *json, ggi_str_t method)
{
    if (method.len) {
        ggi_record_add_text(json, "name", method);

    } else {
        ggi_json_word(json, "name", "unknown");
    }
}


ggi_json_inline void
ggi_record_request(ggi_json_t *json, const ggi_call_t *call,
    const ggi_record_context_t *context, ggi_record_env_t *env)
{
    ggi_json_open(json, "adl.core.request", '{');
    ggi_record_subject(json, call);

    ggi_json_open(json, "action", '{');
    ggi_record_action(json, call->method);
    ggi_json_close(json, '}');

    ggi_json_open(json, "resource", '{');
    ggi_json_word(json, "type", "dienst");
    ggi_record_add_id(json, call->dienst);
    ggi_json_open(json, "properties", '{');
    ggi_record_add_call_path(json, "path", call->path, context->path_clear);
    ggi_record_add_path(json, "destination", call->destination);
    ggi_json_close(json, '}');
    ggi_json_close(json, '}');

    ggi_json_open(json, "context", '{');
    ggi_json_plain(json, "time", ggi_time_write(&env->second, call->time), GGI_TIME_TEXT);
    ggi_record_claim(json, call, env);

    if (call->found.velden_n) {
        *json = ggi_record_velden(*json, &call->found);
    }

    ggi_record_add_text(json, "netwerk", call->found.netwerk);
    ggi_record_add_text(json, "client_address", context->client);
    ggi_record_add_text(json, "redirected_from", call->redirected_from);

    if (call->found.claimed) {
        *json = ggi_record_claimed_certificate(*json, call);
    }

    if (call->found.on_behalf_of.len == 0) {
        ggi_record_add_path(json, "origin_claimed", call->origin);
    }

    ggi_json_close(json, '}');

    ggi_json_close(json, '}');
}


ggi_json_inline void
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
    const ggi_record_context_t *context, ggi_record_env_t *env,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_record_policies(&json, call);
    ggi_record_information(&json, &call->found);
    ggi_record_configuration(&json);
    ggi_record_add_transaction(&json, call);
    ggi_record_add_role(&json, call);

    if (call->found.aanbieders.len) {
        ggi_json_raw(&json, "ggi.provider.expected", call->found.aanbieders.data,
                     call->found.aanbieders.len);
    }

    if (call->reason == GGI_REASON_NONE) {
        ggi_json_plain(&json, "ggi.api.span_id", call->trace.child_span_id, GGI_SPAN_ID_LEN);
    }

    if (context->subject.len) {
        json = ggi_record_data_subject(json, context->subject, &env->pseudonyms);
    }

    if (call->found.profile_stale) {
        ggi_json_int(&json, "ggi.profiel.stale_ms",
                     (int64_t) call->found.profile_age);
    }

    if (call->found.consent_stale) {
        ggi_json_int(&json, "ggi.toestemming.stale_ms", (int64_t) call->found.consent_age);
    }

    if (call->state.subrequest) {
        ggi_json_bool(&json, "ggi.subrequest", 1);
    }

    ggi_record_add_text(&json, "ggi.refusal.header", call->header);
    ggi_record_add_text(&json, "ggi.would_refuse.header", call->would_refuse_header);

    ggi_record_add_text(&json, "ggi.certificate.lacks_policy", call->found.lacks_policy);
    ggi_record_add_checked(&json, "ggi.certificate.revocation", call->found.revocation);

    /* a refusal is a decision; only where none could be made it is an error */
    ggi_record_close_attributes(&json, "adl.access_evaluation", context->time,
                                ggi_reason_get(call->reason)->status == 503 ? "Error"
                                                                            : "Ok");
    ggi_record_add_trace(&json, &call->trace);

    ggi_json_open(&json, "body", '{');
    ggi_record_request(&json, call, context, env);
    ggi_record_response(&json, call, context);
    ggi_json_close(&json, '}');

    return ggi_record_close(&json, chain);
}
