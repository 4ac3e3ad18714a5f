/* SPDX-License-Identifier: EUPL-1.2 */

/* "explain": the decision that the gate would take on a call, and why. */

#ifndef GGICTL_EXPLAIN_H
#define GGICTL_EXPLAIN_H

#include "ggictl_args.h"


/* The command. Returns the exit status: GGICTL_OK when the call is allowed. */
int ggictl_explain(ggictl_args_t *args);


#endif
