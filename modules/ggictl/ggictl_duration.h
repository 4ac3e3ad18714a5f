/* SPDX-License-Identifier: EUPL-1.2 */

/* How long something lasts, as an option says it. */

#ifndef GGICTL_DURATION_H
#define GGICTL_DURATION_H

#include <stdint.h>


/*
 * Returns the ms of a duration such as 500ms, 10s, 5m or 2h, of at least so many ms and at most
 * 24 hours; or 0 after a message that names the option, which is given without its hyphens.
 */
int64_t ggictl_duration_read(const char *option, const char *text, int64_t least);


#endif
