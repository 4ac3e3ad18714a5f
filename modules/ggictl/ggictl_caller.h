/* SPDX-License-Identifier: EUPL-1.2 */

/* The profile of the caller that explain judges a call by. */

#ifndef GGICTL_CALLER_H
#define GGICTL_CALLER_H

#include "ggi_profile.h"
#include "ggi_reason.h"
#include "ggictl_args.h"


/*
 * Reads the profile of the OIN in the arguments, from the file that they name or from
 * Redis, and tells of members that are unknown. Sets *profile, which the caller frees
 * with free(). Leaves it as it is when there is no profile, and when the one in Redis has
 * a fault; then *reason says so. Returns the exit status.
 */
int ggictl_caller(const ggictl_args_t *args, ggi_profile_t **profile, ggi_reason_e *reason);


#endif
