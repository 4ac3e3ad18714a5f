/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_match.h"
#include "ggi_silence.h"
#include "ggictl_calls.h"
#include "ggictl_duration.h"
#include "ggictl_match.h"
#include "ggictl_match_show.h"
#include "ggictl_out.h"
#include "ggictl_show.h"
#include "ggictl_sort.h"
#include "ggictl_wanted.h"

#define GGICTL_MATCH_CLOCK  (5 * 60000)         /* ms by which clocks may differ by default */
#define GGICTL_MATCH_LASTS  (10 * 60000)        /* ms by which one half may be behind besides */


typedef struct {
    ggi_match_t        match;
    ggi_silences_t     silences[GGI_SIDES];
    ggictl_sort_t      sort;
    ggi_half_t        *half;            /* GGI_HALF_MAX bytes */
    ggi_side_e         side;            /* whose log is read */
    uint64_t           calls[GGI_SIDES];        /* halves that are of the side whose log has them */
    uint64_t           others[GGI_SIDES];       /* those of the other side, until there is a call */
    ggi_filter_t       filter;          /* all calls of the time */
    uint64_t           from;            /* ms since the epoch: calls from then on are asked for */
    uint64_t           to;
    ggi_str_t          dienst;          /* empty: any */
    uint64_t           clock;           /* ms by which the clocks of both may differ */
    size_t             limit;           /* most calls that are shown; 0: all */
    size_t             shown;
    uint64_t           explained;
    int                failed;          /* 1: there was a message */
    ggictl_show_t      show;
} ggictl_match_t;


static void
ggictl_match_seen(void *data, const char *line, size_t len)
{
    ggictl_match_t  *match = data;

    ggi_silence_add(&match->silences[match->side], line, len);
}


/* Returns 1 when a half is of the dienst that is asked for, by the name of either side. */
static int
ggictl_match_dienst(const ggictl_match_t *match, const ggi_half_t *half)
{
    return match->dienst.len == 0
           || ggi_str_eq(ggi_half_text(half, GGI_HALF_DIENST), match->dienst)
           || ggi_str_eq(ggi_pair_text(half, GGI_HALF_DIENST, &match->match.names), match->dienst);
}


/* Adds the half of a call of the log that is read. */
static int
ggictl_match_call(void *data, const ggi_joined_t *joined)
{
    ggi_half_t      *half;
    ggictl_match_t  *match = data;

    half = match->half;

    if (!ggi_half_make(half, match->side, joined)) {
        match->others[match->side] += match->calls[match->side] == 0
                                      && ggi_half_make(half, !match->side, joined);
        return 1;
    }

    match->calls[match->side]++;
    half->asked = half->time >= match->from && half->time < match->to
                  && ggictl_match_dienst(match, half);

    ggi_oins_add(&match->match.own[match->side],
                 ggi_half_text(half, match->side == GGI_SIDE_CONSUMER ? GGI_HALF_OIN
                                                                      : GGI_HALF_PROVIDER));

    match->failed = !ggictl_sort_add(&match->sort, half);

    return !match->failed;
}


/* Reads the log of a side, which n arguments name. Returns GGICTL_OK, or GGICTL_ERROR. */
static int
ggictl_match_read(ggictl_match_t *match, ggi_side_e side, const ggictl_args_t *args,
    char **arguments, int n)
{
    int             rc;
    ggictl_args_t   given;
    ggictl_calls_t  calls;

    given = *args;
    given.arguments = arguments;
    given.n = n;
    match->side = side;

    if (ggictl_calls_open(&calls, &match->filter, &given, ggictl_match_call, match, 0)) {
        calls.asked.seen = ggictl_match_seen;
        calls.asked.data = match;
        rc = ggictl_calls_read(&calls);

    } else {
        rc = GGICTL_ERROR;
    }

    ggictl_calls_free(&calls);

    if (rc == GGICTL_OK && !ggi_silence_end(&match->silences[side])) {
        rc = ggictl_fail("no memory");
    }

    return match->failed ? GGICTL_ERROR : rc;
}


/*
 * Returns what explains that logs lack the half or the decision of a call, or NULL when nothing
 * does, of one log or of both. A log tells by its own clock when it lost a decision.
 */
static const ggi_silence_t *
ggictl_match_why(const ggictl_match_t *match, const ggi_pair_t *pair)
{
    unsigned              side, missing;
    const ggi_half_t     *half;
    const ggi_silence_t  *silence;

    silence = NULL;

    for (side = 0; side < GGI_SIDES; side++) {
        missing = pair->missing & 1u << side;

        if (!missing && !(pair->undecided & 1u << side)) {
            continue;
        }

        half = pair->half[missing ? !side : side];
        silence = ggi_silence_find(&match->silences[side], half->time, half->until,
                                   missing ? match->clock : 0);
        if (silence == NULL) {
            return NULL;
        }
    }

    return silence;
}


/* Shows a call that is open. */
static int
ggictl_match_open(void *data, const ggi_pair_t *pair)
{
    ggictl_match_t       *match = data;
    const ggi_silence_t  *silence;

    silence = ggictl_match_why(match, pair);
    match->explained += (silence != NULL);

    if (match->limit && match->shown == match->limit) {
        return 1;
    }

    match->shown++;

    if (match->show.json) {
        fputs(match->shown > 1 ? ",\n" : "", stdout);
        ggictl_match_show_json(stdout, pair, silence);

    } else {
        ggictl_match_show_line(stdout, pair, silence);
    }

    return 1;
}


static int
ggictl_match_item(void *data, const void *item)
{
    ggictl_match_t  *match = data;

    if (!ggi_match_add(&match->match, item)) {
        (void) ggictl_fail("no memory");
        match->failed = 1;
    }

    return !match->failed && !ferror(stdout);
}


/* Matches what was read, and shows it. Returns the exit status. */
static int
ggictl_match_all(ggictl_match_t *match)
{
    const ggi_match_counts_t  *counts = &match->match.counts;

    fputs(match->show.json ? "{\"open\":[\n" : "", stdout);

    if (!ggictl_sort_give(&match->sort, ggictl_match_item, match) || match->failed) {
        return GGICTL_ERROR;
    }

    ggi_match_finish(&match->match);

    if (match->show.json) {
        fputs("],\n\"counts\":", stdout);
        ggictl_match_show_counts_json(stdout, counts, match->explained);
        fputs("}\n", stdout);

    } else {
        ggictl_match_show_counts(stdout, counts, match->explained);
    }

    return ggi_match_open(&match->match) ? GGICTL_NO : GGICTL_OK;
}


/* Takes over what the options say of the two logs. Returns 1, or 0 after a message. */
static int
ggictl_match_options(ggictl_match_t *match, const ggictl_args_t *args)
{
    ggi_str_t    at;
    const char  *error, *clock, *names;

    clock = args->option[GGICTL_CLOCK];
    match->clock = GGICTL_MATCH_CLOCK;

    if (clock) {
        match->clock = (uint64_t) ggictl_duration_read(ggictl_options[GGICTL_CLOCK].name, clock,
                                                       1);
        if (match->clock == 0) {
            return 0;
        }
    }

    names = args->option[GGICTL_DIENST_NAMES];
    error = names ? ggi_dienst_names_read(&match->match.names, ggictl_str(names), &at) : NULL;

    if (error) {
        (void) ggictl_fail("--%s: %s, and not \"%.*s\"",
                           ggictl_options[GGICTL_DIENST_NAMES].name, error, (int) at.len, at.data);
        return 0;
    }

    return 1;
}


/* Takes over which calls are asked for; match->clock is known. */
static void
ggictl_match_wanted(ggictl_match_t *match, const ggictl_wanted_t *wanted)
{
    uint64_t                   around;
    const ggi_filter_texts_t  *dienst = &wanted->filter.is[GGI_LOGGED_DIENST];

    match->limit = wanted->limit;
    match->from = wanted->filter.from;
    match->to = wanted->filter.to;

    if (dienst->n) {
        match->dienst = dienst->any[0];
    }

    ggi_filter_init(&match->filter);
    around = match->clock + GGICTL_MATCH_LASTS;

    if (match->from > around) {
        match->filter.from = match->from - around;
    }

    if (match->to < UINT64_MAX - around) {
        match->filter.to = match->to + around;
    }
}


/* Returns 1 when each log is one of the other side, of which nothing would be open. */
static int
ggictl_match_swapped(const ggictl_match_t *match)
{
    int  side;

    for (side = 0; side < GGI_SIDES; side++) {
        if (match->calls[side] || match->others[side] == 0) {
            return 0;
        }
    }

    return 1;
}


static int
ggictl_match_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, void *data)
{
    int              rc, n;
    ggictl_match_t  *match = data;

    n = args->split;

    if (n == 0 && args->n == 2) {
        n = 1;
    }

    if (n == 0 || n == args->n) {
        return ggictl_fail("%s: expected %s; \"--\" stands between the logs of both",
                           args->command->name, args->command->arguments);
    }

    ggi_match_init(&match->match, ggictl_match_open, match);

    if (!ggictl_match_options(match, args)) {
        return GGICTL_ERROR;
    }

    ggictl_match_wanted(match, wanted);
    match->half = malloc(GGI_HALF_MAX);

    if (match->half == NULL) {
        return ggictl_fail("no memory");
    }

    if (!ggictl_sort_init(&match->sort, ggi_half_compare, GGICTL_SORT_MEMORY)) {
        return GGICTL_ERROR;
    }

    rc = ggictl_match_read(match, GGI_SIDE_PROVIDER, args, args->arguments, n);

    if (rc == GGICTL_OK) {
        rc = ggictl_match_read(match, GGI_SIDE_CONSUMER, args, args->arguments + n, args->n - n);
    }

    if (rc == GGICTL_OK && ggictl_match_swapped(match)) {
        return ggictl_fail("%s: the first log is that of a consumer and the second that of a "
                           "provider: expected %s",
                           args->command->name, args->command->arguments);
    }

    return rc == GGICTL_OK ? ggictl_match_all(match) : rc;
}


int
ggictl_match(ggictl_args_t *args)
{
    int             rc;
    ggictl_match_t  match;

    memset(&match, 0, sizeof(ggictl_match_t));
    match.sort.fd = -1;
    match.show = ggictl_show_begin(args);
    rc = ggictl_wanted_run(args, 1, ggictl_match_run, &match);
    ggi_match_free(&match.match);
    ggi_silence_free(&match.silences[GGI_SIDE_PROVIDER]);
    ggi_silence_free(&match.silences[GGI_SIDE_CONSUMER]);
    ggictl_sort_free(&match.sort);
    free(match.half);

    return rc;
}
