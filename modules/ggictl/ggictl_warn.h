/* SPDX-License-Identifier: EUPL-1.2 */

/* Tells of what is valid and most likely a mistake in what a command reads to judge by it. */

#ifndef GGICTL_WARN_H
#define GGICTL_WARN_H

#include "ggi_source.h"


/* Where the warnings about one source go. */
typedef struct {
    json_t      *result;                /* of the command; NULL: print text */
    const char  *name;                  /* of the source, in messages */
    size_t       n;                     /* number of warnings so far */
} ggictl_warn_t;


/*
 * Opens a file as ggictl_input() does, and begins to tell of warnings about it, as
 * ggictl_warn() does. Returns its path and sets *fault, or returns NULL after a message.
 */
const char *ggictl_warn_input(ggictl_warn_t *warn, ggi_fault_t *fault, json_t *result,
    const char *name);

/*
 * Begins to tell of warnings about the source of a name: prints each as a line
 * "NAME: warning: ..." or, with result not NULL, adds "NAME: ..." to its array
 * "warnings"; the first ten, as nginx -t does. Returns the fault to read the source
 * with, which stops at the first fault. warn and name live as long as the fault is used.
 */
ggi_fault_t ggictl_warn(ggictl_warn_t *warn, json_t *result, const char *name);


#endif
