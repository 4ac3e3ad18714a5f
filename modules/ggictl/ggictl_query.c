/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggictl_calls.h"
#include "ggictl_out.h"
#include "ggictl_query.h"
#include "ggictl_show.h"
#include "ggictl_wanted.h"


typedef struct {
    size_t          found;
    size_t          limit;              /* 0: all */
    ggictl_show_t   show;
} ggictl_query_t;


static int
ggictl_query_call(void *data, const ggi_joined_t *joined)
{
    ggictl_query_t  *query = data;

    query->found++;

    if (query->show.json) {
        fputs(query->found > 1 ? ",\n" : "", stdout);
        ggictl_show_json(stdout, joined);

    } else {
        ggictl_show_line(stdout, joined, query->show.colour);
    }

    return query->found != query->limit && !ferror(stdout);
}


/* Reads the log. Returns the exit status. */
static int
ggictl_query_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, ggictl_query_t *query)
{
    int             rc;
    ggictl_calls_t  calls;

    rc = GGICTL_ERROR;

    if (ggictl_calls_open(&calls, &wanted->filter, args, ggictl_query_call, query, 0)) {
        rc = ggictl_calls_read(&calls);
    }

    ggictl_calls_free(&calls);

    if (rc == GGICTL_OK && query->found == 0) {
        rc = GGICTL_NO;
    }

    return rc;
}


int
ggictl_query(ggictl_args_t *args)
{
    int              rc;
    ggictl_query_t   query;
    ggictl_wanted_t  wanted;

    memset(&query, 0, sizeof(ggictl_query_t));
    query.show = ggictl_show_begin(args);
    rc = GGICTL_ERROR;

    if (ggictl_wanted_read(&wanted, args, 0)) {
        query.limit = wanted.limit;
        fputs(query.show.json ? "{\"found\":[\n" : "", stdout);
        rc = ggictl_query_run(args, &wanted, &query);
        fputs(query.show.json ? "]}\n" : "", stdout);
    }

    ggictl_wanted_free(&wanted);

    return rc;
}
