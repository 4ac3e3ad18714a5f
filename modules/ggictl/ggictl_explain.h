/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "explain": the decision that the gate would take on a call, and why. */

#ifndef GGICTL_EXPLAIN_H
#define GGICTL_EXPLAIN_H

#include "ggictl_args.h"


/*
 * Runs "explain" of a kind: judges the call that the options describe by the caller's
 * document and, if --register is given, its claim by the register, and prints the verdict.
 * Returns GGICTL_OK when the call is allowed, GGICTL_NO when it is refused, or
 * GGICTL_ERROR after a message.
 */
int ggictl_explain(ggictl_args_t *args);


#endif
