/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_row.h"
#include "ggictl_changes.h"
#include "ggictl_expire_database.h"
#include "ggictl_out.h"
#include "ggictl_postgres.h"

#define GGICTL_EXPIRE_PATIENCE  600     /* seconds without an answer */
#define GGICTL_EXPIRE_BATCH     (1024 * 1024)   /* bytes from which tombstones are stored */


/* A database, of which one connection reads what another one writes. */
typedef struct {
    const ggictl_args_t  *args;
    ggictl_retained_t    *retained;
    ggictl_postgres_t     from;
    ggictl_postgres_t     to;
    ggi_seal_text_t       copy;         /* tombstones that are not stored yet */
    int64_t               copied;       /* how many */
    int                   begun;        /* 1: a change of this day is recorded */
    ggictl_change_t       intended;
} ggictl_expire_from_t;


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


/* Records that records of a day are going to be replaced. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_begin(ggictl_expire_from_t *from, const char *day)
{
    ggi_change_t  change;

    memset(&change, 0, sizeof(change));
    change.kind = ggictl_str("audit_records");
    change.target = ggictl_str(from->args->option[GGICTL_FROM_DATABASE]);
    change.item = ggictl_str(day);
    change.source = ggictl_str(from->args->option[GGICTL_REGISTER]);
    change.reason = ggictl_str("their bewaartermijn is over");
    from->begun = ggictl_changes_begin(from->args->changes, &change, &from->intended);

    return from->begun && ggictl_expire_do(from, "BEGIN");
}


/* Replaces the records for which tombstones wait. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_flush(ggictl_expire_from_t *from, const char *day)
{
    int64_t                  n;
    ggi_seal_text_t          sql;
    const ggi_row_column_t  *column;

    if (from->copied == 0) {
        return 1;
    }

    if (!from->begun && !ggictl_expire_from_begin(from, day)) {
        return 0;
    }

    memset(&sql, 0, sizeof(sql));
    ggi_seal_text_print(&sql, "UPDATE ggi_audit a SET kind = 0, line = s.line,"
                        " event = 'ggi.tombstone'");

    for (column = ggi_row_columns; column->name; column++) {
        if (column->field != GGI_LOGGED_NODE && column->field != GGI_LOGGED_EVENT) {
            ggi_seal_text_print(&sql, ", %s = NULL", column->name);
        }
    }

    ggi_seal_text_print(&sql, " FROM ggi_audit_expired s WHERE a.day = '%s' AND a.chain = s.chain"
                        " AND a.number = s.number AND " GGI_ROW_HASH("a.line") " = "
                        GGI_ROW_HASH("s.line"), day);
    ggi_seal_text_add(&sql, "", 1);
    n = -1;

    if (sql.failed || from->copy.failed) {
        (void) ggictl_fail("no memory");

    } else if (!ggictl_postgres_copy(&from->to, "COPY ggi_audit_expired FROM STDIN",
                                     from->copy.data, from->copy.len)
               || (n = ggictl_postgres_do(&from->to, sql.data, 0, NULL)) == -1)
    {
        (void) ggictl_expire_from_failed(&from->to);

    } else if (n != from->copied) {
        (void) ggictl_fail("%s: somebody changed records meanwhile, and none of this day expires",
                           day);
        n = -1;
    }

    free(sql.data);
    from->copy.len = 0;
    from->copied = 0;

    return n != -1 && ggictl_expire_do(from, "TRUNCATE ggi_audit_expired");
}


/* Adds the tombstone of a record to those that wait, as a line of a COPY. */
static void
ggictl_expire_from_add(ggictl_expire_from_t *from, const ggi_verify_place_t *place,
    const char *line, size_t len)
{
    char    hex[2 * 1024];
    size_t  n;

    ggi_seal_text_print(&from->copy, "%s\t%" PRId64 "\t\\\\x", place->id, place->number);

    for ( ; len; line += n, len -= n) {
        n = (len < sizeof(hex) / 2) ? len : sizeof(hex) / 2;
        ggi_hex_write(hex, (const unsigned char *) line, n);
        ggi_seal_text_add(&from->copy, hex, 2 * n);
    }

    ggi_seal_text_add(&from->copy, "\n", 1);
    from->copied++;
}


/* Looks at a record of a day. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_line(ggictl_expire_from_t *from, ggictl_bury_t *bury, const char *line,
    size_t len)
{
    uint64_t             before;
    ggi_verify_place_t   place;

    before = bury->expired;
    bury->records++;

    if (len == 0 || len > GGI_VERIFY_LINE_MAX
        || !ggictl_bury_line(bury, from->retained, line, len, &place) || bury->expired == before
        || from->args->option[GGICTL_DRY_RUN])
    {
        return 1;
    }

    ggictl_expire_from_add(from, &place, bury->copy, len);

    return from->copy.len < GGICTL_EXPIRE_BATCH || ggictl_expire_from_flush(from, bury->name);
}


/* Looks at all records of a day that are not tombstones. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_lines(ggictl_expire_from_t *from, ggictl_bury_t *bury)
{
    int        rc, good;
    char       sql[160];
    PGresult  *row;

    /* the decision about a call comes before what ends the call */
    snprintf(sql, sizeof(sql), "SELECT line FROM ggi_audit WHERE day = '%s' AND kind <> 0"
             " ORDER BY time, chain, number", bury->name);

    if (!ggictl_postgres_begin(&from->from, sql, 0, NULL)) {
        return ggictl_expire_from_failed(&from->from);
    }

    for (good = 1; (rc = ggictl_postgres_next(&from->from, &row)) == 1 && good; PQclear(row)) {
        good = ggictl_expire_from_line(from, bury, PQgetvalue(row, 0, 0),
                                       (size_t) PQgetlength(row, 0, 0));
    }

    if (rc == 1) {
        PQclear(row);
    }

    if (rc == -1) {
        return ggictl_expire_from_failed(&from->from);
    }

    return good && ggictl_expire_from_flush(from, bury->name);
}


/* Replaces records of a day. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_day(ggictl_expire_from_t *from, ggictl_bury_t *bury)
{
    int              good;
    ggictl_change_e  came;

    from->begun = 0;
    from->copied = 0;
    from->copy.len = 0;
    good = ggictl_expire_from_lines(from, bury);

    if (from->begun) {
        came = good ? GGICTL_CHANGE_UNKNOWN : GGICTL_CHANGE_FAILED;
        good = good && ggictl_expire_do(from, "COMMIT");
        ggictl_changes_outcome(from->args->changes, &from->intended,
                               good ? GGICTL_CHANGE_DONE : came,
                               good ? NULL : "the database does not say that it has replaced them");
    }

    return good;
}


/* Goes through the days, each of which has a partition. Returns 1, or 0 after a message. */
static int
ggictl_expire_from_days(ggictl_expire_from_t *from,
    void (*told)(void *data, const ggictl_bury_t *bury), void *data)
{
    int             i, good;
    PGresult       *days;
    ggictl_bury_t   bury;

    days = ggictl_postgres_ask(
        &from->to, "SELECT regexp_replace(inhrelid::regclass::text, '.*(.{4})(..)(..)$',"
        " '\\1-\\2-\\3') FROM pg_inherits WHERE inhparent = 'ggi_audit'::regclass"
        " AND inhrelid::regclass::text ~ '[0-9]{8}$' ORDER BY 1", 0, NULL);

    if (days == NULL) {
        return ggictl_expire_from_failed(&from->to);
    }

    for (i = 0, good = 1; i < PQntuples(days) && good; i++) {
        good = ggictl_bury_start(&bury, PQgetvalue(days, i, 0))
               && ggictl_expire_from_day(from, &bury);

        if (good) {
            told(data, &bury);
        }

        ggictl_bury_close(&bury);
    }

    PQclear(days);

    return good;
}


int
ggictl_expire_database(const ggictl_args_t *args, ggictl_retained_t *retained,
    void (*told)(void *data, const ggictl_bury_t *bury), void *data)
{
    int                    good;
    const char            *url;
    ggictl_expire_from_t   from;

    memset(&from, 0, sizeof(from));
    from.args = args;
    from.retained = retained;
    url = args->option[GGICTL_FROM_DATABASE];
    retained->counting = 1;

    if (!ggictl_postgres_open(&from.from, url, GGICTL_EXPIRE_PATIENCE)) {
        good = ggictl_expire_from_failed(&from.from);

    } else if (!ggictl_postgres_open(&from.to, url, GGICTL_EXPIRE_PATIENCE)) {
        good = ggictl_expire_from_failed(&from.to);

    } else {
        good = (args->option[GGICTL_DRY_RUN]
                || ggictl_expire_do(&from, "CREATE TEMPORARY TABLE ggi_audit_expired"
                                    " (chain uuid, number bigint, line bytea)"))
               && ggictl_expire_from_days(&from, told, data);
    }

    ggictl_postgres_close(&from.from);
    ggictl_postgres_close(&from.to);
    free(from.copy.data);

    return good;
}
