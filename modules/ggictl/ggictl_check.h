/* SPDX-License-Identifier: EUPL-1.2 */

/* "profiel check" and "register check": all faults of files. */

#ifndef GGICTL_CHECK_H
#define GGICTL_CHECK_H

#include "ggictl_args.h"


/* The commands. Both return the exit status. */
int ggictl_profiel_check(ggictl_args_t *args);
int ggictl_register_check(ggictl_args_t *args);

/*
 * Checks one file of profiles, and says what is found, as "profiel check" does.
 * Returns GGICTL_OK, GGICTL_NO when it has a fault, or GGICTL_ERROR after a
 * message when it cannot be read.
 */
int ggictl_check_profiles(ggictl_args_t *args, const char *file);


#endif
