/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "ggi_logged_text.h"
#include "ggictl_out.h"
#include "ggictl_show.h"
#include "ggictl_show_change.h"
#include "ggictl_show_trail.h"


ggictl_show_t
ggictl_show_begin(ggictl_args_t *args)
{
    ggictl_show_t  show;

    show.json = args->result != NULL;
    show.colour = isatty(STDOUT_FILENO);
    json_decref(args->result);
    args->result = NULL;

    return show;
}


static void
ggictl_show_fields(FILE *out, const ggi_logged_t *logged, const ggi_logged_field_e *fields,
    size_t n)
{
    size_t  i;

    for (i = 0; i < n; i++) {
        fputs("  ", out);
        ggictl_show_text(out, logged->field[fields[i]]);
    }
}


/* Writes a word for what was decided, and the reason of a refusal. */
static void
ggictl_show_verdict(FILE *out, const ggi_joined_t *joined, int colour)
{
    const ggi_str_t  allowed = ggi_str("true");

    if (ggi_joined_is_withdrawn(joined)) {
        ggictl_show_word(out, "withdrawn", colour ? "31" : NULL);

    } else if (ggi_joined_is_undecided(joined)) {
        ggictl_show_word(out, "undecided", colour ? "33" : NULL);
        return;

    } else if (ggi_str_eq(joined->first.logged.field[GGI_LOGGED_DECISION], allowed)) {
        ggictl_show_word(out, "allowed", colour ? "32" : NULL);
        return;

    } else {
        ggictl_show_word(out, "refused", colour ? "31" : NULL);
    }

    fputc(' ', out);
    ggictl_show_text(out, ggi_joined_field(joined, GGI_LOGGED_REASON));
    fputs(ggi_joined_is_undecided(joined) ? " (undecided)" : "", out);
}


/* Writes what was decided, and what came of it. */
static void
ggictl_show_decision(FILE *out, const ggi_joined_t *joined, int colour)
{
    const ggi_str_t  *first = joined->first.logged.field;
    const ggi_str_t  *last = joined->end.logged.field;

    fputs("  ", out);
    ggictl_show_verdict(out, joined, colour);
    ggictl_show_known(out, " (observed: ", first[GGI_LOGGED_WOULD_REFUSE], ")");
    fputs("  ", out);

    if (joined->open) {
        ggictl_show_word(out, "open", colour ? "33" : NULL);

    } else {
        ggictl_show_text(out, ggi_joined_field(joined, GGI_LOGGED_ANSWER));
    }

    fputs("  ", out);
    ggictl_show_text(out, last[GGI_LOGGED_DURATION]);
    fputs(last[GGI_LOGGED_DURATION].len ? "s" : "", out);
    ggictl_show_known(out, "  ", last[GGI_LOGGED_ERROR], "");
}


/* Writes the fields that a call asks for, behind a word and with commas between them. */
static void
ggictl_show_velden(FILE *out, ggi_str_t velden)
{
    ggi_str_t    veld;
    const char  *before;

    for (before = "  velden "; ggi_logged_next(&velden, &veld); before = ",") {
        fputs(before, out);
        ggictl_show_text(out, veld);
    }
}


void
ggictl_show_line(FILE *out, const ggi_joined_t *joined, int colour)
{
    char                 time[GGICTL_SHOW_TIME + 1];
    const ggi_logged_t  *logged = &joined->first.logged;

    static const ggi_logged_field_e  before[] = {
        GGI_LOGGED_OIN, GGI_LOGGED_ORGANISATION, GGI_LOGGED_DIENST, GGI_LOGGED_DOELBINDING,
        GGI_LOGGED_METHOD
    };

    fputs(ggictl_show_time(time, logged->time), out);

    if (ggi_logged_is_change(logged)) {
        ggictl_show_change(out, joined, colour);

    } else if (!ggi_joined_is_call(joined)) {
        ggictl_show_trail(out, logged);

    } else {
        ggictl_show_fields(out, logged, before, sizeof(before) / sizeof(before[0]));
        fputc(' ', out);
        ggictl_show_text(out, logged->field[GGI_LOGGED_PATH]);
        ggictl_show_decision(out, joined, colour);
        ggictl_show_known(out, "  toestemming ", logged->field[GGI_LOGGED_CONSENT], "");
        ggictl_show_known(out, ":", logged->field[GGI_LOGGED_CONSENT_VERSION], "");
        ggictl_show_velden(out, logged->field[GGI_LOGGED_VELDEN]);
    }

    fputc('\n', out);
}


/* Writes a record as it stands in the log; one that is no good JSON as a string. */
static void
ggictl_show_record(FILE *out, const ggi_joined_record_t *record)
{
    json_t  *root, *text;

    if (record->line == NULL) {
        fputs("null", out);
        return;
    }

    root = json_loadb(record->line, record->len, JSON_ALLOW_NUL, NULL);

    if (root) {
        ggictl_json_text(out, record->line, record->len);
        json_decref(root);
        return;
    }

    text = ggictl_json_str(record->line, record->len);
    ggictl_json_write(out, text, JSON_ENCODE_ANY);
    json_decref(text);
}


void
ggictl_show_json(FILE *out, const ggi_joined_t *joined)
{
    int  withdrawn;

    withdrawn = ggi_joined_is_withdrawn(joined);

    if (!ggi_joined_is_call(joined)) {
        fputs("{\"record\":", out);
        ggictl_show_record(out, &joined->first);

        if (ggi_logged_is_change(&joined->first.logged)) {
            fputs(",\"outcome\":", out);
            ggictl_show_record(out, &joined->end);
        }

    } else {
        fputs("{\"decision\":", out);
        ggictl_show_record(out, &joined->first);
        fputs(withdrawn ? ",\"completion\":null,\"withdrawal\":" : ",\"completion\":", out);
        ggictl_show_record(out, &joined->end);
    }

    fputc('}', out);
}
