/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* explicit_bzero() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_logged_text.h"
#include "ggi_reason.h"
#include "ggi_time.h"
#include "ggi_uuid.h"
#include "ggictl_kind.h"
#include "ggictl_out.h"
#include "ggictl_pseudonym.h"
#include "ggictl_unknown.h"
#include "ggictl_wanted.h"

#define GGICTL_WANTED_DAY     86400
#define GGICTL_WANTED_DATE    10        /* bytes of a date */
#define GGICTL_WANTED_PARENT  55        /* bytes of a traceparent */
#define GGICTL_WANTED_NUMBER  9         /* most digits of a number */


/*
 * Adds a text to those of which a field has to be one, as it is escaped in a record. Returns
 * 1, or 0 after a message.
 */
static int
ggictl_wanted_text(ggictl_wanted_t *wanted, ggi_logged_field_e field, ggi_str_t text)
{
    char       *copy;
    ggi_str_t   escaped;

    copy = malloc(6 * text.len + 3);

    if (copy == NULL || wanted->n == GGICTL_WANTED_TEXTS) {
        free(copy);
        (void) ggictl_fail("no memory");
        return 0;
    }

    wanted->texts[wanted->n++] = copy;
    escaped.data = copy;
    escaped.len = ggi_logged_text_write(copy, text);

    if (field == GGI_LOGGED_FIELDS) {
        wanted->filter.path = escaped;
        return 1;
    }

    return ggi_filter_add(&wanted->filter, field, escaped);
}


/* Reads how long ago, such as 30d, in seconds. Returns 1, or 0 when the text is no such. */
static int
ggictl_wanted_ago(const char *text, int64_t *seconds)
{
    size_t       digits;
    const char  *unit;

    static const char     units[] = "smhd";
    static const int64_t  each[] = { 1, 60, 3600, GGICTL_WANTED_DAY };

    digits = strspn(text, "0123456789");

    if (digits == 0 || digits > GGICTL_WANTED_NUMBER || text[digits] == '\0'
        || text[digits + 1] != '\0')
    {
        return 0;
    }

    unit = strchr(units, text[digits]);

    if (unit == NULL) {
        return 0;
    }

    *seconds = (int64_t) time(NULL) - strtoll(text, NULL, 10) * each[unit - units];

    return 1;
}


/*
 * Reads a time of an option, in ms since the epoch; of a date the day more, in seconds.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_wanted_time(const ggictl_args_t *args, ggictl_option_e option, int64_t more,
    uint64_t *ms)
{
    int64_t      seconds;
    const char  *text;

    text = args->option[option];

    if (text == NULL) {
        return 1;
    }

    if (!ggictl_wanted_ago(text, &seconds)) {
        if (!ggi_time_read(ggictl_str(text), &seconds)) {
            (void) ggictl_fail("%s: --%s: expected a date, a time of RFC 3339 or how long ago "
                               "(90s, 15m, 12h, 30d), not \"%s\"", args->command->name,
                               ggictl_options[option].name, text);
            return 0;
        }

        seconds += (strlen(text) == GGICTL_WANTED_DATE) ? more : 0;
    }

    *ms = (seconds < 0) ? 0 : (uint64_t) seconds * 1000;

    return 1;
}


/* Adds a transaction, a UUID that may stand behind "urn:uuid:". Returns 1, or 0 after a message. */
static int
ggictl_wanted_transaction(ggictl_wanted_t *wanted, const char *text)
{
    char        uuid[GGI_UUID_LEN];
    ggi_str_t   str = { sizeof(uuid), uuid };

    if (strncmp(text, "urn:uuid:", 9) == 0) {
        text += 9;
    }

    if (!ggi_uuid_read(uuid, text, strlen(text))) {
        (void) ggictl_fail("--transaction: expected a UUID, not \"%s\"", text);
        return 0;
    }

    return ggictl_wanted_text(wanted, GGI_LOGGED_TRANSACTION, str);
}


/* Adds a trace, which may stand in a traceparent. Returns 1, or 0 after a message. */
static int
ggictl_wanted_trace(ggictl_wanted_t *wanted, const char *text)
{
    ggi_str_t  str;

    str = ggictl_str(text);

    if (str.len == GGICTL_WANTED_PARENT) {
        str.data += 3;
        str.len = GGI_TRACE_ID_LEN;
    }

    if (str.len != GGI_TRACE_ID_LEN || strspn(str.data, "0123456789abcdef") < str.len) {
        (void) ggictl_fail("--trace: expected 32 hexadecimal digits, in lower case, or a "
                           "traceparent, not \"%s\"", text);
        return 0;
    }

    return ggictl_wanted_text(wanted, GGI_LOGGED_TRACE, str);
}


/*
 * Adds a person by its pseudonyms under the keys of a file, as this version and 0.9 make them.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_wanted_pseudonyms(ggictl_wanted_t *wanted, const char *file, ggi_str_t person,
    ggi_logged_field_e field)
{
    int                   good, old;
    char                  pseudonym[GGI_PSEUDONYM_LEN + 1];
    size_t                i;
    ggi_pseudonym_keys_t  keys;

    good = ggictl_pseudonym_keys(&keys, file);

    for (i = 0; good && i < keys.n; i++) {
        for (old = 0; good && old < 2; old++) {
            good = ggictl_pseudonym_write(pseudonym, person, &keys.key[i], old)
                   && ggictl_wanted_text(wanted, field, ggictl_str(pseudonym));
        }
    }

    explicit_bzero(&keys, sizeof(keys));

    return good;
}


/*
 * Adds a person, as it is and by its pseudonyms under the keys, if there are any. Returns 1,
 * or 0 after a message.
 */
static int
ggictl_wanted_person(ggictl_wanted_t *wanted, const ggictl_args_t *args,
    ggictl_option_e option, ggi_logged_field_e field)
{
    int          good;
    char         bsn[GGI_BSN_LEN];
    ggi_str_t    person;
    const char  *file, *text;

    file = args->option[GGICTL_PSEUDONYM_KEY];
    text = args->option[option];

    if (text == NULL) {
        return 1;
    }

    if (file == NULL && option == GGICTL_SUBJECT && strncmp(text, "hmac:", 5) != 0) {
        (void) ggictl_fail("--subject: a BSN needs --pseudonym-key, the file of "
                           "ggi_audit_pseudonym_key");
        return 0;
    }

    person = (option == GGICTL_SUBJECT) ? ggictl_pseudonym_subject(text, bsn) : ggictl_str(text);

    good = ggictl_wanted_text(wanted, field, ggictl_str(text))
           && (file == NULL || ggictl_wanted_pseudonyms(wanted, file, person, field));
    explicit_bzero(bsn, sizeof(bsn));

    return good;
}


/* Adds an event by its name, also without "ggi." before it. Returns 1, or 0 after a message. */
static int
ggictl_wanted_event(ggictl_wanted_t *wanted, const char *text)
{
    char       name[64];
    ggi_str_t  str = { 0, name };

    wanted->filter.calls = 0;

    if (strcmp(text, "all") == 0) {
        return 1;
    }

    if ((size_t) snprintf(name, sizeof(name), "%s%s", strncmp(text, "ggi.", 4) ? "ggi." : "", text)
        >= sizeof(name))
    {
        (void) ggictl_fail("--event: there is none that is called \"%s\"", text);
        return 0;
    }

    str.len = strlen(name);

    return ggictl_wanted_text(wanted, GGI_LOGGED_EVENT, str);
}


/* Reads --limit. Returns 1, or 0 after a message. */
static int
ggictl_wanted_limit(ggictl_wanted_t *wanted, const char *text)
{
    size_t  len;

    len = strlen(text);

    if (len == 0 || len > GGICTL_WANTED_NUMBER || strspn(text, "0123456789") != len
        || (wanted->limit = strtoul(text, NULL, 10)) == 0)
    {
        (void) ggictl_fail("--limit: expected a number from 1 to 999999999, not \"%s\"", text);
        return 0;
    }

    return 1;
}


/*
 * Checks options of which a misspelt value would find nothing, as if nothing had happened.
 * Returns 1, or 0 after a message.
 */
static int
ggictl_wanted_check(const ggictl_wanted_t *wanted, const ggictl_args_t *args)
{
    int          i;
    const char  *reason = args->option[GGICTL_REASON];

    if (!ggictl_kind_oin_good(args)) {
        return 0;
    }

    if (reason) {
        for (i = GGI_REASON_NONE + 1; i < GGI_REASON_COUNT
             && strcmp(ggi_reason_get((ggi_reason_e) i)->name, reason) != 0; i++)
        { }

        if (i == GGI_REASON_COUNT) {
            ggictl_reason_unknown("reason", reason);
            return 0;
        }
    }

    if (args->option[GGICTL_FROM] && args->option[GGICTL_UNTIL]
        && wanted->filter.from >= wanted->filter.to)
    {
        (void) ggictl_fail("%s: --from is not before --to, so that no record can be meant",
                           args->command->name);
        return 0;
    }

    return 1;
}


_Static_assert(GGI_REASON_COUNT <= GGI_FILTER_ANY, "a filter has no room for all reasons");


/*
 * Adds a reason, or each that there is when reason is NULL, to those of which a field has to be
 * one. Returns 1, or 0 after a message.
 */
static int
ggictl_wanted_reasons(ggictl_wanted_t *wanted, ggi_logged_field_e field, const char *reason)
{
    int  i, good;

    if (reason) {
        return ggictl_wanted_text(wanted, field, ggictl_str(reason));
    }

    for (good = 1, i = GGI_REASON_NONE + 1; good && i < GGI_REASON_COUNT; i++) {
        good = ggictl_wanted_text(wanted, field,
                                  ggictl_str(ggi_reason_get((ggi_reason_e) i)->name));
    }

    return good;
}


/*
 * Adds --decision and --reason, each of which may be NULL. A call that a gate in mode observe
 * would have refused is found by the reason that it would have given. Returns 1, or 0 after a
 * message.
 */
static int
ggictl_wanted_decision(ggictl_wanted_t *wanted, const char *decision, const char *reason)
{
    const char  *is;

    if (decision && strcmp(decision, "observed") == 0) {
        return ggictl_wanted_reasons(wanted, GGI_LOGGED_WOULD_REFUSE, reason);
    }

    if (reason && !ggictl_wanted_text(wanted, GGI_LOGGED_REASON, ggictl_str(reason))) {
        return 0;
    }

    if (decision == NULL) {
        return 1;
    }

    is = (strcmp(decision, "allowed") == 0) ? "true" : "false";

    return ggictl_wanted_text(wanted, GGI_LOGGED_DECISION, ggictl_str(is));
}


/* Adds the options that are texts of fields, and the decision. Returns 1, or 0 after a message. */
static int
ggictl_wanted_fields(ggictl_wanted_t *wanted, const ggictl_args_t *args)
{
    size_t  i;

    /* GGI_LOGGED_FIELDS stands for the path, which is a pattern */
    static const struct {
        ggictl_option_e     option;
        ggi_logged_field_e  field;
    } texts[] = {
        { GGICTL_OIN, GGI_LOGGED_OIN },
        { GGICTL_OF_NODE, GGI_LOGGED_NODE },
        { GGICTL_DIENST, GGI_LOGGED_DIENST },
        { GGICTL_METHOD, GGI_LOGGED_METHOD },
        { GGICTL_DOELBINDING, GGI_LOGGED_DOELBINDING },
        { GGICTL_OF_TOEPASSING, GGI_LOGGED_TOEPASSING },
        { GGICTL_OF_FUNCTIE, GGI_LOGGED_FUNCTIE },
        { GGICTL_OF_TOESTEMMING, GGI_LOGGED_CONSENT },
        { GGICTL_PATH, GGI_LOGGED_FIELDS }
    };

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (args->option[texts[i].option]
            && !ggictl_wanted_text(wanted, texts[i].field,
                                   ggictl_str(args->option[texts[i].option])))
        {
            return 0;
        }
    }

    return ggictl_wanted_decision(wanted, args->option[GGICTL_DECISION],
                                  args->option[GGICTL_REASON]);
}


/* Returns 1 when a field has to have a text, but for the node, which each record has. */
static int
ggictl_wanted_any(const ggi_filter_t *filter)
{
    size_t  i;

    for (i = 0; i < GGI_LOGGED_FIELDS; i++) {
        if (filter->is[i].n && i != GGI_LOGGED_NODE) {
            return 1;
        }
    }

    return 0;
}


/* Reads all options. Returns 1, or 0 after a message. */
static int
ggictl_wanted_options(ggictl_wanted_t *wanted, const ggictl_args_t *args)
{
    return ggictl_wanted_time(args, GGICTL_FROM, 0, &wanted->filter.from)
           && ggictl_wanted_time(args, GGICTL_UNTIL, GGICTL_WANTED_DAY, &wanted->filter.to)
           && ggictl_wanted_check(wanted, args)
           && ggictl_wanted_fields(wanted, args)
           && (args->option[GGICTL_TRANSACTION] == NULL
               || ggictl_wanted_transaction(wanted, args->option[GGICTL_TRANSACTION]))
           && (args->option[GGICTL_TRACE] == NULL
               || ggictl_wanted_trace(wanted, args->option[GGICTL_TRACE]))
           && ggictl_wanted_person(wanted, args, GGICTL_SUBJECT, GGI_LOGGED_SUBJECT)
           && ggictl_wanted_person(wanted, args, GGICTL_USER, GGI_LOGGED_USER)
           && (args->option[GGICTL_EVENT] == NULL
               || ggictl_wanted_event(wanted, args->option[GGICTL_EVENT]))
           && (args->option[GGICTL_LIMIT] == NULL
               || ggictl_wanted_limit(wanted, args->option[GGICTL_LIMIT]));
}


int
ggictl_wanted_read(ggictl_wanted_t *wanted, const ggictl_args_t *args, int trail)
{
    memset(wanted, 0, sizeof(ggictl_wanted_t));
    ggi_filter_init(&wanted->filter);

    if (!ggictl_wanted_options(wanted, args)) {
        return 0;
    }

    wanted->filter.trail = trail || ggictl_wanted_any(&wanted->filter)
                           || args->option[GGICTL_EVENT];

    return 1;
}


void
ggictl_wanted_free(ggictl_wanted_t *wanted)
{
    while (wanted->n) {
        free(wanted->texts[--wanted->n]);
    }
}


int
ggictl_wanted_run(const ggictl_args_t *args, int trail, ggictl_wanted_pt run, void *data)
{
    int              rc;
    ggictl_wanted_t  wanted;

    rc = ggictl_wanted_read(&wanted, args, trail) ? run(args, &wanted, data) : GGICTL_ERROR;
    ggictl_wanted_free(&wanted);

    return rc;
}
