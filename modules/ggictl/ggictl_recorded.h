/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The command "profiel verify": whether the profiles in Redis are those that a log of changes
 * has recorded last.
 */

#ifndef GGICTL_RECORDED_H
#define GGICTL_RECORDED_H

#include "ggictl_args.h"


/*
 * Runs "profiel verify". Returns GGICTL_OK, GGICTL_NO when a profile was changed without a
 * record, or GGICTL_ERROR after a message.
 */
int ggictl_profiel_verify(ggictl_args_t *args);


#endif
