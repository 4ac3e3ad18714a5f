/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_where.h"

#define GGI_WHERE_LONG  3600000         /* ms behind the last time in which calls may complete */

#define GGI_WHERE_EPOCH                                                        \
    "timestamptz '1970-01-01 00:00:00+00' + interval '1 millisecond' * $%d::bigint"
#define GGI_WHERE_DAY    "date '2000-01-01' + $%d::int"


/* Adds a value, which it takes over, as the next parameter. Returns the number of that. */
static int
ggi_where_value(ggi_where_t *where, char *value)
{
    char  **values;

    values = realloc(where->values, (size_t) (where->n + 1) * sizeof(char *));

    if (values == NULL || value == NULL) {
        where->failed = 1;
        where->values = values ? values : where->values;
        free(value);
        return 0;
    }

    where->values = values;
    values[where->n++] = value;

    return where->n;
}


static int
ggi_where_number(ggi_where_t *where, int64_t number)
{
    char  text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);

    return ggi_where_value(where, strdup(text));
}


/* Adds a text as a value, as the column has it. */
static int
ggi_where_text(ggi_where_t *where, ggi_str_t text, int limit)
{
    ggi_seal_text_t  value;

    memset(&value, 0, sizeof(value));
    ggi_row_text(&value, text, limit);
    ggi_seal_text_add(&value, "", 1);

    return ggi_where_value(where, value.data);
}


/* Adds a pattern in which "*" is any bytes as a value for LIKE. */
static int
ggi_where_pattern(ggi_where_t *where, ggi_str_t pattern)
{
    size_t           i;
    ggi_str_t        text;
    ggi_seal_text_t  like;

    memset(&like, 0, sizeof(like));

    for (i = 0; i < pattern.len; i++) {
        if (strchr("%_\\", pattern.data[i])) {
            ggi_seal_text_add(&like, "\\", 1);
        }

        ggi_seal_text_add(&like, pattern.data[i] == '*' ? "%" : pattern.data + i, 1);
    }

    text.data = like.data;
    text.len = like.len;
    i = (size_t) ggi_where_text(where, text, 0);
    free(like.data);

    return (int) i;
}


/* Adds that the column is one of the parameters up to the last, from first on. */
static void
ggi_where_in(ggi_where_t *where, const char *column, int first)
{
    int  i;

    ggi_seal_text_print(&where->sql, "%s IN (", column);

    for (i = first; i <= where->n; i++) {
        ggi_seal_text_print(&where->sql, "%s$%d::text", i > first ? ", " : "", i);
    }

    ggi_seal_text_print(&where->sql, ")");
}


/* Adds the texts of which a column has to be one. */
static void
ggi_where_column(ggi_where_t *where, const ggi_filter_t *filter, const ggi_row_column_t *column)
{
    int                        first;
    size_t                     i;
    const ggi_filter_texts_t  *is;

    is = &filter->is[column->field];

    if (is->n == 0) {
        return;
    }

    first = where->n + 1;

    for (i = 0; i < is->n; i++) {
        (void) ggi_where_text(where, is->any[i], column->index);
    }

    ggi_seal_text_print(&where->sql, " AND (");
    ggi_where_in(where, column->name, first);

    if (column->field == GGI_LOGGED_OIN) {
        ggi_seal_text_print(&where->sql, " OR ");
        ggi_where_in(where, "namens", first);
    }

    ggi_seal_text_print(&where->sql, ")");
}


/* Adds from when to when, where the filter says so; late is how many ms later it may be. */
static void
ggi_where_time(ggi_where_t *where, const ggi_filter_t *filter, uint64_t late)
{
    int       day;
    uint64_t  to;

    day = ggi_row_day(filter->from);

    if (day > 0) {
        ggi_seal_text_print(&where->sql, " AND time >= " GGI_WHERE_EPOCH " AND day >= "
                            GGI_WHERE_DAY, ggi_where_number(where, (int64_t) filter->from),
                            ggi_where_number(where, day));
    }

    to = (filter->to < UINT64_MAX - late) ? filter->to + late : UINT64_MAX;
    day = ggi_row_day(to);

    if (day > 0) {
        ggi_seal_text_print(&where->sql, " AND time < " GGI_WHERE_EPOCH " AND day <= "
                            GGI_WHERE_DAY, ggi_where_number(where, (int64_t) to),
                            ggi_where_number(where, day));
    }
}


/*
 * Adds decision and reason, by which a decision also counts that was withdrawn: its record does
 * not say so.
 */
static void
ggi_where_decision(ggi_where_t *where, const ggi_filter_t *filter)
{
    ggi_filter_t  wide;

    static const ggi_row_column_t  decision = { "decision", GGI_LOGGED_DECISION, 0 };
    static const ggi_row_column_t  reason = { "reason", GGI_LOGGED_REASON, 0 };

    ggi_seal_text_print(&where->sql, " AND (true");
    ggi_where_column(where, filter, &decision);
    ggi_where_column(where, filter, &reason);

    if (ggi_filter_widen(filter, &wide)) {
        ggi_seal_text_print(&where->sql, " OR trace IN (SELECT trace FROM ggi_audit WHERE"
                            " kind = 3");
        ggi_where_time(where, filter, GGI_WHERE_LONG);
        ggi_seal_text_print(&where->sql, ")");
    }

    ggi_seal_text_print(&where->sql, ")");
}


/* Ends the statement. Returns 1, or 0 without memory. */
static int
ggi_where_end(ggi_where_t *where)
{
    ggi_seal_text_add(&where->sql, "", 1);
    where->failed |= where->sql.failed;

    return !where->failed;
}


/*
 * What ends a call is found by the trace of its decision; and by itself, since the decision may
 * not be there.
 */
int
ggi_where_calls(ggi_where_t *where, const ggi_filter_t *filter)
{
    const ggi_row_column_t  *column;

    memset(where, 0, sizeof(ggi_where_t));
    ggi_seal_text_print(&where->sql, "WITH found AS (SELECT time, kind, chain, number, trace, line"
                        " FROM ggi_audit WHERE kind IN (%s%s3)", filter->calls ? "1, 2, " : "",
                        filter->trail ? "0, " : "");
    ggi_where_time(where, filter, 0);

    for (column = ggi_row_columns; column->name; column++) {
        if (column->field != GGI_LOGGED_DECISION && column->field != GGI_LOGGED_REASON) {
            ggi_where_column(where, filter, column);
        }
    }

    ggi_where_decision(where, filter);

    if (filter->path.len) {
        ggi_seal_text_print(&where->sql, " AND path LIKE $%d::text",
                            ggi_where_pattern(where, filter->path));
    }

    ggi_seal_text_print(&where->sql, ") SELECT line FROM (SELECT time, kind, chain, number, line"
                        " FROM found");

    if (filter->calls) {
        ggi_seal_text_print(&where->sql, " UNION SELECT time, kind, chain, number, line"
                            " FROM ggi_audit WHERE kind IN (2, 3) AND trace IN"
                            " (SELECT trace FROM found WHERE kind = 1)");
        ggi_where_time(where, filter, GGI_WHERE_LONG);
    }

    ggi_seal_text_print(&where->sql, ") AS of ORDER BY time, kind IN (2, 3), chain, number");

    return ggi_where_end(where);
}


int
ggi_where_log(ggi_where_t *where, const ggi_filter_t *filter)
{
    static const ggi_row_column_t  node = { "node", GGI_LOGGED_NODE, 0 };

    memset(where, 0, sizeof(ggi_where_t));
    ggi_seal_text_print(&where->sql, "SELECT line FROM ggi_audit WHERE true");
    ggi_where_time(where, filter, 0);
    ggi_where_column(where, filter, &node);
    ggi_seal_text_print(&where->sql, " ORDER BY chain, number");

    return ggi_where_end(where);
}


void
ggi_where_free(ggi_where_t *where)
{
    while (where->n) {
        free(where->values[--where->n]);
    }

    free(where->values);
    free(where->sql.data);
    memset(where, 0, sizeof(ggi_where_t));
}
