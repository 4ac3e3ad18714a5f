/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_row.h"
#include "ggictl_aside.h"
#include "ggictl_changes.h"
#include "ggictl_expire_database.h"
#include "ggictl_out.h"
#include "ggictl_postgres.h"
#include "ggictl_tables.h"

#define GGICTL_EXPIRE_PATIENCE  600     /* seconds without an answer */
#define GGICTL_EXPIRE_BATCH     (1024 * 1024)   /* bytes from which tombstones are stored */


/* A database, of which one connection reads what another one writes. */
typedef struct ggictl_expire_from_s  ggictl_expire_from_t;

struct ggictl_expire_from_s {
    const ggictl_args_t  *args;
    const char           *url;
    ggictl_retained_t    *retained;
    ggictl_expire_told_f *told;
    void                 *data;         /* of told() */
    ggictl_postgres_t     from;
    ggictl_postgres_t     to;
    ggi_seal_text_t       copy;         /* tombstones that are not stored yet */
    int64_t               copied;       /* how many */
    int                   begun;        /* 1: a change of this part is recorded */
    ggictl_change_t       intended;
    const char           *stage;        /* the table that they are copied to */
    ggi_seal_text_t       update;       /* the statement that takes them from there */

    /* judges a row of this part; returns 1, or 0 after a message */
    int                 (*judge)(ggictl_expire_from_t *from, ggictl_bury_t *bury, PGresult *row);
};


static int
ggictl_expire_from_failed(const ggictl_postgres_t *pg)
{
    (void) ggictl_fail("%s", pg->error);
    return 0;
}


/* Carries out a statement of the connection that writes. Returns 1, or 0 after a message. */
static int
ggictl_expire_do(ggictl_expire_from_t *from, const char *sql)
{
    return ggictl_postgres_do(&from->to, sql, 0, NULL) != -1
           || ggictl_expire_from_failed(&from->to);
}


/* Records that records of a part are going to be replaced. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_begin(ggictl_expire_from_t *from, const char *part)
{
    static const ggi_str_t  before = ggi_str("");

    from->begun = ggictl_bury_intend(from->args, from->url, part, before, &from->intended);

    return from->begun && ggictl_expire_do(from, "BEGIN");
}


/* Replaces the records for which tombstones wait. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_flush(ggictl_expire_from_t *from, const char *part)
{
    int64_t  n;
    char     sql[80];

    if (from->copied == 0) {
        return 1;
    }

    if (!from->begun && !ggictl_expire_from_begin(from, part)) {
        return 0;
    }

    snprintf(sql, sizeof(sql), "COPY %s FROM STDIN", from->stage);
    n = -1;

    if (from->copy.failed) {
        (void) ggictl_fail("no memory");

    } else if (!ggictl_postgres_copy(&from->to, sql, from->copy.data, from->copy.len)
               || (n = ggictl_postgres_do(&from->to, from->update.data, 0, NULL)) == -1)
    {
        (void) ggictl_expire_from_failed(&from->to);

    } else if (n != from->copied) {
        (void) ggictl_fail("%s: somebody changed records meanwhile, and none of it expires", part);
        n = -1;
    }

    from->copy.len = 0;
    from->copied = 0;
    snprintf(sql, sizeof(sql), "TRUNCATE %s", from->stage);

    return n != -1 && ggictl_expire_do(from, sql);
}


/* Adds bytes to what waits, in hexadecimal digits, as the last column of a line of a COPY. */
static void
ggictl_expire_from_bytes(ggictl_expire_from_t *from, const char *line, size_t len)
{
    char    hex[2 * 1024];
    size_t  n;

    ggi_seal_text_print(&from->copy, "\t\\\\x");

    for ( ; len; line += n, len -= n) {
        n = (len < sizeof(hex) / 2) ? len : sizeof(hex) / 2;
        ggi_hex_write(hex, (const unsigned char *) line, n);
        ggi_seal_text_add(&from->copy, hex, 2 * n);
    }

    ggi_seal_text_add(&from->copy, "\n", 1);
    from->copied++;
}


/* Judges a record of a day: the row has its line. */
static int
ggictl_expire_from_record(ggictl_expire_from_t *from, ggictl_bury_t *bury, PGresult *row)
{
    size_t               len;
    ggi_verify_place_t   place;

    len = (size_t) PQgetlength(row, 0, 0);
    bury->records++;

    if (ggictl_bury_expires(bury, from->retained, PQgetvalue(row, 0, 0), len, &place)
        && from->args->option[GGICTL_DRY_RUN] == NULL)
    {
        ggi_seal_text_print(&from->copy, "%s\t%" PRId64, place.id, place.number);
        ggictl_expire_from_bytes(from, bury->copy, len);
    }

    return 1;
}


/* Judges a line that was set aside: the row has its file and place, since when, and the line. */
static int
ggictl_expire_from_aside(ggictl_expire_from_t *from, ggictl_bury_t *bury, PGresult *row)
{
    size_t           len;
    ggictl_aside_e   judged;

    len = (size_t) PQgetlength(row, 0, 2);
    judged = ggictl_aside_judge(bury, from->retained, PQgetvalue(row, 0, 2), len,
                                strtoll(PQgetvalue(row, 0, 1), NULL, 10));

    if (judged != GGICTL_ASIDE_KEPT && from->args->option[GGICTL_DRY_RUN] == NULL) {
        ggi_seal_text_print(&from->copy, "%s", PQgetvalue(row, 0, 0));
        ggictl_expire_from_bytes(from, bury->copy, judged == GGICTL_ASIDE_BURIED ? len : 0);
    }

    return 1;
}


/* Judges all rows that a statement finds. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_rows(ggictl_expire_from_t *from, ggictl_bury_t *bury, const char *sql)
{
    int        rc, good;
    PGresult  *row;

    if (!ggictl_postgres_begin(&from->from, sql, 0, NULL)) {
        return ggictl_expire_from_failed(&from->from);
    }

    for (good = 1; good && (rc = ggictl_postgres_next(&from->from, &row)) == 1; PQclear(row)) {
        good = from->judge(from, bury, row)
               && (from->copy.len < GGICTL_EXPIRE_BATCH
                   || ggictl_expire_from_flush(from, bury->name));
    }

    if (good && rc == -1) {
        return ggictl_expire_from_failed(&from->from);
    }

    return good && ggictl_expire_from_flush(from, bury->name);
}


/*
 * Replaces what has expired of a part, of which a statement finds all rows: all of it, or
 * nothing. Returns 1, or 0 after a message.
 */
static int
ggictl_expire_from_part(ggictl_expire_from_t *from, const char *part, const char *sql)
{
    int              good;
    ggictl_bury_t    bury;
    ggictl_change_e  came;

    from->begun = 0;
    from->copied = 0;
    from->copy.len = 0;
    ggi_seal_text_add(&from->update, "", 1);
    good = (!from->update.failed || (ggictl_fail("no memory"), 0))
           & ggictl_bury_start(&bury, part);
    good = good && ggictl_expire_from_rows(from, &bury, sql);

    if (from->begun) {
        came = good ? GGICTL_CHANGE_UNKNOWN : GGICTL_CHANGE_FAILED;
        good = good && ggictl_expire_do(from, "COMMIT");
        ggictl_changes_outcome(from->args->changes, &from->intended,
                               good ? GGICTL_CHANGE_DONE : came,
                               good ? NULL : "the database does not say that it has replaced them");
    }

    if (good) {
        from->told(from->data, &bury, NULL);
    }

    ggictl_bury_close(&bury);

    return good;
}


/* Replaces records of a day. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_day(ggictl_expire_from_t *from, const char *day)
{
    char                     sql[160];
    ggi_seal_text_t         *update;
    const ggi_row_column_t  *column;

    update = &from->update;
    update->len = 0;
    ggi_seal_text_print(update, "UPDATE ggi_audit a SET kind = 0, line = s.line,"
                        " event = 'ggi.tombstone'");

    for (column = ggi_row_columns; column->name; column++) {
        if (column->field != GGI_LOGGED_NODE && column->field != GGI_LOGGED_EVENT) {
            ggi_seal_text_print(update, ", %s = NULL", column->name);
        }
    }

    ggi_seal_text_print(update, " FROM ggi_audit_expired s WHERE a.day = '%s' AND a.chain = s.chain"
                        " AND a.number = s.number AND " GGI_ROW_HASH("a.line") " = "
                        GGI_ROW_HASH("s.line"), day);

    /* the decision about a call comes before what ends the call */
    snprintf(sql, sizeof(sql), "SELECT line FROM ggi_audit WHERE day = '%s' AND kind <> 0"
             " ORDER BY time, chain, number", day);
    from->stage = "ggi_audit_expired";
    from->judge = ggictl_expire_from_record;

    return ggictl_expire_from_part(from, day, sql);
}


/*
 * Replaces lines that were set aside. A message of the database may have told why, and may have
 * something of the line in it. Returns 1, or 0 after a message.
 */
static int
ggictl_expire_from_asides(ggictl_expire_from_t *from)
{
    from->update.len = 0;
    ggi_seal_text_print(&from->update, "UPDATE ggi_audit_aside a SET line = s.line, why = CASE"
                        " WHEN a.why IN (" GGICTL_TABLES_NONE ", " GGICTL_TABLES_OTHER ")"
                        " THEN a.why ELSE 'the database refused it' END"
                        " FROM ggi_audit_aside_expired s WHERE a.file = s.file"
                        " AND a.place = s.place");
    from->stage = "ggi_audit_aside_expired";
    from->judge = ggictl_expire_from_aside;

    return ggictl_expire_from_part(
        from, "ggi_audit_aside", "SELECT E'\\\\\\\\x' || encode(file, 'hex') || E'\\t' || place,"
        " floor(extract(epoch FROM shipped))::bigint::text, line FROM ggi_audit_aside"
        " WHERE line <> '' ORDER BY shipped, file, place");
}


/* Goes through the days, each of which has a partition. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_days(ggictl_expire_from_t *from)
{
    int        i, good;
    PGresult  *days;

    days = ggictl_postgres_ask(
        &from->to, "SELECT regexp_replace(inhrelid::regclass::text, '.*(.{4})(..)(..)$',"
        " '\\1-\\2-\\3') FROM pg_inherits WHERE inhparent = 'ggi_audit'::regclass"
        " AND inhrelid::regclass::text ~ '[0-9]{8}$' ORDER BY 1", 0, NULL);

    if (days == NULL) {
        return ggictl_expire_from_failed(&from->to);
    }

    for (i = 0, good = 1; i < PQntuples(days) && good; i++) {
        good = ggictl_expire_from_day(from, PQgetvalue(days, i, 0));
    }

    PQclear(days);

    return good;
}


/* Makes the tables of the session that are copied to. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_stages(ggictl_expire_from_t *from)
{
    return from->args->option[GGICTL_DRY_RUN]
           || (ggictl_expire_do(from, "CREATE TEMPORARY TABLE ggi_audit_expired"
                                " (chain uuid, number bigint, line bytea)")
               && ggictl_expire_do(from, "CREATE TEMPORARY TABLE ggi_audit_aside_expired"
                                   " (file bytea, place bigint, line bytea)"));
}


int
ggictl_expire_database(const ggictl_args_t *args, const char *url, ggictl_retained_t *retained,
    ggictl_expire_told_f *told, void *data)
{
    int                    good;
    ggictl_expire_from_t   from;

    memset(&from, 0, sizeof(from));
    from.args = args;
    from.url = url;
    from.retained = retained;
    from.told = told;
    from.data = data;
    retained->counting = 1;

    if (!ggictl_postgres_open(&from.from, url, GGICTL_EXPIRE_PATIENCE)) {
        good = ggictl_expire_from_failed(&from.from);

    } else if (!ggictl_postgres_open(&from.to, url, GGICTL_EXPIRE_PATIENCE)) {
        good = ggictl_expire_from_failed(&from.to);

    } else {
        good = ggictl_expire_from_stages(&from) && ggictl_expire_from_days(&from)
               && ggictl_expire_from_asides(&from);
    }

    ggictl_postgres_close(&from.from);
    ggictl_postgres_close(&from.to);
    free(from.copy.data);
    free(from.update.data);

    return good;
}
