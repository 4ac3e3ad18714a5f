/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ggi_logged_text.h"
#include "ggictl_match_show.h"
#include "ggictl_out.h"
#include "ggictl_show_text.h"


static const char  *ggictl_match_sides[GGI_SIDES] = { "provider", "consumer" };

static const char  *ggictl_match_differences[GGI_PAIR_DIFFERENCES] = {
    "oin", "namens", "dienst", "claim", "method", "path", "status", "decision"
};

static const ggictl_said_t  ggictl_match_silences[] = {
    [GGI_SILENCE_GAP] = { "gap", "records were lost" },
    [GGI_SILENCE_MISSING] = { "missing", "records are missing in a chain" },
    [GGI_SILENCE_CRASH] = { "crash", "a chain was not closed" },
    [GGI_SILENCE_ANONYMOUS] = { "anonymous", "refusals were only counted" },
    [GGI_SILENCE_EXPIRED] = { "expired", "records expired" },
    [GGI_SILENCE_STOPPED] = { "stopped", "no chain was open" },
    [GGI_SILENCE_BEFORE] = { "before", "the log begins later" },
    [GGI_SILENCE_AFTER] = { "after", "the log ends earlier" }
};


/* Returns a half of a call that is there; of both that of the consumer. */
static const ggi_half_t *
ggictl_match_any(const ggi_pair_t *pair)
{
    return pair->half[GGI_SIDE_CONSUMER] ? pair->half[GGI_SIDE_CONSUMER]
                                         : pair->half[GGI_SIDE_PROVIDER];
}


static ggi_str_t
ggictl_match_transaction(const ggi_half_t *half)
{
    ggi_str_t  text;

    text.data = half->transaction;
    text.len = strnlen(half->transaction, GGI_UUID_LEN);

    return text;
}


/* Returns words for what is open, but for a decision that is missing; "": nothing else is. */
static const char *
ggictl_match_word(const ggi_pair_t *pair)
{
    if (pair->missing & 1u << GGI_SIDE_CONSUMER) {
        return "missing at the consumer";
    }

    if (pair->missing & 1u << GGI_SIDE_PROVIDER) {
        return pair->half[GGI_SIDE_CONSUMER]->ended ? "missing at the provider"
                                                    : "missing at the provider, not ended";
    }

    return pair->differ ? "differs" : "";
}


/* Returns words for the sides that have what ended a call, and not the decision; "": none. */
static const char *
ggictl_match_undecided(const ggi_pair_t *pair)
{
    static const char  *words[] = {
        "", "decision missing at the provider", "decision missing at the consumer",
        "decision missing at both"
    };

    return words[pair->undecided];
}


/* Writes what a half has of that in which both differ. */
static void
ggictl_match_value(FILE *out, const ggi_half_t *half, unsigned difference)
{
    if (difference == GGI_PAIR_STATUS) {
        fprintf(out, "%u", (unsigned) half->status);

    } else if (difference == GGI_PAIR_DECISION) {
        fputs(half->refused ? "refused" : "received", out);

    } else {
        ggictl_show_text(out, ggi_half_text(half, (ggi_half_text_e) difference));
    }
}


/* Writes in what the halves differ: what the consumer has, and what the provider has. */
static void
ggictl_match_differ(FILE *out, const ggi_pair_t *pair)
{
    unsigned          i;
    const char       *before;
    const ggi_half_t *consumer = pair->half[GGI_SIDE_CONSUMER];

    for (before = ": ", i = 0; i < GGI_PAIR_DIFFERENCES; i++) {
        if (pair->differ & 1u << i) {
            fprintf(out, "%s%s ", before, ggictl_match_differences[i]);
            ggictl_match_value(out, consumer, i);

            if (i == GGI_PAIR_CLAIM) {
                ggictl_show_known(out, " (inside ", ggi_half_text(consumer, GGI_HALF_INSIDE), ")");
            }

            fputs(" at the consumer, ", out);
            ggictl_match_value(out, pair->half[GGI_SIDE_PROVIDER], i);
            fputs(" at the provider", out);
            before = "; ";
        }
    }
}


/* Writes what explains that a log does not have a call. */
static void
ggictl_match_explain(FILE *out, const ggi_pair_t *pair, const ggi_silence_t *silence)
{
    char  time[GGICTL_SHOW_TIME + 1];

    if (!pair->missing && !pair->undecided) {
        return;
    }

    if (silence == NULL) {
        fputs(": nothing explains it", out);
        return;
    }

    fputs(": ", out);

    if (silence->count) {
        fprintf(out, "%" PRIu64 " ", silence->count);
    }

    fputs(ggictl_match_silences[silence->kind].text, out);
    fputs(silence->chain[0] ? " (chain " : "", out);
    fprintf(out, "%s%s", silence->chain, silence->chain[0] ? ")" : "");

    if (silence->from) {
        fprintf(out, " from %s", ggictl_show_time(time, silence->from));
    }

    if (silence->to != UINT64_MAX) {
        fprintf(out, " to %s", ggictl_show_time(time, silence->to));
    }
}


void
ggictl_match_show_line(FILE *out, const ggi_pair_t *pair, const ggi_silence_t *silence)
{
    char               time[GGICTL_SHOW_TIME + 1];
    size_t             i;
    const ggi_half_t  *half = ggictl_match_any(pair);

    static const ggi_half_text_e  texts[] = {
        GGI_HALF_OIN, GGI_HALF_DIENST, GGI_HALF_CLAIM, GGI_HALF_METHOD
    };

    fprintf(out, "%s  ", ggictl_show_time(time, half->time));
    ggictl_show_text(out, ggictl_match_transaction(half));

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        fputs("  ", out);
        ggictl_show_text(out, ggi_half_text(half, texts[i]));
    }

    fputc(' ', out);
    ggictl_show_text(out, ggi_half_text(half, GGI_HALF_PATH));
    fprintf(out, "  %u  %s", (unsigned) half->status, ggictl_match_word(pair));
    ggictl_match_differ(out, pair);
    fputs(*ggictl_match_word(pair) && pair->undecided ? "; " : "", out);
    fputs(ggictl_match_undecided(pair), out);
    ggictl_match_explain(out, pair, silence);
    fputc('\n', out);
}


/* Returns a new string of JSON for a text as it is escaped in a record. */
static json_t *
ggictl_match_text(ggi_str_t text)
{
    char    *copy;
    json_t  *json;

    if (text.len == 0) {
        return json_null();
    }

    copy = malloc(text.len);
    json = copy ? ggictl_json_str(copy, ggi_logged_text_read(copy, text)) : NULL;
    free(copy);

    return json;
}


/* Returns a new object of JSON for a half, or JSON's null. */
static json_t *
ggictl_match_half(const ggi_half_t *half)
{
    char      time[GGICTL_SHOW_TIME + 1];
    size_t    i;
    json_t   *json;

    static const char  *names[GGI_HALF_TEXTS] = {
        "oin", "namens", "dienst", "claim", "method", "path", "claim_inside", "reason",
        "provider"
    };

    if (half == NULL) {
        return json_null();
    }

    json = json_pack("{s:s, s:b, s:b, s:b}", "time", ggictl_show_time(time, half->time),
                     "decided", half->decided, "refused", half->refused, "ended", half->ended);

    for (i = 0; i < GGI_HALF_TEXTS; i++) {
        if (half->len[i]) {
            json_object_set_new(json, names[i],
                                ggictl_match_text(ggi_half_text(half, (ggi_half_text_e) i)));
        }
    }

    if (half->status) {
        json_object_set_new(json, "status", json_integer(half->status));
    }

    return json;
}


/* Returns a new object of JSON for what explains that a log does not have a call. */
static json_t *
ggictl_match_silence(const ggi_silence_t *silence)
{
    char     time[GGICTL_SHOW_TIME + 1];
    json_t  *json;

    if (silence == NULL) {
        return json_null();
    }

    json = json_pack("{s:s}", "why", ggictl_match_silences[silence->kind].word);

    if (silence->from) {
        json_object_set_new(json, "from", json_string(ggictl_show_time(time, silence->from)));
    }

    if (silence->to != UINT64_MAX) {
        json_object_set_new(json, "to", json_string(ggictl_show_time(time, silence->to)));
    }

    if (silence->count) {
        json_object_set_new(json, "records", json_integer((json_int_t) silence->count));
    }

    if (silence->chain[0]) {
        json_object_set_new(json, "chain", json_string(silence->chain));
    }

    return json;
}


/* Writes JSON, and frees it. */
static void
ggictl_match_write(FILE *out, json_t *json)
{
    ggictl_json_write(out, json, JSON_COMPACT);
    json_decref(json);
}


/* Returns a new array of JSON with the names of bits. */
static json_t *
ggictl_match_names(unsigned bits, const char *const *names)
{
    unsigned  i;
    json_t   *json;

    json = json_array();

    for (i = 0; bits >> i; i++) {
        if (bits & 1u << i) {
            json_array_append_new(json, json_string(names[i]));
        }
    }

    return json;
}


void
ggictl_match_show_json(FILE *out, const ggi_pair_t *pair, const ggi_silence_t *silence)
{
    unsigned   i;
    json_t    *json;

    json = json_pack("{s:o}", "transaction",
                     ggictl_match_text(ggictl_match_transaction(ggictl_match_any(pair))));

    for (i = 0; i < GGI_SIDES; i++) {
        json_object_set_new(json, ggictl_match_sides[i], ggictl_match_half(pair->half[i]));
    }

    if (pair->differ) {
        json_object_set_new(json, "differ",
                            ggictl_match_names(pair->differ, ggictl_match_differences));
    }

    if (pair->missing) {
        json_object_set_new(json, "missing",
                            json_string(ggictl_match_sides[pair->half[0] ? GGI_SIDE_CONSUMER
                                                                         : GGI_SIDE_PROVIDER]));
    }

    if (pair->undecided) {
        json_object_set_new(json, "undecided",
                            ggictl_match_names(pair->undecided, ggictl_match_sides));
    }

    if (pair->missing || pair->undecided) {
        json_object_set_new(json, "explained", ggictl_match_silence(silence));
    }

    ggictl_match_write(out, json);
}


/* Writes by how many ms times of the provider are later, at least and at most; below 0: earlier. */
static void
ggictl_match_clock(FILE *out, int64_t least, int64_t most)
{
    fputs("times at the provider are ", out);

    if (most < 0) {
        fprintf(out, "%" PRId64 " to %" PRId64 " ms earlier", -most, -least);

    } else if (least < 0) {
        fprintf(out, "%" PRId64 " ms earlier to %" PRId64 " ms later", -least, most);

    } else {
        fprintf(out, "%" PRId64 " to %" PRId64 " ms later", least, most);
    }

    fputs(" than those at the consumer\n", out);
}


void
ggictl_match_show_counts(FILE *out, const ggi_match_counts_t *counts, uint64_t explained)
{
    fprintf(out, "calls that left the consumer %" PRIu64 ", that came to the provider %" PRIu64
            "\n", counts->calls[GGI_SIDE_CONSUMER] - counts->strange[GGI_SIDE_CONSUMER],
            counts->calls[GGI_SIDE_PROVIDER] - counts->strange[GGI_SIDE_PROVIDER]);
    fprintf(out, "the same in both logs %" PRIu64 ", different %" PRIu64
            ", missing at the provider %" PRIu64 ", missing at the consumer %" PRIu64
            ", without a decision %" PRIu64 " (explained %" PRIu64 ")\n", counts->same,
            counts->differ, counts->only[GGI_SIDE_CONSUMER], counts->only[GGI_SIDE_PROVIDER],
            counts->undecided, explained);
    fprintf(out, "not open: stayed at the consumer %" PRIu64 ", did not reach the provider %" PRIu64
            ", requests that were repeated %" PRIu64 ", of other consumers %" PRIu64
            ", to other providers %" PRIu64 "\n", counts->stayed, counts->unreached,
            counts->repeated, counts->strange[GGI_SIDE_PROVIDER],
            counts->strange[GGI_SIDE_CONSUMER]);

    if (counts->timed) {
        ggictl_match_clock(out, counts->ahead_least, counts->ahead_most);
    }
}


void
ggictl_match_show_counts_json(FILE *out, const ggi_match_counts_t *counts, uint64_t explained)
{
    json_t  *json;

    json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
                     "consumer",
                     (json_int_t) (counts->calls[GGI_SIDE_CONSUMER]
                                   - counts->strange[GGI_SIDE_CONSUMER]), "provider",
                     (json_int_t) (counts->calls[GGI_SIDE_PROVIDER]
                                   - counts->strange[GGI_SIDE_PROVIDER]), "same",
                     (json_int_t) counts->same, "different", (json_int_t) counts->differ,
                     "missing_at_provider", (json_int_t) counts->only[GGI_SIDE_CONSUMER],
                     "missing_at_consumer", (json_int_t) counts->only[GGI_SIDE_PROVIDER],
                     "undecided", (json_int_t) counts->undecided,
                     "explained", (json_int_t) explained, "stayed", (json_int_t) counts->stayed,
                     "unreached", (json_int_t) counts->unreached, "repeated",
                     (json_int_t) counts->repeated, "others",
                     (json_int_t) counts->strange[GGI_SIDE_PROVIDER], "elsewhere",
                     (json_int_t) counts->strange[GGI_SIDE_CONSUMER]);

    if (counts->timed) {
        json_object_set_new(json, "ahead_ms", json_pack("[I, I]", (json_int_t) counts->ahead_least,
                                                        (json_int_t) counts->ahead_most));
    }

    ggictl_match_write(out, json);
}
