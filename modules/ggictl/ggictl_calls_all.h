/* SPDX-License-Identifier: EUPL-1.2 */

/* All calls of a log that a command asks for, from its files or from a database. */

#ifndef GGICTL_CALLS_ALL_H
#define GGICTL_CALLS_ALL_H

#include "ggi_join.h"
#include "ggictl_args.h"


/*
 * Gives the calls of a log that the arguments name, or of the database of --from. The log is
 * read to its end, as ggictl_calls_open() and ggictl_calls_read() do. Returns GGICTL_OK, or
 * GGICTL_ERROR after a message.
 */
int ggictl_calls_all(const ggi_filter_t *filter, const ggictl_args_t *args, ggi_join_pt give,
    void *data);


#endif
