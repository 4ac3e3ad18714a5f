/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ggi_where.h"
#include "ggictl_database.h"
#include "ggictl_out.h"
#include "ggictl_postgres.h"


/*
 * Writes the lines that a statement finds, and counts them in *n. Returns 1, also when nobody
 * reads them any more; or 0 after a message.
 */
static int
ggictl_database_rows(ggictl_postgres_t *pg, const ggi_where_t *where, FILE *out, size_t *n)
{
    int                       i, rc;
    PGresult                 *row;
    ggictl_postgres_value_t  *values;

    values = calloc((size_t) where->n + 1, sizeof(ggictl_postgres_value_t));

    if (values == NULL) {
        (void) ggictl_fail("no memory");
        return 0;
    }

    for (i = 0; i < where->n; i++) {
        values[i].data = where->values[i];
        values[i].len = -1;
    }

    rc = ggictl_postgres_begin(pg, where->sql.data, where->n, values) ? 1 : -1;

    while (rc == 1 && !ferror(out)) {
        rc = ggictl_postgres_next(pg, &row);

        if (rc == 1) {
            (void) fwrite(PQgetvalue(row, 0, 0), 1, (size_t) PQgetlength(row, 0, 0), out);
            PQclear(row);
            ++*n;
        }
    }

    free(values);

    if (rc == -1) {
        (void) ggictl_fail("%s", pg->error);
    }

    return rc != -1;
}


/* Writes the lines that a statement finds in the database of a URL. Returns as the rows. */
static int
ggictl_database_write(const char *url, const ggi_where_t *where, FILE *out, size_t *n)
{
    int                good;
    ggictl_postgres_t  pg;

    good = ggictl_postgres_open(&pg, url, 0) ? ggictl_database_rows(&pg, where, out, n)
                                             : (ggictl_fail("%s", pg.error), 0);
    ggictl_postgres_close(&pg);

    return good;
}


/* The process that reads: writes to a pipe what the filter asks for. Returns its exit status. */
static int
ggictl_database_child(int fd, const char *url, const ggi_filter_t *filter)
{
    int           good;
    FILE         *out;
    size_t        n;
    ggi_where_t   where;

    n = 0;
    good = 0;
    out = fdopen(fd, "w");

    if (out == NULL || !ggi_where_calls(&where, filter)) {
        (void) ggictl_fail("no memory");

    } else {
        good = ggictl_database_write(url, &where, out, &n);
        (void) fclose(out);
    }

    return good ? GGICTL_OK : GGICTL_ERROR;
}


int
ggictl_database_open(ggictl_database_t *database, const char *url, const ggi_filter_t *filter)
{
    int  ends[2];

    if (pipe2(ends, O_CLOEXEC) == -1) {
        (void) ggictl_fail("a pipe: %s", strerror(errno));
        return 0;
    }

    /* what stands in the buffer would be written twice */
    (void) fflush(stdout);
    database->pid = fork();

    if (database->pid == 0) {
        (void) close(ends[0]);
        _exit(ggictl_database_child(ends[1], url, filter));
    }

    (void) close(ends[1]);
    database->fd = ends[0];
    snprintf(database->name, sizeof(database->name), "/proc/self/fd/%d", database->fd);

    if (database->pid == -1) {
        (void) ggictl_fail("a process: %s", strerror(errno));
        (void) close(database->fd);
        return 0;
    }

    return 1;
}


int
ggictl_database_close(ggictl_database_t *database)
{
    int    status;
    pid_t  pid;

    /* a process that still writes ends by that */
    (void) close(database->fd);

    do {
        pid = waitpid(database->pid, &status, 0);
    } while (pid == -1 && errno == EINTR);

    return pid != -1 && WIFEXITED(status) && WEXITSTATUS(status) == GGICTL_OK;
}


int
ggictl_database_log(const char *url, const ggi_filter_t *filter, size_t *n)
{
    int          good;
    ggi_where_t  where;

    *n = 0;
    good = ggi_where_log(&where, filter) ? ggictl_database_write(url, &where, stdout, n)
                                         : (ggictl_fail("no memory"), 0);
    ggi_where_free(&where);

    return good;
}
