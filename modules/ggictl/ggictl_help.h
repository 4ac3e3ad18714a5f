/* SPDX-License-Identifier: EUPL-1.2 */

/* The help of the tool, written from the table of commands. */

#ifndef GGICTL_HELP_H
#define GGICTL_HELP_H

#include <stdio.h>

#include "ggictl_args.h"


/* Writes the overview of all commands, one line for each. */
void ggictl_help_all(FILE *out, const ggictl_command_t *commands);

/*
 * Writes the help of one command: its syntax, what it does, its options and its exit
 * statuses.
 */
void ggictl_help_command(FILE *out, const ggictl_command_t *command);

/*
 * Writes the help of the command that the n words name. One word that several commands
 * begin with gives the help of all of these, and n = 0 gives the overview of all
 * commands. Returns GGICTL_OK, or GGICTL_ERROR after a message when there is no such
 * command.
 */
int ggictl_help_words(FILE *out, const ggictl_command_t *commands, char **words,
    int n);

#endif
