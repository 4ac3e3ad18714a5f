/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_joined.h"

#define GGI_JOINED_DIGITS  12           /* most digits of a duration that are read */
#define GGI_JOINED_CLOCK   1000         /* ms by which times of a call may differ */
#define GGI_JOINED_LONG    60000        /* ms for which a disk may not answer */


/* Copies a record that was read from a line. Returns 1, or 0 without memory. */
static int
ggi_joined_copy(ggi_joined_record_t *record, const char *line, size_t len,
    const ggi_logged_t *logged)
{
    len -= (len && line[len - 1] == '\n');
    record->line = malloc(len + 1);

    if (record->line == NULL) {
        return 0;
    }

    memcpy(record->line, line, len);
    record->line[len] = '\0';
    record->len = len;
    record->logged = *logged;
    ggi_logged_move(&record->logged, line, record->line);

    return 1;
}


ggi_joined_t *
ggi_joined_create(const char *line, size_t len, const ggi_logged_t *logged)
{
    ggi_joined_t  *joined;

    joined = calloc(1, sizeof(ggi_joined_t));

    if (joined == NULL || !ggi_joined_copy(&joined->first, line, len, logged)) {
        free(joined);
        return NULL;
    }

    return joined;
}


ggi_joined_t *
ggi_joined_undecided(const char *line, size_t len, const ggi_logged_t *logged)
{
    ggi_str_t     *field;
    ggi_joined_t  *joined;

    joined = calloc(1, sizeof(ggi_joined_t));

    if (joined == NULL || !ggi_joined_copy(&joined->end, line, len, logged)) {
        free(joined);
        return NULL;
    }

    joined->first.logged = joined->end.logged;
    field = joined->first.logged.field;

    if (field[GGI_LOGGED_PARENT].len) {
        field[GGI_LOGGED_SPAN] = field[GGI_LOGGED_PARENT];
        field[GGI_LOGGED_PARENT].len = 0;
    }

    return joined;
}


int
ggi_joined_end(ggi_joined_t *joined, const char *line, size_t len, const ggi_logged_t *logged)
{
    return ggi_joined_copy(&joined->end, line, len, logged);
}


void
ggi_joined_free(ggi_joined_t *joined)
{
    free(joined->first.line);
    free(joined->end.line);
    free(joined);
}


int
ggi_joined_is_call(const ggi_joined_t *joined)
{
    return joined->first.line == NULL || joined->first.logged.kind == GGI_LOGGED_IS_DECISION;
}


int
ggi_joined_is_withdrawn(const ggi_joined_t *joined)
{
    return joined->end.line && joined->end.logged.kind == GGI_LOGGED_IS_WITHDRAWAL;
}


int
ggi_joined_is_undecided(const ggi_joined_t *joined)
{
    return joined->first.line == NULL;
}


ggi_str_t
ggi_joined_field(const ggi_joined_t *joined, ggi_logged_field_e field)
{
    static const ggi_str_t  refused = ggi_str("false");

    if (field == GGI_LOGGED_DECISION && ggi_joined_is_withdrawn(joined)) {
        return refused;
    }

    if ((field == GGI_LOGGED_REASON && ggi_joined_is_withdrawn(joined))
        || (field == GGI_LOGGED_ANSWER && joined->end.logged.field[field].len))
    {
        return joined->end.logged.field[field];
    }

    return joined->first.logged.field[field];
}


uint64_t
ggi_joined_duration(const ggi_logged_t *completion)
{
    size_t     i;
    uint64_t   ms;
    ggi_str_t  text;

    text = completion->field[GGI_LOGGED_DURATION];

    /* seconds with three decimals */

    for (ms = 0, i = 0; i < text.len && i < GGI_JOINED_DIGITS; i++) {
        if (ggi_is_digit(text.data[i])) {
            ms = ms * 10 + (uint64_t) (text.data[i] - '0');
        }
    }

    return ms;
}


int
ggi_joined_match(const ggi_filter_t *filter, const ggi_joined_t *joined)
{
    ggi_logged_t  last;

    if (!ggi_joined_is_call(joined) || !ggi_joined_is_withdrawn(joined)) {
        return ggi_filter_match(filter, &joined->first.logged);
    }

    last = joined->first.logged;
    last.field[GGI_LOGGED_DECISION] = ggi_joined_field(joined, GGI_LOGGED_DECISION);
    last.field[GGI_LOGGED_REASON] = ggi_joined_field(joined, GGI_LOGGED_REASON);

    return ggi_filter_match(filter, &last);
}


/* Returns 1 when a filter asks for something that the record which ends a call does not tell. */
static int
ggi_joined_asks_more(const ggi_filter_t *filter, ggi_logged_kind_e kind)
{
    size_t  i, n;

    /* a redirect may change the method and the path */
    static const ggi_logged_field_e  more[] = {
        GGI_LOGGED_DOELBINDING, GGI_LOGGED_SUBJECT, GGI_LOGGED_USER, GGI_LOGGED_TOEPASSING,
        GGI_LOGGED_FUNCTIE, GGI_LOGGED_CONSENT, GGI_LOGGED_METHOD, GGI_LOGGED_DECISION,
        GGI_LOGGED_REASON
    };

    /* a withdrawal tells the last two */
    n = sizeof(more) / sizeof(more[0]) - (kind == GGI_LOGGED_IS_WITHDRAWAL ? 2 : 0);

    for (i = 0; i < n; i++) {
        if (filter->is[more[i]].n) {
            return 1;
        }
    }

    return filter->path.len != 0;
}


int
ggi_joined_end_asked(const ggi_filter_t *filter, uint64_t since, const char *line, size_t len,
    const ggi_glance_t *glance, ggi_logged_t *logged)
{
    uint64_t  lead;

    if (filter && (ggi_joined_asks_more(filter, glance->kind)
                   || !ggi_filter_glance(filter, line, len)))
    {
        return 0;
    }

    if (!ggi_logged_read(logged, line, len) || logged->field[GGI_LOGGED_UPDATE].len) {
        return 0;
    }

    lead = GGI_JOINED_CLOCK + (logged->kind == GGI_LOGGED_IS_WITHDRAWAL
                               ? GGI_JOINED_LONG : ggi_joined_duration(logged));

    return since == 0 || logged->time >= since + lead;
}
