/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit match". */

#ifndef GGICTL_MATCH_H
#define GGICTL_MATCH_H

#include "ggictl_args.h"

#define GGICTL_MATCH_OPTIONS                                                   \
    (GGICTL_BIT(GGICTL_FROM) | GGICTL_BIT(GGICTL_UNTIL) | GGICTL_BIT(GGICTL_DIENST) \
     | GGICTL_BIT(GGICTL_LIMIT))


/* Runs the command. Returns the exit status. */
int ggictl_match(ggictl_args_t *args);


#endif
