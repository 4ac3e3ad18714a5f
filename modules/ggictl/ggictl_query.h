/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit query": which calls of an audit log are asked for. */

#ifndef GGICTL_QUERY_H
#define GGICTL_QUERY_H

#include "ggictl_args.h"


/*
 * Runs "audit query": prints a line for each call that is asked for, or its records as JSON.
 * Returns GGICTL_OK when there is one, GGICTL_NO when there is none, or GGICTL_ERROR after
 * a message.
 */
int ggictl_query(ggictl_args_t *args);


#endif
