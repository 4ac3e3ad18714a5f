/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "check", of documents and of registers, which name all faults in files. */

#ifndef GGICTL_CHECK_H
#define GGICTL_CHECK_H

#include "ggictl_args.h"


/*
 * Runs "check" of a kind: prints the faults and warnings of each file of documents that was
 * given, judged by the register of --register if that was given. Returns the
 * highest exit status of a file: GGICTL_OK, GGICTL_NO when one has a fault, or
 * GGICTL_ERROR after a message when one cannot be read.
 */
int ggictl_documents_check(ggictl_args_t *args);

/*
 * Runs "register check": prints the faults of each register that was given. Returns the
 * highest exit status of a file: GGICTL_OK, GGICTL_NO when one has a fault, or
 * GGICTL_ERROR after a message when one cannot be read.
 */
int ggictl_register_check(ggictl_args_t *args);

/*
 * Checks one file of documents, of the kind of the command, without a register, and prints its
 * faults and warnings, as "check" does. Of a file without faults it does not print that it is
 * good, since something else has yet to come of it. Returns GGICTL_OK, GGICTL_NO when the file
 * has a fault, or GGICTL_ERROR after a message when it cannot be read.
 */
int ggictl_check_quietly(ggictl_args_t *args, const char *file);


#endif
