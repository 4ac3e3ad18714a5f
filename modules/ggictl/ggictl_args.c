/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_args.h"
#include "ggictl_input.h"
#include "ggictl_out.h"
#include "ggictl_unknown.h"


/* Returns 1 when a list of words, separated by a blank, has the word; 0 otherwise. */
static int
ggictl_values_have(const char *values, const char *word)
{
    size_t       len;
    const char  *p;

    len = strlen(word);

    for (p = values; p; p = strchr(p, ' ')) {
        p += (*p == ' ');

        if (len && strncmp(p, word, len) == 0 && (p[len] == ' ' || p[len] == '\0')) {
            return 1;
        }
    }

    return 0;
}


/*
 * Returns the option that a value is for, which is i or one behind it of the same name that
 * begins as the value does.
 */
static size_t
ggictl_option_of_value(size_t i, const char *value)
{
    size_t       k;
    const char  *begins;

    for (k = i + 1; k < GGICTL_OPTIONS; k++) {
        begins = ggictl_options[k].begins;

        if (begins && strcmp(ggictl_options[k].name, ggictl_options[i].name) == 0
            && strncmp(value, begins, strlen(begins)) == 0)
        {
            return k;
        }
    }

    return i;
}


/* Returns 1 when the value of an option names a file, a directory or a server; 0 otherwise. */
static int
ggictl_option_is_place(const ggictl_option_t *option)
{
    return strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "DIR") == 0
           || strcmp(option->argument, "URL") == 0;
}


/*
 * Sets option number i. shown is how it was given, for messages; value is the text
 * behind its "=", or NULL, so that the next argument is its value. Returns 1, or 0
 * after a message.
 */
static int
ggictl_option_set(ggictl_args_t *args, size_t i, const char *shown, const char *value, int argc,
    char **argv, int *pos)
{
    const ggictl_option_t  *option = &ggictl_options[i];

    if (option->argument == NULL) {
        if (value) {
            ggictl_fail("%s takes no value, and \"%s\" was given", shown, value);
            return 0;
        }

        args->option[i] = "";
        return 1;
    }

    if (value == NULL) {
        if (*pos + 1 >= argc) {
            ggictl_fail("%s needs a value: %s", shown, option->argument);
            return 0;
        }

        value = argv[++*pos];
    }

    if (value[0] == '\0' && ggictl_option_is_place(option)) {
        ggictl_fail("%s needs a value: %s", shown, option->argument);
        return 0;
    }

    if (option->values && !ggictl_values_have(option->values, value)) {
        ggictl_fail("%s: unknown value \"%s\", expected one of: %s", shown, value, option->values);
        return 0;
    }

    args->option[ggictl_option_of_value(i, value)] = value;

    return 1;
}


/*
 * Reads the option at *pos, "--name", "--name=value", "-n" or "-nvalue", and moves *pos
 * to its value if that is an argument of its own. Returns 1, or 0 after a message.
 */
static int
ggictl_option_read(ggictl_args_t *args, int argc, char **argv, int *pos)
{
    char         name[GGICTL_NAME_MAX + 1], shown[GGICTL_NAME_MAX + 3];
    size_t       i, len;
    const char  *given, *value;

    given = argv[*pos];

    if (given[1] != '-') {
        for (i = 0; i < GGICTL_OPTIONS; i++) {
            if (ggictl_options[i].letter == given[1]
                && (given[2] == '\0' || ggictl_options[i].argument))
            {
                snprintf(shown, sizeof(shown), "-%c", given[1]);
                return ggictl_option_set(args, i, shown, given[2] ? given + 2 : NULL, argc, argv,
                                         pos);
            }
        }

        ggictl_fail("unknown option \"%s\"; \"ggictl help COMMAND\" names those of a command",
                    given);
        return 0;
    }

    value = strchr(given, '=');
    len = value ? (size_t) (value - given) - 2 : strlen(given) - 2;
    snprintf(name, sizeof(name), "%.*s", (int) (len > GGICTL_NAME_MAX ? GGICTL_NAME_MAX : len),
             given + 2);
    snprintf(shown, sizeof(shown), "--%s", name);

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (strcmp(ggictl_options[i].name, name) == 0) {
            return ggictl_option_set(args, i, shown, value ? value + 1 : NULL, argc, argv, pos);
        }
    }

    ggictl_option_unknown(name);

    return 0;
}


/*
 * Returns 1 when the words begin with the name of a command, and sets *used to the
 * number of words in it; returns 0 otherwise.
 */
static int
ggictl_command_is(const char *name, char **words, int n, int *used)
{
    size_t       len;
    const char  *second;

    second = strchr(name, ' ');
    len = second ? (size_t) (second - name) : strlen(name);

    if (strlen(words[0]) != len || memcmp(words[0], name, len) != 0) {
        return 0;
    }

    *used = second ? 2 : 1;

    return second == NULL || (n > 1 && strcmp(words[1], second + 1) == 0);
}


const ggictl_command_t *
ggictl_command_find(const ggictl_command_t *commands, char **words, int n, int *used)
{
    size_t  i;

    if (n == 0 || words[0] == NULL) {
        return NULL;
    }

    for (i = 0; commands[i].name; i++) {
        if (ggictl_command_is(commands[i].name, words, n, used)) {
            return &commands[i];
        }
    }

    /*
     * the word "profiel" may be left out, since nothing else can be loaded, shown,
     * listed or withdrawn
     */

    for (i = 0; commands[i].name; i++) {
        if (strncmp(commands[i].name, "profiel ", 8) == 0
            && strcmp(commands[i].name + 8, words[0]) == 0)
        {
            *used = 1;
            return &commands[i];
        }
    }

    return NULL;
}


/*
 * Gives a value to the option that the command takes, where that has the name of another one
 * too, which was found first.
 */
static void
ggictl_option_share(ggictl_args_t *args)
{
    size_t          i, k;
    const uint8_t  *taken;

    taken = args->command->options;

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (args->option[i] == NULL || ggictl_options_have(taken, i)) {
            continue;
        }

        for (k = i + 1; k < GGICTL_OPTIONS && args->option[i]; k++) {
            if (ggictl_options_have(taken, k)
                && strcmp(ggictl_options[i].name, ggictl_options[k].name) == 0)
            {
                args->option[k] = args->option[i];
                args->option[i] = NULL;
            }
        }
    }
}


int
ggictl_args_read(ggictl_args_t *args, const ggictl_command_t *commands, int argc, char **argv)
{
    int  i, used, ended;

    memset(args, 0, sizeof(ggictl_args_t));
    args->words = calloc((size_t) argc + 1, sizeof(char *));

    if (args->words == NULL) {
        ggictl_fail("no memory");
        return 0;
    }

    ended = 0;

    for (i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0) {
            ended = 1;
            args->split = args->words_n;

        } else if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            args->words[args->words_n++] = argv[i];

        } else if (!ggictl_option_read(args, argc, argv, &i)) {
            free(args->words);
            args->words = NULL;
            return 0;
        }
    }

    args->command = ggictl_command_find(commands, args->words, args->words_n, &used);

    if (args->command) {
        args->arguments = args->words + used;
        args->n = args->words_n - used;
        args->split = (args->split > used) ? args->split - used : 0;
        ggictl_option_share(args);
    }

    return 1;
}


/*
 * Checks that the command takes the options that were given, and that those it requires
 * are there. Returns 1, or 0 after a message.
 */
static int
ggictl_args_check_options(const ggictl_args_t *args)
{
    char                     missing[256];
    size_t                   i, len;
    const ggictl_command_t  *command = args->command;

    len = 0;
    missing[0] = '\0';

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (args->option[i] && !ggictl_options_have(command->options, i)) {
            ggictl_fail("%s: --%s%s%s is not an option of this command", command->name,
                        ggictl_options[i].name, ggictl_options[i].begins ? " " : "",
                        ggictl_options[i].begins ? ggictl_options[i].begins : "");
            return 0;
        }

        if (args->option[i] == NULL && ggictl_options_have(command->required, i)
            && len < sizeof(missing))
        {
            len += (size_t) snprintf(missing + len, sizeof(missing) - len, "%s--%s",
                                     len ? ", " : "", ggictl_options[i].name);
        }
    }

    if (len) {
        ggictl_fail("%s: expected %s", command->name, missing);
        return 0;
    }

    return 1;
}


/*
 * Checks the arguments: none may be empty, and standard input can be given once, as an
 * argument or as the value of an option. Returns 1, or 0 after a message.
 */
static int
ggictl_args_check_words(const ggictl_args_t *args)
{
    int     k, n;
    size_t  i;

    n = 0;

    for (k = 0; k < args->n; k++) {
        if (args->arguments[k][0] == '\0') {
            ggictl_fail("%s: an argument is empty, expected %s", args->command->name,
                        args->command->arguments);
            return 0;
        }

        n += (strcmp(args->arguments[k], "-") == 0);
    }

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        n += (args->option[i] && strcmp(args->option[i], "-") == 0
              && (i == GGICTL_SUBJECT || i == GGICTL_USER
                  || ggictl_option_is_place(&ggictl_options[i])));
    }

    if (n > 1) {
        ggictl_fail("%s: standard input can be read once, and \"-\" was given %d times",
                    args->command->name, n);
        return 0;
    }

    return 1;
}


/* Takes persons that are given as "-" from standard input. Returns 1, or 0 after a message. */
static int
ggictl_args_persons(ggictl_args_t *args)
{
    size_t                        i;
    static const ggictl_option_e  persons[] = { GGICTL_SUBJECT, GGICTL_USER };

    for (i = 0; i < sizeof(persons) / sizeof(persons[0]); i++) {
        if (args->option[persons[i]]) {
            args->option[persons[i]] = ggictl_input_line(args->option[persons[i]]);

            if (args->option[persons[i]] == NULL) {
                return 0;
            }
        }
    }

    return 1;
}


int
ggictl_args_alone(const ggictl_args_t *args, ggictl_option_e option)
{
    size_t  i;

    if (args->words_n) {
        ggictl_fail("--%s: unexpected argument \"%s\"", ggictl_options[option].name,
                    args->words[0]);
        return 0;
    }

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (args->option[i] && i != option) {
            ggictl_fail("--%s stands alone, and --%s was given as well",
                        ggictl_options[option].name, ggictl_options[i].name);
            return 0;
        }
    }

    return 1;
}


int
ggictl_args_check(ggictl_args_t *args, const ggictl_command_t *commands)
{
    const ggictl_command_t  *command = args->command;

    if (args->words_n == 0) {
        ggictl_fail("expected a command; \"ggictl help\" names all");
        return 0;
    }

    if (command == NULL) {
        ggictl_command_unknown(commands, args->words, args->words_n);
        return 0;
    }

    if (!ggictl_args_check_options(args)) {
        return 0;
    }

    if (args->n < command->min) {
        ggictl_fail("%s: expected %s", command->name, command->arguments);
        return 0;
    }

    if (args->n > command->max) {
        ggictl_fail("%s: unexpected argument \"%s\"", command->name, args->arguments[command->max]);
        return 0;
    }

    return ggictl_args_check_words(args) && ggictl_args_persons(args);
}
