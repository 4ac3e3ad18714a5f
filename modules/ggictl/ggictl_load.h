/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "profiel load" and "profiel withdraw", which change the profiles in Redis. */

#ifndef GGICTL_LOAD_H
#define GGICTL_LOAD_H

#include "ggictl_args.h"


/*
 * Runs "profiel load": checks a file and puts its profiles into Redis, all of them or
 * none. Returns GGICTL_OK, GGICTL_NO when the file has a fault or Redis has a newer
 * version, or GGICTL_ERROR after a message.
 */
int ggictl_profiel_load(ggictl_args_t *args);

/*
 * Runs "profiel withdraw": removes the profile of an OIN from Redis and announces that
 * to the gates. Returns GGICTL_OK, GGICTL_NO when there was none, or GGICTL_ERROR after
 * a message.
 */
int ggictl_profiel_withdraw(ggictl_args_t *args);


#endif
