/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit tail": the last calls of an audit log, and those that come. */

#ifndef GGICTL_TAIL_H
#define GGICTL_TAIL_H

#include "ggictl_args.h"


/*
 * Runs "audit tail": prints a line for each of the last calls that are asked for, and with
 * --follow for each that comes, until it is killed. Returns GGICTL_OK, or GGICTL_ERROR
 * after a message.
 */
int ggictl_tail(ggictl_args_t *args);


#endif
