/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ggi_row.h"
#include "ggictl_tables.h"

#define GGICTL_TABLES_LOCK    "SELECT pg_advisory_xact_lock(7166187120215)"     /* any number */

/* What the table has besides texts; a stage also has file and place. */
#define GGICTL_TABLES_FIXED                                                    \
    "day date NOT NULL, chain uuid NOT NULL, number bigint NOT NULL, kind smallint NOT NULL, " \
    "time timestamptz"


/* Carries out a statement that was printed, and frees it. Returns 1, or 0 with the error. */
static int
ggictl_tables_print(ggictl_postgres_t *pg, ggi_seal_text_t *sql)
{
    int  good;

    ggi_seal_text_add(sql, "", 1);
    good = !sql->failed && ggictl_postgres_run(pg, sql->data);

    if (sql->failed) {
        snprintf(pg->error, sizeof(pg->error), "no memory");
    }

    free(sql->data);

    return good;
}


/* Makes the table of records, with its indexes. Returns 1, or 0 with the error. */
static int
ggictl_tables_table(ggictl_postgres_t *pg)
{
    ggi_seal_text_t          sql;
    const ggi_row_column_t  *column;

    memset(&sql, 0, sizeof(sql));
    ggi_seal_text_print(&sql, "CREATE TABLE ggi_audit (" GGICTL_TABLES_FIXED);

    for (column = ggi_row_columns; column->name; column++) {
        ggi_seal_text_print(&sql, ", %s text", column->name);
    }

    ggi_seal_text_print(&sql, ", line bytea NOT NULL, PRIMARY KEY (chain, number, day))"
                        " PARTITION BY RANGE (day)");

    if (!ggictl_tables_print(pg, &sql)) {
        return 0;
    }

    for (column = ggi_row_columns; column->name; column++) {
        if (column->index) {
            memset(&sql, 0, sizeof(sql));
            ggi_seal_text_print(&sql, "CREATE INDEX ON ggi_audit (%s)", column->name);

            if (!ggictl_tables_print(pg, &sql)) {
                return 0;
            }
        }
    }

    return ggictl_postgres_run(pg, "CREATE INDEX ON ggi_audit (time)")
           && ggictl_postgres_run(pg, "CREATE TABLE ggi_audit_aside (file bytea, place bigint,"
                                      " why text NOT NULL, line bytea NOT NULL, shipped timestamptz"
                                      " NOT NULL DEFAULT now(), PRIMARY KEY (file, place))")
           && ggictl_postgres_run(pg, "CREATE TABLE ggi_audit_place (file bytea PRIMARY KEY,"
                                      " place bigint NOT NULL, last_len bigint NOT NULL, last bytea"
                                      " NOT NULL, name text NOT NULL, packed text NOT NULL,"
                                      " shipped timestamptz NOT NULL DEFAULT now())")
           && ggictl_postgres_run(pg, "CREATE INDEX ON ggi_audit_place (packed)");
}


/* Returns 1 when a table is there, 0 when it is not, or -1 with the error. */
static int
ggictl_tables_there(ggictl_postgres_t *pg, const char *table)
{
    int                      there;
    PGresult                *result;
    ggictl_postgres_value_t  value = { table, -1 };

    /* a lock on a relation, here pg_class, has the session learn what others have made meanwhile */
    result = ggictl_postgres_ask(pg, "SELECT to_regclass($1) FROM pg_class LIMIT 1", 1, &value);

    if (result == NULL) {
        return -1;
    }

    there = !PQgetisnull(result, 0, 0);
    PQclear(result);

    return there;
}


/*
 * Makes a table that may not be there, of which another process may think at the same time:
 * calls make() for it within a transaction of its own. Returns 1, or 0 with the error.
 */
static int
ggictl_tables_make(ggictl_postgres_t *pg, const char *table, int day,
    int (*make)(ggictl_postgres_t *pg, const char *table, int day))
{
    int  there;

    there = ggictl_tables_there(pg, table);

    if (there) {
        return there == 1;
    }

    if (!ggictl_postgres_run(pg, "BEGIN") || !ggictl_postgres_run(pg, GGICTL_TABLES_LOCK)) {
        return 0;
    }

    there = ggictl_tables_there(pg, table);

    return there != -1 && (there || make(pg, table, day)) && ggictl_postgres_run(pg, "COMMIT");
}


static int
ggictl_tables_make_all(ggictl_postgres_t *pg, const char *table, int day)
{
    (void) table;
    (void) day;

    return ggictl_tables_table(pg);
}


/*
 * Makes the partition of a day, in days since 2000-01-01. It is made beside the table first, so
 * that those who read or write that are not kept waiting.
 */
static int
ggictl_tables_make_day(ggictl_postgres_t *pg, const char *table, int day)
{
    char  sql[256];

    snprintf(sql, sizeof(sql), "CREATE TABLE %s (LIKE ggi_audit INCLUDING ALL)", table);

    if (!ggictl_postgres_run(pg, sql)) {
        return 0;
    }

    /* a bound of a partition may be an expression of constants */
    snprintf(sql, sizeof(sql), "ALTER TABLE ggi_audit ATTACH PARTITION %s FOR VALUES FROM "
             "(date '2000-01-01' + (%d)) TO (date '2000-01-01' + (%d))", table, day, day + 1);

    return ggictl_postgres_run(pg, sql);
}


int
ggictl_tables_day(ggictl_postgres_t *pg, int day)
{
    char        table[32];
    time_t      seconds;
    struct tm   tm;

    seconds = ((time_t) day + 10957) * 86400;
    (void) gmtime_r(&seconds, &tm);
    (void) strftime(table, sizeof(table), "ggi_audit_%Y%m%d", &tm);

    return ggictl_tables_make(pg, table, day, ggictl_tables_make_day);
}


int
ggictl_tables_all(ggictl_postgres_t *pg)
{
    return ggictl_tables_make(pg, "ggi_audit", 0, ggictl_tables_make_all);
}
