/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads records from the database that "audit ship" ships to. */

#ifndef GGICTL_DATABASE_H
#define GGICTL_DATABASE_H

#include <sys/types.h>

#include "ggi_filter.h"


/* Records that are read from a database by a process of their own. */
typedef struct {
    pid_t  pid;
    int    fd;                          /* end of the pipe in which they come */
    char   name[32];                    /* path by which that can be opened as a file */
} ggictl_database_t;


/*
 * Begins to read the records that a filter may ask for, and what ends these calls, in the
 * order of time. Returns 1; or 0 after a message, with nothing to close.
 */
int ggictl_database_open(ggictl_database_t *database, const char *url,
    const ggi_filter_t *filter);

/*
 * Ends reading, also when not all was read. Returns 1; or 0 when the database has failed,
 * after a message of the process that has read it.
 */
int ggictl_database_close(ggictl_database_t *database);

/*
 * Writes all lines of the times and nodes of a filter to standard output, chain by chain.
 * Sets *n to how many. Returns 1, or 0 after a message.
 */
int ggictl_database_log(const char *url, const ggi_filter_t *filter, size_t *n);


#endif
