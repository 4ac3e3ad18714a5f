/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "doctor", which tells what is missing or risky at a gate. */

#ifndef GGICTL_DOCTOR_H
#define GGICTL_DOCTOR_H

#include "ggictl_args.h"

#define GGICTL_UNKNOWN  3               /* exit status of plugins of monitors: nothing is known */


/*
 * Runs "doctor": looks at the configuration, the files that it names, Redis, the clock and the
 * status of a running gate, and tells what it finds, with a remedy for each. Returns the exit
 * status as monitors know it: 0 when all is good, 1 for warnings, 2 when something is critical,
 * and GGICTL_UNKNOWN after a message when it could not look.
 */
int ggictl_doctor(ggictl_args_t *args);


#endif
