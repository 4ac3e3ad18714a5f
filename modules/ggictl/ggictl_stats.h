/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit stats": how many calls of an audit log there are, and of what kind. */

#ifndef GGICTL_STATS_H
#define GGICTL_STATS_H

#include "ggictl_args.h"


/*
 * Runs "audit stats": prints counts of the calls that are asked for, in all and by dienst,
 * organisation, doelbinding, reason and hour, or by one of these. Returns GGICTL_OK, GGICTL_NO
 * when there is no call, or GGICTL_ERROR after a message.
 */
int ggictl_stats(ggictl_args_t *args);


#endif
