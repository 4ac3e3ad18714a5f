/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit match". */

#ifndef GGICTL_MATCH_H
#define GGICTL_MATCH_H

#include "ggictl_args.h"

/* The options of the command, for GGICTL_SOME(). */
#define GGICTL_MATCH_OPTIONS                                                   \
    GGICTL_FROM, GGICTL_UNTIL, GGICTL_DIENST, GGICTL_DIENST_NAMES, GGICTL_CLOCK, GGICTL_LIMIT


/*
 * Runs "audit match": compares the logs of a consumer and of a provider, and shows the calls
 * that are open. Returns the exit status.
 */
int ggictl_match(ggictl_args_t *args);


#endif
