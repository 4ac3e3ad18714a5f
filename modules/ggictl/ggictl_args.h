/* SPDX-License-Identifier: EUPL-1.2 */

/* The command line of ggictl: its commands and options, and what was given of them. */

#ifndef GGICTL_ARGS_H
#define GGICTL_ARGS_H

#include <jansson.h>

#include "ggi_str.h"
#include "ggictl_command.h"
#include "ggictl_options.h"


typedef struct ggictl_changes_s  ggictl_changes_t;

struct ggictl_args_s {
    const ggictl_command_t  *command;   /* the command that was named; NULL: none */
    const char              *option[GGICTL_OPTIONS];    /* its value, or ""; NULL: not given */
    char                   **words;     /* all words that are no options, in order */
    int                      words_n;
    char                   **arguments; /* the words behind the name of the command */
    int                      n;
    int                      split;     /* of these, how many stand before "--" */
    ggictl_changes_t        *changes;   /* records what the command changes */
    json_t                  *result;    /* object that collects the result; NULL: print text */
};


/* Returns the value of an option as a string, empty when the option was not given. */
static inline ggi_str_t
ggictl_str(const char *text)
{
    ggi_str_t  str = { text ? strlen(text) : 0, text };

    return str;
}


/*
 * Reads the command line that main() received. Options may stand before, between and
 * behind the words; everything behind "--" is a word; when an option is given twice,
 * the last one counts. Sets args->command to the command that the words name, also when
 * its first word "profiel" is left out, and to NULL when they name none. It does not
 * check whether the command takes what was given: call ggictl_args_check() for that.
 * Returns 1; the caller frees args->words with free(). Returns 0, with nothing to free,
 * after a message on standard error that names what is wrong.
 */
int ggictl_args_read(ggictl_args_t *args, const ggictl_command_t *commands,
    int argc, char **argv);

/*
 * Checks that a command was named, that it takes the options and the number of
 * arguments that were given, that the options it requires are there, that no argument is
 * empty, and that standard input is given once at most. Puts what standard input has in the place
 * of an option that names a person and is "-". Returns 1, or 0 after a message on standard error
 * that names the first fault.
 */
int ggictl_args_check(ggictl_args_t *args,
    const ggictl_command_t *commands);

/*
 * Checks that an option for which no command is named, such as --version, is all that was
 * given. Returns 1, or 0 after a message on standard error that names what else was.
 */
int ggictl_args_alone(const ggictl_args_t *args, ggictl_option_e option);

/*
 * Returns the command that the n words begin with, and sets *used to the number of
 * words of its name, or returns NULL when they begin with none.
 */
const ggictl_command_t *ggictl_command_find(const ggictl_command_t *commands,
    char **words, int n, int *used);


#endif
