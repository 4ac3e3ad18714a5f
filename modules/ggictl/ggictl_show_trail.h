/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a record in which an audit log tells of itself. */

#ifndef GGICTL_SHOW_TRAIL_H
#define GGICTL_SHOW_TRAIL_H

#include <stdio.h>

#include "ggi_logged.h"


/* Writes the event of a record and what it tells, without its time and without a newline. */
void ggictl_show_trail(FILE *out, const ggi_logged_t *logged);


#endif
