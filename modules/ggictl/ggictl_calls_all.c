/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggictl_calls.h"
#include "ggictl_calls_all.h"
#include "ggictl_database.h"
#include "ggictl_out.h"


/* Gives the calls of the files that the arguments name. Returns as ggictl_calls_all(). */
static int
ggictl_calls_files(const ggi_filter_t *filter, const ggictl_args_t *args, ggi_join_pt give,
    void *data)
{
    int             rc;
    ggictl_calls_t  calls;

    rc = ggictl_calls_open(&calls, filter, args, give, data, 0) ? ggictl_calls_read(&calls)
                                                                : GGICTL_ERROR;
    ggictl_calls_free(&calls);

    return rc;
}


int
ggictl_calls_all(const ggi_filter_t *filter, const ggictl_args_t *args, ggi_join_pt give,
    void *data)
{
    int                 rc;
    char               *name;
    ggictl_args_t       given;
    ggictl_database_t   database;

    if (args->option[GGICTL_FROM_DATABASE] == NULL) {
        return ggictl_calls_files(filter, args, give, data);
    }

    if (args->n) {
        return ggictl_fail("%s: a file and a database cannot be read together",
                           args->command->name);
    }

    if (!ggictl_database_open(&database, args->option[GGICTL_FROM_DATABASE], filter)) {
        return GGICTL_ERROR;
    }

    /* what comes from the database is read as a file is */

    given = *args;
    name = database.name;
    given.arguments = &name;
    given.n = 1;
    rc = ggictl_calls_files(filter, &given, give, data);

    return ggictl_database_close(&database) ? rc : GGICTL_ERROR;
}
