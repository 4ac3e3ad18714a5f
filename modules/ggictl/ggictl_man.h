/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The manual page and the shell completion, written from the table of commands when the
 * suite is built.
 */

#ifndef GGICTL_MAN_H
#define GGICTL_MAN_H

#include <stdio.h>

#include "ggictl_args.h"


/*
 * Writes the manual page ggictl(1), in the man macros of roff, with the version in its
 * footer.
 */
void ggictl_man_page(FILE *out, const ggictl_command_t *commands,
    const char *version);

/* Writes the completion for bash, a script that bash reads with "source". */
void ggictl_man_completion(FILE *out, const ggictl_command_t *commands);


#endif
