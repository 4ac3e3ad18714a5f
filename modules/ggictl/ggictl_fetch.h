/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "crl fetch", which gets the revocation lists of CAs and puts them in place. */

#ifndef GGICTL_FETCH_H
#define GGICTL_FETCH_H

#include "ggictl_args.h"


/*
 * Runs "crl fetch": downloads the list of each CA of --trust, judges it, and puts it into
 * the directory --to. Returns GGICTL_OK when each list that is asked for is in place and
 * is the one that the CA has now; GGICTL_NO, after messages on standard error that name
 * CA, URL and remedy, when one is not; or GGICTL_ERROR after a message when nothing could
 * be done.
 */
int ggictl_crl_fetch(ggictl_args_t *args);


#endif
