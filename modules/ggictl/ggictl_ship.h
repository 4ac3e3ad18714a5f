/* SPDX-License-Identifier: EUPL-1.2 */

/* audit ship: what is recorded goes to a database or a stream beyond this machine. */

#ifndef GGICTL_SHIP_H
#define GGICTL_SHIP_H

#include "ggictl_args.h"


/*
 * Runs "audit ship": sends what is recorded in the log to the database or the stream that the
 * arguments name, once, or with --follow until a signal ends it. Returns GGICTL_OK when all
 * was shipped, or GGICTL_ERROR after a message.
 */
int ggictl_ship(ggictl_args_t *args);


#endif
