/* SPDX-License-Identifier: EUPL-1.2 */

/* The command that makes what Redis has the data set that gates accept. */

#ifndef GGICTL_ADOPT_H
#define GGICTL_ADOPT_H

#include "ggictl_args.h"


/*
 * Runs "dataset adopt": gives the data set in Redis a new id, with which it takes the place of
 * the one before and of those that the arguments name. Returns GGICTL_OK, or GGICTL_ERROR after
 * a message.
 */
int ggictl_dataset_adopt(ggictl_args_t *args);


#endif
