/* SPDX-License-Identifier: EUPL-1.2 */

/* audit ship: what is recorded goes to a database or a stream beyond this machine. */

#ifndef GGICTL_SHIP_H
#define GGICTL_SHIP_H

#include "ggictl_args.h"


/* Carries out "audit ship". Returns the exit status. */
int ggictl_ship(ggictl_args_t *args);


#endif
