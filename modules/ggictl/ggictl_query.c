/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>

#include "ggictl_calls_all.h"
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


/* Writes what is found in the log. Returns the exit status. */
static int
ggictl_query_run(const ggictl_args_t *args, const ggictl_wanted_t *wanted, void *data)
{
    int              rc;
    ggictl_query_t  *query = data;

    query->limit = wanted->limit;
    fputs(query->show.json ? "{\"found\":[\n" : "", stdout);
    rc = ggictl_calls_all(&wanted->filter, args, ggictl_query_call, query);
    fputs(query->show.json ? "]}\n" : "", stdout);

    return (rc == GGICTL_OK && query->found == 0) ? GGICTL_NO : rc;
}


int
ggictl_query(ggictl_args_t *args)
{
    ggictl_query_t  query = { .show = ggictl_show_begin(args) };

    return ggictl_wanted_run(args, 0, ggictl_query_run, &query);
}
