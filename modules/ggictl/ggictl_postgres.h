/* SPDX-License-Identifier: EUPL-1.2 */

/* A connection of ggictl to PostgreSQL, on which nothing waits longer than it may. */

#ifndef GGICTL_POSTGRES_H
#define GGICTL_POSTGRES_H

#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#define GGICTL_POSTGRES_SCHEME  "postgresql://"


typedef struct {
    PGconn  *conn;
    int      patience;                  /* seconds without an answer that are waited; 0: any */
    int      refused;                   /* 1: the last call failed by what it had to store */
    char     server[192];               /* database and host, for messages */
    char     error[576];                /* why the last call failed; never holds a password */
} ggictl_postgres_t;

/* A parameter of a statement: a text that ends with NUL, or bytes. */
typedef struct {
    const char  *data;                  /* NULL: the parameter is NULL */
    int          len;                   /* of bytes; -1: it is a text */
} ggictl_postgres_value_t;


/*
 * Connects to the database of url, a URL of libpq without a password, since each user of the
 * host can read the command line. The connection is encrypted, unless the URL says by sslmode
 * that it need not be, or the server is on this host. patience is how many seconds this and
 * each later call wait for an answer at the most; 0 stands for any time. Returns 1, or 0 with
 * the reason in pg->error. The caller calls ggictl_postgres_close() either way.
 */
int ggictl_postgres_open(ggictl_postgres_t *pg, const char *url, int patience);

/* Closes the connection and frees what ggictl_postgres_open() allocated. */
void ggictl_postgres_close(ggictl_postgres_t *pg);

/*
 * Carries out sql, a statement with parameters $1 to $n, whose values stand in values; NULL
 * with n 0. Returns the result, whose fields are texts, and which the caller frees by
 * PQclear(); or NULL with the reason in pg->error.
 */
PGresult *ggictl_postgres_ask(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values);

/*
 * Carries out sql, a statement with parameters $1 to $n, whose values stand in values; NULL
 * with n 0. Returns how many rows it has changed, or -1 with the reason in pg->error.
 */
int64_t ggictl_postgres_do(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values);

/*
 * Carries out sql, a statement "COPY ... FROM STDIN", with len bytes of data, in the format
 * that the statement names. Returns 1, or 0 with the reason in pg->error.
 */
int ggictl_postgres_copy(ggictl_postgres_t *pg, const char *sql, const char *data, size_t len);

/*
 * Begins sql, a statement with parameters $1 to $n, whose values stand in values, so that
 * ggictl_postgres_next() gives its rows one by one, with fields of bytes. Returns 1, or 0 with
 * the reason in pg->error.
 */
int ggictl_postgres_begin(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values);

/*
 * Sets *row to the next row of the statement of ggictl_postgres_begin(). Returns 1, and the
 * caller frees the row by PQclear(); 0 when there are no more rows; or -1 with the reason in
 * pg->error.
 */
int ggictl_postgres_next(ggictl_postgres_t *pg, PGresult **row);


/* Carries out a statement without parameters. Returns 1, or 0 with pg->error. */
static inline int
ggictl_postgres_run(ggictl_postgres_t *pg, const char *sql)
{
    return ggictl_postgres_do(pg, sql, 0, NULL) != -1;
}


#endif
