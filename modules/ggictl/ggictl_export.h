/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit export": calls of an audit log in the form of another standard. */

#ifndef GGICTL_EXPORT_H
#define GGICTL_EXPORT_H

#include "ggictl_args.h"


/*
 * Runs "audit export": writes the calls that are asked for, a line each, in the form that --as
 * names. Returns GGICTL_OK, GGICTL_NO when there is none, or GGICTL_ERROR after a message.
 */
int ggictl_export(ggictl_args_t *args);


#endif
