/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "crl show", which tells what is in revocation lists and what is wrong with them. */

#ifndef GGICTL_CRL_H
#define GGICTL_CRL_H

#include "ggictl_args.h"


/*
 * Runs "crl show": prints what each list in the files and directories that were given
 * says of itself, and what is wrong with it; with --trust also by whom it has to be
 * signed, and of which CA a directory has no list. Returns GGICTL_OK, GGICTL_NO when
 * something is wrong, or GGICTL_ERROR after a message when --trust or a directory cannot
 * be read.
 */
int ggictl_crl_show(ggictl_args_t *args);


#endif
