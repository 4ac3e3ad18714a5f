/* SPDX-License-Identifier: EUPL-1.2 */

/* The command "dienst init", which begins a dienst from the OpenAPI document of its API. */

#ifndef GGICTL_DIENST_H
#define GGICTL_DIENST_H

#include "ggictl_args.h"


/*
 * Runs "dienst init": writes the location, the profile and the register of a new dienst into a
 * directory, all or none of them. Returns GGICTL_OK; GGICTL_NO when the document has a fault,
 * which is then shown; or GGICTL_ERROR after a message.
 */
int ggictl_dienst_init(ggictl_args_t *args);


#endif
