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
 * Begins to read, from the database of url, the records that a filter may ask for and those
 * that end their calls, in the order of time. Returns 1, and the caller ends with
 * ggictl_database_close(); or 0 after a message, with nothing to close.
 */
int ggictl_database_open(ggictl_database_t *database, const char *url,
    const ggi_filter_t *filter);

/*
 * Ends reading, also when not all was read. Returns 1; or 0 when the database has failed,
 * after a message of the process that has read it.
 */
int ggictl_database_close(ggictl_database_t *database);

/*
 * Writes to standard output all lines of the log in the database of url that are of the times
 * and nodes that a filter asks for, chain by chain. Sets *n to their number. Returns 1, or 0
 * after a message.
 */
int ggictl_database_log(const char *url, const ggi_filter_t *filter, size_t *n);


#endif
