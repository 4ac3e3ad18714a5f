/* SPDX-License-Identifier: EUPL-1.2 */

/* The records of a change that somebody made by ggictl. */

#include "ggi_record_change.h"


/* Adds who makes a change, and what the environment claims of that. */
static void
ggi_record_add_actor(ggi_json_t *json, const ggi_actor_t *actor)
{
    if (actor->login >= 0) {
        ggi_json_int(json, "ggi.change.login.id", actor->login);
        ggi_record_add_text(json, "ggi.change.login.name", actor->login_name);
    }

    ggi_json_int(json, "process.user.id", (int64_t) actor->user);
    ggi_record_add_text(json, "process.user.name", actor->user_name);
    ggi_json_int(json, "process.real_user.id", (int64_t) actor->real_user);
    ggi_record_add_text(json, "process.real_user.name", actor->real_user_name);
    ggi_record_add_text(json, "ggi.change.tty", actor->tty);
    ggi_record_add_text(json, "ggi.change.claimed.sudo_user", actor->sudo_user);
    ggi_record_add_text(json, "ggi.change.claimed.client_address", actor->client);
}


/* Adds what was in place, and what is to be. */
static void
ggi_record_add_states(ggi_json_t *json, const ggi_change_t *change)
{
    ggi_record_add_text(json, "ggi.change.before.version", change->before.version);
    ggi_record_add_checked(json, "ggi.change.before.sha256", change->before.sha256);
    ggi_record_add_text(json, "ggi.change.after.version", change->after.version);
    ggi_record_add_checked(json, "ggi.change.after.sha256", change->after.sha256);

    if (change->document.len && change->document.len <= GGI_CHANGE_DOCUMENT) {
        ggi_json_str(json, "ggi.change.after.document", change->document.data,
                     change->document.len);
    }
}


size_t
ggi_record_change(char *buf, size_t size, const ggi_change_t *change, uint64_t time,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_json_plain(&json, "ggi.change.command", change->command.data, change->command.len);
    ggi_json_plain(&json, "ggi.change.kind", change->kind.data, change->kind.len);
    ggi_record_add_text(&json, "ggi.change.target", change->target);
    ggi_record_add_text(&json, "ggi.change.oin", change->oin);
    ggi_record_add_text(&json, "ggi.change.item", change->item);
    ggi_record_add_text(&json, "ggi.change.source", change->source);
    ggi_record_add_text(&json, "ggi.change.reason", change->reason);

    if (change->forced) {
        ggi_json_bool(&json, "ggi.change.forced", 1);
    }

    ggi_record_add_states(&json, change);
    ggi_record_add_actor(&json, change->actor);
    ggi_record_close_attributes(&json, "ggi.change", time, "Ok");
    ggi_record_add_trace(&json, change->trace);

    return ggi_record_close(&json, chain);
}


size_t
ggi_record_change_end(char *buf, size_t size, const ggi_change_end_t *end, uint64_t time,
    ggi_chain_t *chain)
{
    ggi_json_t  json;

    ggi_record_open(&json, buf, size, chain);
    ggi_json_int(&json, "ggi.change.intended", (int64_t) end->number);
    ggi_json_plain(&json, "ggi.change.result", end->result.data, end->result.len);
    ggi_record_add_text(&json, "ggi.change.why", ggi_record_cut(end->reason, GGI_CHANGE_REASON));
    ggi_record_close_attributes(&json, "ggi.change_ended", time, end->done ? "Ok" : "Error");
    ggi_record_add_child(&json, end->trace);

    return ggi_record_close(&json, chain);
}
