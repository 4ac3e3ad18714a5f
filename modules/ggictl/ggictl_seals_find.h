/* SPDX-License-Identifier: EUPL-1.2 */

/* Finds the seals of the log that arguments name. */

#ifndef GGICTL_SEALS_FIND_H
#define GGICTL_SEALS_FIND_H

#include "ggictl_args.h"


/* Returns 1 when an argument names a file of seals, by its extension; 0 otherwise. */
int ggictl_seals_named(const char *argument);

/*
 * Returns the path of the seals of the log that the arguments name: an argument itself, a
 * file in a directory that is one, or the file beside a file of the log; when there is
 * none, where it was looked for last. The caller frees it. Returns NULL after a message
 * when there are several, or no memory.
 */
char *ggictl_seals_find(const ggictl_args_t *args);


#endif
