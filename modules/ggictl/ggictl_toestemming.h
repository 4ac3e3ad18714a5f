/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands by which consents in Redis are granted and withdrawn. */

#ifndef GGICTL_TOESTEMMING_H
#define GGICTL_TOESTEMMING_H

#include "ggictl_args.h"


/*
 * Runs "toestemming grant": puts a consent of the person whose BSN is in a file into Redis, and
 * announces that to the gates. Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
int ggictl_toestemming_grant(ggictl_args_t *args);

/*
 * Runs "toestemming withdraw": notes in the consent of an id that it is withdrawn, and announces
 * that to the gates. The consent stays in Redis. Returns GGICTL_OK; GGICTL_NO when there was none,
 * or it had been withdrawn; or GGICTL_ERROR after a message.
 */
int ggictl_toestemming_withdraw(ggictl_args_t *args);


#endif
