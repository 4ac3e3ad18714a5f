/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "ggictl_postgres.h"

#define GGICTL_POSTGRES_VALUES  2048    /* most parameters of a statement */
#define GGICTL_POSTGRES_PART    65536   /* bytes of a COPY that are given to libpq at once */


/* Sets pg->error to the first line of a message of libpq. Returns 0. */
static int
ggictl_postgres_failed(ggictl_postgres_t *pg, const char *message)
{
    size_t  len;

    len = strcspn(message, "\n");
    snprintf(pg->error, sizeof(pg->error), "%.*s%s%s%s", (int) (len < 360 ? len : 360), message,
             pg->server[0] ? " (" : "", pg->server, pg->server[0] ? ")" : "");

    return 0;
}


/*
 * Sets pg->error to what a result says, and pg->refused when that is about the data: of the
 * classes 22, 23, 44 and 54 (PostgreSQL, appendix A), or raised by a trigger.
 */
static int
ggictl_postgres_result_failed(ggictl_postgres_t *pg, const PGresult *result)
{
    size_t       i;
    const char  *state, *message;

    static const char *const  data[] = { "22", "23", "44", "54", "P0" };

    state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    for (i = 0; state && i < sizeof(data) / sizeof(data[0]); i++) {
        pg->refused |= (strncmp(state, data[i], 2) == 0);
    }

    return ggictl_postgres_failed(pg, message ? message : PQerrorMessage(pg->conn));
}


/* Returns 1 when a URL can be read and has no password; or 0 with pg->error. */
static int
ggictl_postgres_check(ggictl_postgres_t *pg, const char *url)
{
    int                good;
    PQconninfoOption  *options, *option;

    /* what libpq says of a URL may have the password in it */
    options = PQconninfoParse(url, NULL);

    if (options == NULL) {
        return ggictl_postgres_failed(pg, "the URL of the database cannot be read");
    }

    good = 1;

    for (option = options; option->keyword; option++) {
        if (option->val && *option->val && strcmp(option->keyword, "password") == 0) {
            good = ggictl_postgres_failed(pg, "a password on the command line can be read by each "
                                          "user of this host: put it into the file that PGPASSFILE "
                                          "names, or into a service (PGSERVICE)");
        }
    }

    PQconninfoFree(options);

    return good;
}


/* Returns 1 when the server is on this host, 0 otherwise. */
static int
ggictl_postgres_local(const PGconn *conn)
{
    socklen_t                len;
    struct sockaddr_storage  there = { .ss_family = AF_UNSPEC };
    struct sockaddr_in       *in = (struct sockaddr_in *) &there;
    struct sockaddr_in6      *in6 = (struct sockaddr_in6 *) &there;

    len = sizeof(there);

    if (getpeername(PQsocket(conn), (struct sockaddr *) &there, &len) == -1) {
        return 0;
    }

    return there.ss_family == AF_UNIX
           || (there.ss_family == AF_INET && ntohl(in->sin_addr.s_addr) >> 24 == 127)
           || (there.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr));
}


/* Returns 1 when the connection may be as it is; or 0 with pg->error. */
static int
ggictl_postgres_accept(ggictl_postgres_t *pg)
{
    int                asked;
    const char        *encoding;
    PQconninfoOption  *options, *option;

    options = PQconninfo(pg->conn);
    asked = 0;

    for (option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, "sslmode") == 0 && option->val) {
            asked = strcmp(option->val, "prefer") != 0 && strcmp(option->val, "allow") != 0;
        }
    }

    PQconninfoFree(options);

    if (!asked && !ggictl_postgres_local(pg->conn)) {
        return ggictl_postgres_failed(pg, "who answers is not known, and the connection need not "
                                      "be encrypted: add ?sslmode=verify-full to the URL");
    }

    encoding = PQparameterStatus(pg->conn, "server_encoding");

    if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
        return ggictl_postgres_failed(pg, "the database has another encoding than UTF8");
    }

    return 1;
}


int
ggictl_postgres_open(ggictl_postgres_t *pg, const char *url, int patience)
{
    /* what stands behind the URL cannot be changed by it */
    const char *const  names[] = {
        "connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "fallback_application_name", "dbname", "client_encoding", NULL
    };
    const char *const  values[] = {
        "10", "30000", "10", "5", "3", "ggictl", url, "UTF8", NULL
    };

    memset(pg, 0, sizeof(ggictl_postgres_t));
    pg->patience = patience;
    (void) signal(SIGPIPE, SIG_IGN);

    if (!ggictl_postgres_check(pg, url)) {
        return 0;
    }

    pg->conn = PQconnectdbParams(names, values, 1);

    if (pg->conn == NULL) {
        return ggictl_postgres_failed(pg, "no memory");
    }

    if (PQstatus(pg->conn) != CONNECTION_OK) {
        return ggictl_postgres_failed(pg, PQerrorMessage(pg->conn));
    }

    snprintf(pg->server, sizeof(pg->server), "database %.60s of %.100s", PQdb(pg->conn),
             PQhost(pg->conn));

    return ggictl_postgres_accept(pg) && PQsetnonblocking(pg->conn, 1) == 0;
}


void
ggictl_postgres_close(ggictl_postgres_t *pg)
{
    if (pg->conn) {
        PQfinish(pg->conn);
        pg->conn = NULL;
    }
}


/* Waits until the socket can be read, or written too. Returns 1, or 0 with pg->error. */
static int
ggictl_postgres_wait(ggictl_postgres_t *pg, short events)
{
    int            rc;
    struct pollfd  fd;

    fd.fd = PQsocket(pg->conn);
    fd.events = events;

    do {
        rc = poll(&fd, 1, pg->patience ? pg->patience * 1000 : -1);
    } while (rc == -1 && errno == EINTR);

    if (rc == 0) {
        return ggictl_postgres_failed(pg, "the server has not answered in time");
    }

    if (!PQconsumeInput(pg->conn)) {
        return ggictl_postgres_failed(pg, PQerrorMessage(pg->conn));
    }

    return 1;
}


/* Sends all that libpq holds. Returns 1, or 0 with pg->error. */
static int
ggictl_postgres_flush(ggictl_postgres_t *pg)
{
    int  rc;

    while ((rc = PQflush(pg->conn)) == 1) {
        if (!ggictl_postgres_wait(pg, POLLIN | POLLOUT)) {
            return 0;
        }
    }

    return rc == 0 || ggictl_postgres_failed(pg, PQerrorMessage(pg->conn));
}


/*
 * Waits for the next result. Returns 1 with the result, which is NULL when there is none any
 * more; or 0 with pg->error.
 */
static int
ggictl_postgres_result(ggictl_postgres_t *pg, PGresult **result)
{
    while (PQisBusy(pg->conn)) {
        if (!ggictl_postgres_wait(pg, POLLIN)) {
            return 0;
        }
    }

    *result = PQgetResult(pg->conn);

    return 1;
}


/* Sends a statement. Returns 1, or 0 with pg->error. */
static int
ggictl_postgres_send(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values, int bytes)
{
    int          i, lengths[GGICTL_POSTGRES_VALUES], formats[GGICTL_POSTGRES_VALUES];
    const char  *data[GGICTL_POSTGRES_VALUES];

    pg->refused = 0;

    if (n > GGICTL_POSTGRES_VALUES) {
        return ggictl_postgres_failed(pg, "there are too many parameters");
    }

    for (i = 0; i < n; i++) {
        data[i] = values[i].data;
        formats[i] = (values[i].len != -1);
        lengths[i] = formats[i] ? values[i].len : 0;
    }

    if (!PQsendQueryParams(pg->conn, sql, n, NULL, data, lengths, formats, bytes)) {
        return ggictl_postgres_failed(pg, PQerrorMessage(pg->conn));
    }

    return 1;
}


/* Takes the results that are left of a statement. Returns 1, or 0 with pg->error. */
static int
ggictl_postgres_rest(ggictl_postgres_t *pg)
{
    int        good;
    PGresult  *result;

    good = 1;

    while (ggictl_postgres_result(pg, &result)) {
        if (result == NULL) {
            return good;
        }

        if (PQresultStatus(result) == PGRES_FATAL_ERROR) {
            good = ggictl_postgres_result_failed(pg, result);
        }

        PQclear(result);
    }

    return 0;
}


PGresult *
ggictl_postgres_ask(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values)
{
    PGresult  *result;

    if (!ggictl_postgres_send(pg, sql, n, values, 0) || !ggictl_postgres_flush(pg)
        || !ggictl_postgres_result(pg, &result))
    {
        return NULL;
    }

    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
        if (ggictl_postgres_rest(pg)) {
            return result;
        }

        break;

    case PGRES_COPY_IN:
        return result;

    default:
        (void) ggictl_postgres_result_failed(pg, result);
        (void) ggictl_postgres_rest(pg);
    }

    PQclear(result);

    return NULL;
}


int64_t
ggictl_postgres_do(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values)
{
    int64_t    rows;
    PGresult  *result;

    result = ggictl_postgres_ask(pg, sql, n, values);

    if (result == NULL) {
        return -1;
    }

    rows = strtoll(PQcmdTuples(result), NULL, 10);
    PQclear(result);

    return rows;
}


/* Gives a part of a COPY to libpq, or its end without data. Returns 1, or 0 with pg->error. */
static int
ggictl_postgres_put(ggictl_postgres_t *pg, const char *data, size_t len)
{
    int  rc;

    do {
        rc = data ? PQputCopyData(pg->conn, data, (int) len) : PQputCopyEnd(pg->conn, NULL);

        if (rc == 0 && !ggictl_postgres_wait(pg, POLLIN | POLLOUT)) {
            return 0;
        }
    } while (rc == 0);

    return rc == 1 ? ggictl_postgres_flush(pg)
                   : ggictl_postgres_failed(pg, PQerrorMessage(pg->conn));
}


int
ggictl_postgres_copy(ggictl_postgres_t *pg, const char *sql, const char *data, size_t len)
{
    size_t     n;
    PGresult  *result;

    result = ggictl_postgres_ask(pg, sql, 0, NULL);

    if (result == NULL) {
        return 0;
    }

    PQclear(result);

    for ( ; len; data += n, len -= n) {
        n = (len < GGICTL_POSTGRES_PART) ? len : GGICTL_POSTGRES_PART;

        if (!ggictl_postgres_put(pg, data, n)) {
            return 0;
        }
    }

    return ggictl_postgres_put(pg, NULL, 0) && ggictl_postgres_rest(pg);
}


int
ggictl_postgres_begin(ggictl_postgres_t *pg, const char *sql, int n,
    const ggictl_postgres_value_t *values)
{
    if (!ggictl_postgres_send(pg, sql, n, values, 1) || !ggictl_postgres_flush(pg)) {
        return 0;
    }

    (void) PQsetSingleRowMode(pg->conn);

    return 1;
}


int
ggictl_postgres_next(ggictl_postgres_t *pg, PGresult **row)
{
    PGresult  *result;

    if (!ggictl_postgres_result(pg, &result)) {
        return -1;
    }

    if (result == NULL) {
        return 0;
    }

    if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
        *row = result;
        return 1;
    }

    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        (void) ggictl_postgres_result_failed(pg, result);
        PQclear(result);
        (void) ggictl_postgres_rest(pg);
        return -1;
    }

    PQclear(result);

    return ggictl_postgres_rest(pg) ? 0 : -1;
}
