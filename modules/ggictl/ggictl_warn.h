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
 * Opens the file with a name, by ggictl_input(), and prepares to show warnings about it: *fault
 * is set to what ggictl_warn() returns. Returns the path from which the file can be read, which
 * is valid until the program ends; or NULL after a message.
 */
const char *ggictl_warn_input(ggictl_warn_t *warn, ggi_fault_t *fault, json_t *result,
    const char *name);

/*
 * Prepares to show the warnings about a source, such as a file, whose name in messages is name.
 * With result NULL each is printed as a line "NAME: warning: ..."; otherwise "NAME: ..." is
 * added to the array "warnings" of result, an object of JSON. Only the first ten are shown, as
 * by nginx -t. Returns the fault with which the source is to be read, and which stops at the
 * first fault. warn and name have to live as long as that is used.
 */
ggi_fault_t ggictl_warn(ggictl_warn_t *warn, json_t *result, const char *name);


#endif
