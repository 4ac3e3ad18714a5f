/* SPDX-License-Identifier: EUPL-1.2 */

/* What is told of a signal. */

#include <stdio.h>

#include "ggi_record_signal.h"
#include "ggi_time.h"


/* A line that is being written. */
typedef struct {
    char    *start;
    size_t   len;
} ggi_signal_writer_t;


static const char *
ggi_signal_mode(const ggi_signal_told_t *told)
{
    return (told->mode == GGI_MODE_OBSERVE) ? "observe" : "off";
}


size_t
ggi_record_signal(char *buf, size_t size, const ggi_signal_told_t *told,
    const ggi_call_t *call, uint64_t time, ggi_chain_t *chain)
{
    ggi_str_t   name;
    ggi_json_t  json;

    name = ggi_signal_info(told->signal)->name;

    ggi_record_open(&json, buf, size, chain);
    ggi_record_add_checked(&json, "ggi.signal.name", name);
    ggi_json_int(&json, "ggi.signal.count", (int64_t) told->count);
    ggi_json_int(&json, "ggi.signal.threshold", (int64_t) told->threshold);
    ggi_json_int(&json, "ggi.signal.since", (int64_t) told->since);

    if (told->signal == GGI_SIGNAL_REFUSALS && call) {
        ggi_json_word(&json, "ggi.signal.reason", ggi_reason_get(call->reason)->name);
    }

    ggi_record_add_checked(&json, "ggi.signal.gebruiker", told->user);

    if (told->person.len) {
        ggi_record_add_checked(&json, "dpl.core.data_subject_id", told->person);
        ggi_json_word(&json, "dpl.core.data_subject_id_type", "BSN");
    }

    ggi_record_add_checked(&json, "ggi.signal.certificate_sha256", told->certificate);
    ggi_record_add_text(&json, "ggi.signal.netwerk", told->netwerk);
    ggi_record_add_text(&json, "client.address", told->client);

    ggi_record_add_text(&json, "ggi.signal.of", told->of);

    if (told->expires) {
        ggi_json_int(&json, "ggi.signal.expires", (int64_t) told->expires);
    }

    if (told->gate.len) {
        ggi_record_add_checked(&json, "ggi.signal.gate", told->gate);
        ggi_json_word(&json, "ggi.signal.mode", ggi_signal_mode(told));
    }

    if (told->clock) {
        ggi_json_int(&json, "ggi.signal.clock_ms", told->clock);
    }

    if (call) {
        ggi_record_add_transaction(&json, call);
        ggi_record_add_role(&json, call);
        ggi_record_add_checked(&json, "ggi.call.dienst", call->dienst);
        ggi_record_add_checked(&json, "ggi.call.oin", call->found.oin);
    }

    return ggi_record_end(&json, "ggi.signal", time, "Ok", chain);
}


/* Adds a key with its value to a line; nothing where the value is empty. */
static void
ggi_signal_add(ggi_signal_writer_t *line, const char *key, ggi_str_t value)
{
    int  n;

    if (value.len) {
        n = snprintf(line->start + line->len, GGI_SIGNAL_LINE - line->len, "%s%s=%.*s",
                     line->len ? " " : "", key, (int) value.len, value.data);

        if (n > 0 && (size_t) n < GGI_SIGNAL_LINE - line->len) {
            line->len += (size_t) n;
        }
    }
}


static void
ggi_signal_add_number(ggi_signal_writer_t *line, const char *key, int64_t number)
{
    char       text[24];
    ggi_str_t  value;

    value.data = text;
    value.len = (size_t) snprintf(text, sizeof(text), "%lld", (long long) number);
    ggi_signal_add(line, key, value);
}


static void
ggi_signal_add_time(ggi_signal_writer_t *line, const char *key, uint64_t ms)
{
    ggi_str_t          value;
    ggi_time_second_t  second = { 0 };

    value.data = ggi_time_write(&second, ms);
    value.len = GGI_TIME_TEXT;
    ggi_signal_add(line, key, value);
}


static void
ggi_signal_add_word(ggi_signal_writer_t *line, const char *key, const char *word)
{
    ggi_str_t  value = { strlen(word), word };

    ggi_signal_add(line, key, value);
}


/* Adds whose list or certificate of the gate is told of, in quotes. */
static void
ggi_signal_add_of(ggi_signal_writer_t *line, ggi_str_t of)
{
    char       ch, text[GGI_SIGNAL_OF + 3];
    size_t     i;
    ggi_str_t  value;

    if (of.len == 0) {
        return;
    }

    text[0] = '"';
    value.data = text;
    value.len = 1;

    for (i = 0; i < of.len && i < GGI_SIGNAL_OF; i++) {
        ch = of.data[i];

        if (ch == '"' || (unsigned char) ch < ' ' || ch == 0x7f) {
            ch = '?';
        }

        text[value.len++] = ch;
    }

    text[value.len++] = '"';
    ggi_signal_add(line, "of", value);
}


size_t
ggi_signal_line(char buf[GGI_SIGNAL_LINE], const ggi_signal_told_t *told,
    const ggi_call_t *call)
{
    ggi_str_t            transaction;
    ggi_signal_writer_t  line;

    line.start = buf;
    line.len = 0;

    ggi_signal_add(&line, "signal", ggi_signal_info(told->signal)->name);

    if (call) {
        ggi_signal_add(&line, "dienst", call->dienst);
        ggi_signal_add(&line, "oin", call->found.oin);
    }

    ggi_signal_add(&line, "gebruiker", told->user);
    ggi_signal_add(&line, "data_subject", told->person);
    ggi_signal_add_number(&line, "count", told->count);
    ggi_signal_add_number(&line, "threshold", told->threshold);
    ggi_signal_add_time(&line, "since", told->since);

    if (told->signal == GGI_SIGNAL_REFUSALS && call) {
        ggi_signal_add_word(&line, "reason", ggi_reason_get(call->reason)->name);
    }

    ggi_signal_add(&line, "certificate", told->certificate);
    ggi_signal_add(&line, "client", told->client);

    ggi_signal_add_of(&line, told->of);

    if (told->expires) {
        ggi_signal_add_time(&line, "expires", told->expires);
    }

    if (told->gate.len) {
        ggi_signal_add(&line, "gate", told->gate);
        ggi_signal_add_word(&line, "mode", ggi_signal_mode(told));
    }

    if (told->clock) {
        ggi_signal_add_number(&line, "clock_ms", told->clock);
    }

    if (call) {
        transaction.data = call->transaction_id;
        transaction.len = GGI_UUID_LEN;
        ggi_signal_add(&line, "transaction", transaction);
    }

    return line.len;
}
