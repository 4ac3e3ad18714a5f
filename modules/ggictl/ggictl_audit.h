/* SPDX-License-Identifier: EUPL-1.2 */

/* "audit verify": whether the records of an audit log are those that were written. */

#ifndef GGICTL_AUDIT_H
#define GGICTL_AUDIT_H

#include "ggictl_args.h"


/* The command. Returns the exit status: GGICTL_NO when a fault was found. */
int ggictl_audit_verify(ggictl_args_t *args);


#endif
