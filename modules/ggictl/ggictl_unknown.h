/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What is given to ggictl and not known: the messages on standard error that name it and, when
 * a known name is spelled nearly like it, the one that was probably meant.
 */

#ifndef GGICTL_UNKNOWN_H
#define GGICTL_UNKNOWN_H

#include "ggictl_command.h"


/* Writes the message about an option that does not exist, given without the hyphens. */
void ggictl_option_unknown(const char *given);

/*
 * Writes the message about the command that the n words name, at least one, and that is not
 * in the table of commands.
 */
void ggictl_command_unknown(const ggictl_command_t *commands, char **words, int n);

/* Writes the message about a text that an option names as a reason for refusal, and is none. */
void ggictl_reason_unknown(const char *option, const char *given);


#endif
