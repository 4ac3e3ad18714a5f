/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_logged_text.h"
#include "ggi_tally.h"
#include "ggictl_calls_all.h"
#include "ggictl_out.h"
#include "ggictl_show.h"
#include "ggictl_stats.h"
#include "ggictl_wanted.h"

#define GGICTL_STATS_HOUR  13           /* bytes of a time up to its hour */
#define GGICTL_STATS_NAME  256          /* bytes of a name of two parts */


/* By what calls are counted, as the values of --by name it. */
typedef enum {
    GGICTL_BY_DIENST = 0,
    GGICTL_BY_ORGANISATION,
    GGICTL_BY_DOELBINDING,
    GGICTL_BY_REASON,
    GGICTL_BY_HOUR,
    GGICTL_BY
} ggictl_by_e;

static const char  *ggictl_by[GGICTL_BY] = {
    "dienst", "organisation", "doelbinding", "reason", "hour"
};

typedef struct {
    ggi_tally_row_t  all;
    ggi_tally_t      tally[GGICTL_BY];
    ggi_tally_t      events;            /* records in which the log tells of itself */
    int              failed;            /* 1: there was no memory */
} ggictl_stats_t;


/* Returns the name under which a call is counted; buf is for a name that is made. */
static ggi_str_t
ggictl_stats_name(ggictl_by_e by, const ggi_joined_t *joined, char buf[GGICTL_STATS_NAME])
{
    ggi_str_t         name;
    const ggi_str_t  *field = joined->first.logged.field;

    static const ggi_str_t  allowed = ggi_str("allowed");

    switch (by) {
    case GGICTL_BY_DIENST:
        return field[GGI_LOGGED_DIENST];

    case GGICTL_BY_DOELBINDING:
        return field[GGI_LOGGED_DOELBINDING];

    case GGICTL_BY_REASON:
        name = ggi_joined_field(joined, GGI_LOGGED_REASON);
        return name.len ? name : allowed;

    case GGICTL_BY_HOUR:
        name.data = ggictl_show_time(buf, joined->first.logged.time);
        name.len = GGICTL_STATS_HOUR;
        return name;

    default:
        name.data = buf;
        name.len = (size_t) snprintf(buf, GGICTL_STATS_NAME, "%.*s %.*s",
                                     (int) field[GGI_LOGGED_OIN].len, field[GGI_LOGGED_OIN].data,
                                     (int) field[GGI_LOGGED_ORGANISATION].len,
                                     field[GGI_LOGGED_ORGANISATION].data);

        if (name.len >= GGICTL_STATS_NAME || field[GGI_LOGGED_ORGANISATION].len == 0) {
            return field[GGI_LOGGED_OIN];
        }

        return name;
    }
}


static int
ggictl_stats_call(void *data, const ggi_joined_t *joined)
{
    int              good;
    char             buf[GGICTL_STATS_NAME];
    unsigned         by;
    ggictl_stats_t  *stats = data;

    if (!ggi_joined_is_call(joined)) {
        good = ggi_tally_add(&stats->events, joined->first.logged.field[GGI_LOGGED_EVENT], joined);

    } else {
        ggi_tally_count(&stats->all, joined);

        for (good = 1, by = 0; by < GGICTL_BY; by++) {
            good = good && ggi_tally_add(&stats->tally[by],
                                         ggictl_stats_name((ggictl_by_e) by, joined, buf),
                                         joined);
        }
    }

    stats->failed |= !good;

    return good;
}


/* Prints a row of a table. */
static void
ggictl_stats_row(const ggi_tally_row_t *row, const char *name)
{
    char  mean[32];

    snprintf(mean, sizeof(mean), "%" PRIu64, row->timed ? row->ms / row->timed : 0);
    printf("%10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64
           " %10" PRIu64 " %10" PRIu64 " %8s %8" PRIu64 "  ", row->calls, row->allowed,
           row->refused, row->withdrawn, row->observed, row->failed, row->open, row->undecided,
           row->timed ? mean : "-", row->longest);

    if (name) {
        fputs(name, stdout);
    } else {
        ggictl_show_text(stdout, row->name);
    }

    putchar('\n');
}


static void
ggictl_stats_head(const char *name)
{
    printf("%10s %10s %10s %10s %10s %10s %10s %10s %8s %8s  %s\n", "calls", "allowed", "refused",
           "withdrawn", "observed", "failed", "open", "undecided", "mean ms", "max ms", name);
}


static json_t *
ggictl_stats_json(const ggi_tally_row_t *row)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "calls",
                     (json_int_t) row->calls, "allowed", (json_int_t) row->allowed, "refused",
                     (json_int_t) row->refused, "withdrawn", (json_int_t) row->withdrawn,
                     "observed", (json_int_t) row->observed, "failed", (json_int_t) row->failed,
                     "open", (json_int_t) row->open, "undecided", (json_int_t) row->undecided,
                     "mean_ms", (json_int_t) (row->timed ? row->ms / row->timed : 0), "max_ms",
                     (json_int_t) row->longest);
}


/* Returns an object of JSON for a row, with its name. */
static json_t *
ggictl_stats_named(const ggi_tally_row_t *row)
{
    char    *text;
    json_t  *json;

    json = ggictl_stats_json(row);
    text = malloc(row->name.len + 1);

    if (text) {
        json_object_set_new(json, "name",
                            ggictl_json_str(text, ggi_logged_text_read(text, row->name)));
    }

    free(text);

    return json;
}


/* Gives a table: as text, or as a member of the result. */
static void
ggictl_stats_table(json_t *result, ggi_tally_t *tally, const char *name, int by_name)
{
    size_t   i;
    json_t  *rows;

    ggi_tally_sort(tally, by_name);

    if (result) {
        rows = json_array();

        for (i = 0; i < tally->n; i++) {
            json_array_append_new(rows, ggictl_stats_named(&tally->rows[i]));
        }

        if (tally->others.calls) {
            json_array_append_new(rows, ggictl_stats_json(&tally->others));
        }

        json_object_set_new(result, name, rows);
        return;
    }

    putchar('\n');
    ggictl_stats_head(name);

    for (i = 0; i < tally->n; i++) {
        ggictl_stats_row(&tally->rows[i], NULL);
    }

    if (tally->others.calls) {
        ggictl_stats_row(&tally->others, "(all others)");
    }
}


/* Gives how often each event of the log itself was recorded. */
static void
ggictl_stats_events(json_t *result, ggi_tally_t *tally)
{
    size_t   i;
    json_t  *events;

    ggi_tally_sort(tally, 1);
    events = result ? json_object() : NULL;

    for (i = 0; i < tally->n; i++) {
        if (result) {
            json_object_setn_new(events, tally->rows[i].name.data, tally->rows[i].name.len,
                                 json_integer((json_int_t) tally->rows[i].calls));

        } else {
            printf("%s%10" PRIu64 "  ", i ? "" : "\n", tally->rows[i].calls);
            ggictl_show_text(stdout, tally->rows[i].name);
            putchar('\n');
        }
    }

    json_object_set_new(result, "events", events);
}


/* Gives all that was counted, or what one kind of name has. */
static void
ggictl_stats_give(const ggictl_args_t *args, ggictl_stats_t *stats)
{
    unsigned     by;
    const char  *only;

    only = args->option[GGICTL_BY_WHAT];

    if (args->result) {
        json_object_set_new(args->result, "all", ggictl_stats_json(&stats->all));

    } else {
        ggictl_stats_head("");
        ggictl_stats_row(&stats->all, "in all");
    }

    for (by = 0; by < GGICTL_BY; by++) {
        if (only == NULL || strcmp(only, ggictl_by[by]) == 0) {
            ggictl_stats_table(args->result, &stats->tally[by], ggictl_by[by],
                               by == GGICTL_BY_HOUR);
        }
    }

    ggictl_stats_events(args->result, &stats->events);
}


/* Reads the log and counts. Returns the exit status. */
static int
ggictl_stats_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, void *data)
{
    int              rc;
    unsigned         by;
    ggictl_stats_t  *stats = data;

    for (by = 0; by < GGICTL_BY; by++) {
        stats->failed |= !ggi_tally_init(&stats->tally[by]);
    }

    stats->failed |= !ggi_tally_init(&stats->events);

    if (stats->failed) {
        return ggictl_fail("no memory");
    }

    rc = ggictl_calls_all(&wanted->filter, args, ggictl_stats_call, stats);

    if (stats->failed) {
        return ggictl_fail("no memory");
    }

    if (rc == GGICTL_OK) {
        ggictl_stats_give(args, stats);
        rc = stats->all.calls ? GGICTL_OK : GGICTL_NO;
    }

    return rc;
}


int
ggictl_stats(ggictl_args_t *args)
{
    int             rc;
    unsigned        by;
    ggictl_stats_t  stats;

    memset(&stats, 0, sizeof(ggictl_stats_t));
    rc = ggictl_wanted_run(args, 1, ggictl_stats_run, &stats);

    for (by = 0; by < GGICTL_BY; by++) {
        ggi_tally_free(&stats.tally[by]);
    }

    ggi_tally_free(&stats.events);

    return rc;
}
