/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * PostgreSQL as a sink: the table "ggi_audit", which has a partition for each day, what cannot
 * be stored there in "ggi_audit_aside", and in "ggi_audit_place" how far each file was shipped.
 * A part of a file and its place are stored in one transaction.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_postgres.h"
#include "ggictl_sink.h"
#include "ggictl_tables.h"

#define GGICTL_SINK_PATIENCE  60        /* seconds without an answer */


typedef struct {
    ggictl_postgres_t  pg;
    ggi_seal_text_t    copy;            /* the data of a COPY */
    int                day;             /* a day that surely has its partition; 0: none */
} ggictl_sink_postgres_t;


/* Copies why a call failed. Returns what that means. */
static ggictl_sink_e
ggictl_sink_postgres_failed(ggictl_sink_t *sink)
{
    ggictl_sink_postgres_t  *to = sink->data;

    snprintf(sink->error, sizeof(sink->error), "%s", to->pg.error);

    return to->pg.refused ? GGICTL_SINK_REFUSED : GGICTL_SINK_DOWN;
}


static ggictl_sink_e
ggictl_sink_postgres_open(ggictl_sink_t *sink, const ggictl_redis_access_t *access)
{
    ggictl_sink_postgres_t  *to;

    to = calloc(1, sizeof(ggictl_sink_postgres_t));
    sink->data = to;

    if (to == NULL) {
        snprintf(sink->error, sizeof(sink->error), "no memory");
        return GGICTL_SINK_DOWN;
    }

    if (!ggictl_postgres_open(&to->pg, access->url, GGICTL_SINK_PATIENCE)
        || !ggictl_tables_all(&to->pg)
        || !ggictl_postgres_run(&to->pg, "CREATE TEMPORARY TABLE ggi_audit_stage"
                                " ON COMMIT DELETE ROWS AS SELECT a.*, p.file, p.place"
                                " FROM ggi_audit a, ggi_audit_place p WHERE false"))
    {
        to->pg.refused = 0;
        return ggictl_sink_postgres_failed(sink);
    }

    return GGICTL_SINK_OK;
}


static void
ggictl_sink_postgres_close(ggictl_sink_t *sink)
{
    ggictl_sink_postgres_t  *to = sink->data;

    if (to) {
        ggictl_postgres_close(&to->pg);
        free(to->copy.data);
        free(to);
        sink->data = NULL;
    }
}


/* Reads bytes, as a text of PostgreSQL has them: \x and hexadecimal digits. */
static void
ggictl_sink_postgres_hash(unsigned char hash[GGI_SEAL_HASH], const PGresult *result, int column)
{
    memset(hash, 0, GGI_SEAL_HASH);

    if (PQgetlength(result, 0, column) == 2 + 2 * GGI_SEAL_HASH) {
        (void) ggi_hex_read(hash, PQgetvalue(result, 0, column) + 2, GGI_SEAL_HASH);
    }
}


static ggictl_sink_e
ggictl_sink_postgres_find(ggictl_sink_t *sink, ggictl_sink_place_t *place)
{
    PGresult                *result;
    ggictl_sink_postgres_t  *to = sink->data;
    ggictl_postgres_value_t  value = { (const char *) place->hash, GGI_SEAL_HASH };

    result = ggictl_postgres_ask(&to->pg, "SELECT place, last_len, last FROM ggi_audit_place"
                                 " WHERE file = $1", 1, &value);

    if (result == NULL) {
        return ggictl_sink_postgres_failed(sink);
    }

    place->place = 0;
    place->last_len = 0;

    if (PQntuples(result) == 1) {
        place->place = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
        place->last_len = strtoull(PQgetvalue(result, 0, 1), NULL, 10);
        ggictl_sink_postgres_hash(place->last, result, 2);
    }

    PQclear(result);

    return GGICTL_SINK_OK;
}


static ggictl_sink_e
ggictl_sink_postgres_packed(ggictl_sink_t *sink, const char *text, int *done)
{
    PGresult                *result;
    ggictl_sink_postgres_t  *to = sink->data;
    ggictl_postgres_value_t  value = { text, -1 };

    result = ggictl_postgres_ask(&to->pg, "SELECT FROM ggi_audit_place WHERE packed = $1", 1,
                                 &value);

    if (result == NULL) {
        return ggictl_sink_postgres_failed(sink);
    }

    *done = (PQntuples(result) != 0);
    PQclear(result);

    return GGICTL_SINK_OK;
}


/* Copies rows into the stage of the session, which is empty. Returns 1, or 0 with the error. */
static int
ggictl_sink_postgres_stage(ggictl_sink_postgres_t *to, const ggi_row_t *rows, size_t n,
    const ggictl_sink_place_t *place)
{
    size_t  i;

    to->copy.len = 0;
    ggi_row_copy_begin(&to->copy);

    for (i = 0; i < n; i++) {
        ggi_row_copy(&to->copy, &rows[i], place->hash);
    }

    ggi_row_copy_end(&to->copy);

    if (to->copy.failed) {
        snprintf(to->pg.error, sizeof(to->pg.error), "no memory");
        return 0;
    }

    return ggictl_postgres_copy(&to->pg, "COPY ggi_audit_stage FROM STDIN (FORMAT binary)",
                                to->copy.data, to->copy.len);
}


/* Takes new rows from the stage into the table, unless why is given. Returns how many, or -1. */
static int64_t
ggictl_sink_postgres_take(ggictl_sink_postgres_t *to, const char *why)
{
    int64_t                  taken;
    ggi_seal_text_t          sql, names;
    const ggi_row_column_t  *column;

    if (why) {
        return 0;
    }

    memset(&sql, 0, sizeof(sql));
    memset(&names, 0, sizeof(names));
    ggi_seal_text_print(&names, "day, chain, number, kind, time");

    for (column = ggi_row_columns; column->name; column++) {
        ggi_seal_text_print(&names, ", %s", column->name);
    }

    ggi_seal_text_print(&names, ", line");
    ggi_seal_text_add(&names, "", 1);
    taken = -1;

    if (!names.failed) {
        ggi_seal_text_print(&sql, "INSERT INTO ggi_audit (%s) SELECT %s FROM ggi_audit_stage"
                            " WHERE chain IS NOT NULL ON CONFLICT DO NOTHING", names.data,
                            names.data);
        ggi_seal_text_add(&sql, "", 1);
        taken = sql.failed ? -1 : ggictl_postgres_do(&to->pg, sql.data, 0, NULL);
    }

    free(names.data);
    free(sql.data);

    return taken;
}


/* Sets aside what the table does not have, nor its tombstone. Returns how many rows, or -1. */
static int64_t
ggictl_sink_postgres_aside(ggictl_sink_postgres_t *to, const char *why)
{
    ggictl_postgres_value_t  value = { why, -1 };

    return ggictl_postgres_do(
        &to->pg, "INSERT INTO ggi_audit_aside (file, place, why, line) SELECT file, place,"
        " coalesce($1::text, CASE WHEN chain IS NULL THEN " GGICTL_TABLES_NONE
        " ELSE " GGICTL_TABLES_OTHER " END), line FROM ggi_audit_stage s"
        " WHERE NOT EXISTS (SELECT FROM ggi_audit a WHERE a.chain = s.chain AND a.number = s.number"
        " AND a.day = s.day AND (a.line = s.line OR " GGI_ROW_HASH("a.line") " = "
        GGI_ROW_HASH("s.line") ")) ON CONFLICT DO NOTHING", 1, &value);
}


/* Stores how far a file was shipped. Returns 1, or 0 with the error. */
static int
ggictl_sink_postgres_place(ggictl_sink_postgres_t *to, const ggictl_sink_place_t *place)
{
    char                     at[24], len[24];
    ggictl_postgres_value_t  values[] = {
        { (const char *) place->hash, GGI_SEAL_HASH }, { at, -1 }, { len, -1 },
        { (const char *) place->last, GGI_SEAL_HASH }, { place->name, (int) strlen(place->name) },
        { place->packed, -1 }
    };

    snprintf(at, sizeof(at), "%llu", (unsigned long long) place->place);
    snprintf(len, sizeof(len), "%llu", (unsigned long long) place->last_len);

    return ggictl_postgres_do(
        &to->pg, "INSERT INTO ggi_audit_place VALUES ($1, $2, $3, $4, encode($5::bytea, 'escape'),"
        " $6) ON CONFLICT (file) DO UPDATE SET place = excluded.place,"
        " last_len = excluded.last_len, last = excluded.last, name = excluded.name,"
        " packed = excluded.packed, shipped = now()", 6, values) != -1;
}


/* Stores rows and place within the transaction that was begun. Returns 1, or 0 with the error. */
static int
ggictl_sink_postgres_store(ggictl_sink_postgres_t *to, const ggi_row_t *rows, size_t n,
    const char *why, const ggictl_sink_place_t *place, ggictl_sink_count_t *count)
{
    int64_t  taken, aside;

    taken = 0;
    aside = 0;

    if (n) {
        if (!ggictl_sink_postgres_stage(to, rows, n, place)) {
            return 0;
        }

        taken = ggictl_sink_postgres_take(to, why);

        if (taken != -1 && taken < (int64_t) n) {
            aside = ggictl_sink_postgres_aside(to, why);
        }

        if (taken == -1 || aside == -1) {
            return 0;
        }
    }

    count->shipped = (uint64_t) taken;
    count->aside = (uint64_t) aside;
    count->known = n - (uint64_t) (taken + aside);

    return ggictl_sink_postgres_place(to, place);
}


/* Has the partition of a day be there. Returns 1, or 0 with the error. */
static int
ggictl_sink_postgres_day(ggictl_sink_postgres_t *to, int day)
{
    if (day != to->day) {
        if (!ggictl_tables_day(&to->pg, day)) {
            return 0;
        }

        to->day = day;
    }

    return 1;
}


static ggictl_sink_e
ggictl_sink_postgres_put(ggictl_sink_t *sink, const ggi_row_t *rows, size_t n, const char *why,
    const ggictl_sink_place_t *place, ggictl_sink_count_t *count)
{
    size_t                   i;
    ggictl_sink_e            rc;
    ggictl_sink_postgres_t  *to = sink->data;

    for (i = 0; i < n; i++) {
        if (rows[i].record && !ggictl_sink_postgres_day(to, ggi_row_day(rows[i].logged.time))) {
            to->pg.refused = 0;
            return ggictl_sink_postgres_failed(sink);
        }
    }

    if (ggictl_postgres_run(&to->pg, "BEGIN")
        && ggictl_sink_postgres_store(to, rows, n, why, place, count)
        && ggictl_postgres_run(&to->pg, "COMMIT"))
    {
        return GGICTL_SINK_OK;
    }

    /* perhaps somebody has removed the partition */
    to->day = 0;
    rc = ggictl_sink_postgres_failed(sink);

    if (rc == GGICTL_SINK_REFUSED && !ggictl_postgres_run(&to->pg, "ROLLBACK")) {
        return GGICTL_SINK_DOWN;
    }

    return rc;
}


const ggictl_sink_type_t  ggictl_sink_postgres = {
    GGICTL_POSTGRES_SCHEME, ggictl_sink_postgres_open, ggictl_sink_postgres_close,
    ggictl_sink_postgres_find, ggictl_sink_postgres_packed, ggictl_sink_postgres_put
};
