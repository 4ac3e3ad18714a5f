/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The command "audit verify": checks that the records of an audit log are those that
 * were written.
 */

#ifndef GGICTL_AUDIT_H
#define GGICTL_AUDIT_H

#include "ggictl_args.h"


/*
 * Runs "audit verify": prints the chains of records that were found and all faults in
 * them. Returns GGICTL_OK, GGICTL_NO when a fault was found, or GGICTL_ERROR after a
 * message when a file cannot be read.
 */
int ggictl_audit_verify(ggictl_args_t *args);


#endif
