/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "ggi_json.h"
#include "ggictl_out.h"
#include "ggictl_show.h"

#define GGICTL_SHOW_YEARS  INT64_C(253402300800)   /* seconds until the year 10000 */


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


const char *
ggictl_show_time(char text[GGICTL_SHOW_TIME + 1], uint64_t ms)
{
    time_t      seconds;
    struct tm   tm;

    seconds = (ms / 1000 < (uint64_t) GGICTL_SHOW_YEARS) ? (time_t) (ms / 1000) : 0;
    memset(text, 0, GGICTL_SHOW_TIME + 1);

    if (gmtime_r(&seconds, &tm) && strftime(text, GGICTL_SHOW_TIME, "%Y-%m-%dT%H:%M:%S", &tm)) {
        snprintf(text + 19, 6, ".%03uZ", (unsigned) (ms % 1000));
    }

    return text;
}


/*
 * Returns how many bytes at the beginning of a text are a character that can be shown; or 0
 * when they are none, a control character, or one that changes the direction of the text.
 */
static size_t
ggictl_show_char(ggi_str_t text)
{
    size_t                n;
    const unsigned char  *p = (const unsigned char *) text.data;

    n = ggi_utf8_char(p, text.len);

    if (n == 0 || p[0] < ' ' || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0)) {
        return 0;
    }

    if (p[0] == 0xe2 && ((p[1] == 0x80 && (p[2] & 0xf8) == 0xa8) || (p[1] == 0x81 && p[2] >= 0xa6)))
    {
        return 0;
    }

    return n;
}


void
ggictl_show_text(FILE *out, ggi_str_t text)
{
    size_t  n;

    if (text.len == 0) {
        fputc('-', out);
        return;
    }

    while (text.len) {
        n = ggictl_show_char(text);

        if (n) {
            fwrite(text.data, 1, n, out);

        } else {
            fputc('?', out);
            n = 1;
        }

        text.data += n;
        text.len -= n;
    }
}


/* Writes a field between two texts, or nothing when a record does not have it. */
static void
ggictl_show_known(FILE *out, const char *before, ggi_str_t field, const char *behind)
{
    if (field.len) {
        fputs(before, out);
        ggictl_show_text(out, field);
        fputs(behind, out);
    }
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


/* Writes a text in a colour of ECMA-48. */
static void
ggictl_show_word(FILE *out, const char *word, const char *colour)
{
    fprintf(out, colour ? "\033[%sm%s\033[0m" : "%.0s%s", colour ? colour : "", word);
}


/* Writes what was decided, and what came of it. */
static void
ggictl_show_decision(FILE *out, const ggi_joined_t *joined, int colour)
{
    const ggi_str_t  *first = joined->first.logged.field;
    const ggi_str_t  *last = joined->completion.logged.field;
    const ggi_str_t   allowed = ggi_str("true");

    fputs("  ", out);

    if (ggi_str_eq(first[GGI_LOGGED_DECISION], allowed)) {
        ggictl_show_word(out, "allowed", colour ? "32" : NULL);

    } else {
        ggictl_show_word(out, "refused", colour ? "31" : NULL);
        fputc(' ', out);
        ggictl_show_text(out, first[GGI_LOGGED_REASON]);
    }

    ggictl_show_known(out, " (observed: ", first[GGI_LOGGED_WOULD_REFUSE], ")");
    fputs("  ", out);

    if (joined->open) {
        ggictl_show_word(out, "open", colour ? "33" : NULL);

    } else {
        ggictl_show_text(out, last[GGI_LOGGED_ANSWER].len ? last[GGI_LOGGED_ANSWER]
                                                          : first[GGI_LOGGED_ANSWER]);
    }

    fputs("  ", out);
    ggictl_show_text(out, last[GGI_LOGGED_DURATION]);
    fputs(last[GGI_LOGGED_DURATION].len ? "s" : "", out);
    ggictl_show_known(out, "  ", last[GGI_LOGGED_ERROR], "");
}


/* Reads ms since the epoch. */
static const char *
ggictl_show_field_time(char text[GGICTL_SHOW_TIME + 1], ggi_str_t field)
{
    size_t    i;
    uint64_t  ms;

    for (ms = 0, i = 0; i < field.len && i < 16 && ggi_is_digit(field.data[i]); i++) {
        ms = ms * 10 + (uint64_t) (field.data[i] - '0');
    }

    return ggictl_show_time(text, ms);
}


/* Writes what a record of the trail itself tells. */
static void
ggictl_show_trail(FILE *out, const ggi_logged_t *logged)
{
    char              from[GGICTL_SHOW_TIME + 1], to[GGICTL_SHOW_TIME + 1];
    int               lost;
    const ggi_str_t  *field = logged->field;

    static const ggi_str_t  gap = ggi_str("ggi.gap");
    static const ggi_str_t  anonymous = ggi_str("ggi.anonymous_refusals");

    fputs("  ", out);
    ggictl_show_text(out, field[GGI_LOGGED_EVENT]);

    lost = ggi_str_eq(field[GGI_LOGGED_EVENT], gap);

    if (lost || ggi_str_eq(field[GGI_LOGGED_EVENT], anonymous)) {
        fputs(": ", out);
        ggictl_show_text(out, field[GGI_LOGGED_COUNT]);
        fputs(lost ? " records were lost" : " refusals were only counted", out);
        fprintf(out, " from %s to %s", ggictl_show_field_time(from, field[GGI_LOGGED_FROM]),
                ggictl_show_field_time(to, field[GGI_LOGGED_TO]));
    }

    ggictl_show_known(out, ", of ", field[GGI_LOGGED_CLIENT], "");
    ggictl_show_known(out, ": ", field[GGI_LOGGED_WHY], "");
    fputs(", in chain ", out);
    ggictl_show_text(out, field[GGI_LOGGED_CHAIN]);
    fputs(" of ", out);
    ggictl_show_text(out, field[GGI_LOGGED_NODE]);
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

    if (logged->kind == GGI_LOGGED_IS_TRAIL) {
        ggictl_show_trail(out, logged);

    } else {
        ggictl_show_fields(out, logged, before, sizeof(before) / sizeof(before[0]));
        fputc(' ', out);
        ggictl_show_text(out, logged->field[GGI_LOGGED_PATH]);
        ggictl_show_decision(out, joined, colour);
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
        fwrite(record->line, 1, record->len, out);
        json_decref(root);
        return;
    }

    text = ggictl_json_str(record->line, record->len);
    json_dumpf(text, out, JSON_ENCODE_ANY);
    json_decref(text);
}


void
ggictl_show_json(FILE *out, const ggi_joined_t *joined)
{
    if (joined->first.logged.kind == GGI_LOGGED_IS_TRAIL) {
        fputs("{\"record\":", out);
        ggictl_show_record(out, &joined->first);

    } else {
        fputs("{\"decision\":", out);
        ggictl_show_record(out, &joined->first);
        fputs(",\"completion\":", out);
        ggictl_show_record(out, &joined->completion);
    }

    fputc('}', out);
}
