/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The manual page and the completion of the shell, written from the table of
 * commands for the build.
 */

#ifndef GGICTL_MAN_H
#define GGICTL_MAN_H

#include <stdio.h>

#include "ggictl_args.h"


/* Writes the manual page, ggictl(1), in the man macros of roff. */
void ggictl_man_page(FILE *out, const ggictl_command_t *commands,
    const char *version);

/* Writes the completion for bash: a script to be read by it. */
void ggictl_man_completion(FILE *out, const ggictl_command_t *commands);


#endif
