/* SPDX-License-Identifier: EUPL-1.2 */

/* Which log the changes that ggictl makes are recorded in. */

#ifndef GGICTL_CHANGES_CONF_H
#define GGICTL_CHANGES_CONF_H

#include <limits.h>

#include "ggictl_args.h"

#define GGICTL_CHANGES_CONF  "/etc/ggictl.conf"


/*
 * Writes the path of the log to path: the one of GGICTL_CHANGES_CONF, of --changes, or of
 * GGI_CHANGES in the environment, in this order. When the file names one, nobody can have
 * another one. Returns 1; 0 when nothing names one; or -1 after a message when two of them
 * differ, or the file cannot be read, says something else, or can be written by others than
 * root.
 */
int ggictl_changes_path(char path[PATH_MAX], const ggictl_args_t *args);


#endif
