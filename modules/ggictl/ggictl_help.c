/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdio.h>
#include <string.h>

#include "ggictl_help.h"
#include "ggictl_out.h"
#include "ggictl_unknown.h"

#define GGICTL_HELP_COLUMNS  100
#define GGICTL_HELP_NAMES    39         /* columns before a summary */
#define GGICTL_HELP_SYNTAX   13         /* columns before a further line of a syntax */


/*
 * Writes text, broken into lines of at most GGICTL_HELP_COLUMNS columns, and ends the
 * line. column is where the present line has come to; further lines begin at indent. An
 * empty line in the text is kept.
 */
static void
ggictl_help_wrap(FILE *out, const char *text, int indent, int column)
{
    int          len;
    const char  *p;

    for (p = text; *p; p += len) {
        if (*p == '\n') {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            len = 1;
            continue;
        }

        len = (int) strcspn(p, " \n");

        if (column > indent && column + 1 + len > GGICTL_HELP_COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }

        column += fprintf(out, "%s%.*s", column > indent ? " " : "", len, p);
        len += (p[len] == ' ');
    }

    fputc('\n', out);
}


/*
 * Writes a part of a syntax behind a blank, or on a further line when it does not fit
 * on the present one, which has come to column. Returns the column behind it.
 */
static int
ggictl_help_part(FILE *out, const char *part, int column)
{
    if (column + 1 + (int) strlen(part) > GGICTL_HELP_COLUMNS) {
        fputc('\n', out);
        column = fprintf(out, "%*s", GGICTL_HELP_SYNTAX, "");
    }

    return column + fprintf(out, " %s", part);
}


/* Writes the syntax of a command: its name, options and arguments. */
static void
ggictl_help_syntax(FILE *out, const ggictl_command_t *command)
{
    int                     column, required;
    char                    part[64];
    size_t                  i;
    const ggictl_option_t  *option;

    column = fprintf(out, "usage: ggictl %s", command->name);

    for (i = 0; i < GGICTL_HELP; i++) {
        option = &ggictl_options[i];

        if (!ggictl_options_have(command->options, i)) {
            continue;
        }

        required = ggictl_options_have(command->required, i);
        snprintf(part, sizeof(part), "%s--%s%s%s%s", required ? "" : "[", option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "",
                 required ? "" : "]");
        column = ggictl_help_part(out, part, column);
    }

    if (command->arguments[0]) {
        (void) ggictl_help_part(out, command->arguments, column);
    }

    fputc('\n', out);
}


void
ggictl_help_all(FILE *out, const ggictl_command_t *commands)
{
    int     n;
    size_t  i;

    fputs("usage: ggictl COMMAND [OPTION...] [ARGUMENT...]\n\n", out);

    for (i = 0; commands[i].name; i++) {
        n = fprintf(out, "  ggictl %s %s", commands[i].name, commands[i].arguments);
        fprintf(out, "%*s", n < GGICTL_HELP_NAMES ? GGICTL_HELP_NAMES - n : 1, "");
        ggictl_help_wrap(out, commands[i].summary, GGICTL_HELP_NAMES, GGICTL_HELP_NAMES);
    }

    fputs(
        "\n\"ggictl help COMMAND\" shows the options of a command; \"ggictl --version\" the "
        "version.\n"
        "Exit status: 0 good or allowed; 1 faulty, refused or not there; 2 it could not be done.\n",
        out);
}


void
ggictl_help_command(FILE *out, const ggictl_command_t *command)
{
    int                     n;
    char                    letter[8];
    size_t                  i;
    const ggictl_option_t  *option;

    ggictl_help_syntax(out, command);
    fputs("\n  ", out);
    ggictl_help_wrap(out, command->text, 2, 2);
    fputs("\nOptions:\n", out);

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        option = &ggictl_options[i];

        if (option->text == NULL || !ggictl_options_have(command->options, i)) {
            continue;
        }

        snprintf(letter, sizeof(letter), option->letter ? "-%c, " : "", option->letter);
        n = fprintf(out, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
                    option->argument ? option->argument : "");
        n += fprintf(out, "%*s", n < 25 ? 25 - n : 1, "");
        ggictl_help_wrap(out, option->text, 25, n);
    }

    fputs("\nExit status:", out);
    ggictl_help_wrap(out, command->status, 2, 14);
    fputs("  2 with a message on standard error when it could not be done.\n", out);
}


int
ggictl_help_words(FILE *out, const ggictl_command_t *commands, char **words, int n)
{
    int                      used, any;
    size_t                   i, len;
    const ggictl_command_t  *command;

    if (n == 0) {
        ggictl_help_all(out, commands);
        return GGICTL_OK;
    }

    command = ggictl_command_find(commands, words, n, &used);

    if (command) {
        ggictl_help_command(out, command);
        return GGICTL_OK;
    }

    len = strlen(words[0]);
    any = 0;

    for (i = 0; n == 1 && commands[i].name; i++) {
        if (strncmp(commands[i].name, words[0], len) == 0 && commands[i].name[len] == ' ') {
            if (any++) {
                fputs("\n\n", out);
            }

            ggictl_help_command(out, &commands[i]);
        }
    }

    if (!any) {
        ggictl_command_unknown(commands, words, n);
        return GGICTL_ERROR;
    }

    return GGICTL_OK;
}
