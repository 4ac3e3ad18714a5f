/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "audit expire": has records go when their bewaartermijn is over. */

#ifndef GGICTL_EXPIRE_H
#define GGICTL_EXPIRE_H

#include "ggictl_args.h"


/*
 * Runs "audit expire": replaces records whose bewaartermijn is over by tombstones. Returns
 * GGICTL_OK; GGICTL_NO when a file was left as it is, since a process writes to it or no seal
 * has all of it; or GGICTL_ERROR after a message.
 */
int ggictl_expire(ggictl_args_t *args);


#endif
