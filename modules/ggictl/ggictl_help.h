/* SPDX-License-Identifier: EUPL-1.2 */

/* What is written from the table of commands: help, manual page and completion of the shell. */

#ifndef GGICTL_HELP_H
#define GGICTL_HELP_H

#include <stdio.h>

#include "ggictl_args.h"


/* Writes which commands there are, a line each. */
void ggictl_help_all(FILE *out, const ggictl_command_t *commands);

/* Writes the help of a command: syntax, what it does, options and exit status. */
void ggictl_help_command(FILE *out, const ggictl_command_t *command);

/*
 * Writes the help of the command that n words name, of each that begins with the
 * one word, or of all when n is 0. Returns the exit status: GGICTL_ERROR after a
 * message when there is none.
 */
int ggictl_help_words(FILE *out, const ggictl_command_t *commands, char **words,
    int n);

/* Writes the syntax of a command: its name, options and arguments, on one line without its end. */
void ggictl_help_syntax(FILE *out, const ggictl_command_t *command);

#endif
