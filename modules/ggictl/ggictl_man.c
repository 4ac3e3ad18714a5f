/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggictl_man.h"


/*
 * Writes text of the manual page. Escapes what roff would interpret; an empty line
 * becomes a new paragraph.
 */
static void
ggictl_man_text(FILE *out, const char *text)
{
    const char  *p;

    for (p = text; *p; p++) {
        if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n')) {
            fputs("\\&", out);
        }

        switch (*p) {
        case '\\': fputs("\\e", out); break;
        case '-': fputs("\\-", out); break;
        case '\n': fputs(p[1] == '\n' ? "\n.PP" : "\n", out); break;
        default: fputc(*p, out);
        }
    }

    fputc('\n', out);
}


/* Writes the name of an option in bold and that of its value in italics. */
static void
ggictl_man_option(FILE *out, const ggictl_option_t *option)
{
    fputs("\\fB\\-\\-", out);

    for (const char *p = option->name; *p; p++) {
        fprintf(out, *p == '-' ? "\\-" : "%c", *p);
    }

    fputs("\\fR", out);

    if (option->argument) {
        fprintf(out, " \\fI%s\\fR", option->argument);
    }
}


static void
ggictl_man_command(FILE *out, const ggictl_command_t *command)
{
    int     required;
    size_t  i;

    fprintf(out, ".SS \"%s\"\n.HP\n\\fBggictl %s\\fR", command->name, command->name);

    for (i = 0; i < GGICTL_HELP; i++) {
        if (ggictl_options_have(command->options, i)) {
            required = ggictl_options_have(command->required, i);
            fputs(required ? " " : " [", out);
            ggictl_man_option(out, &ggictl_options[i]);
            fputs(required ? "" : "]", out);
        }
    }

    if (command->arguments[0]) {
        fprintf(out, " \\fI%s\\fR", command->arguments);
    }

    fputs("\n.PP\n", out);
    ggictl_man_text(out, command->text);
    fputs(".PP\nExit status: ", out);
    ggictl_man_text(out, command->status);
}


void
ggictl_man_page(FILE *out, const ggictl_command_t *commands, const char *version)
{
    size_t  i;

    fprintf(
        out,
        ".\\\" Written by \"ggictl --man\" from its table of commands.\n"
        ".TH ggictl 1 \"\" \"ggictl %s\" \"User Commands\"\n"
        ".SH NAME\nggictl \\- tool of operators and auditors of the GGI gates\n"
        ".SH SYNOPSIS\n\\fBggictl\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
        ".SH DESCRIPTION\n",
        version);
    ggictl_man_text(
        out,
        "Checks autorisatieprofielen and registers of doelbindingen, keeps the profiles in Redis, "
        "explains what a gate decides on a call, and verifies audit logs. It judges with the "
        "code of the gates. The word \"profiel\" of a command may be left out.");
    fputs(".SH COMMANDS\n", out);

    for (i = 0; commands[i].name; i++) {
        ggictl_man_command(out, &commands[i]);
    }

    fputs(".SH OPTIONS\n", out);

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        if (ggictl_options[i].text) {
            fputs(".TP\n", out);

            if (ggictl_options[i].letter) {
                fprintf(out, "\\fB\\-%c\\fR, ", ggictl_options[i].letter);
            }

            ggictl_man_option(out, &ggictl_options[i]);
            fputc('\n', out);
            ggictl_man_text(out, ggictl_options[i].text);
        }
    }

    fputs(".SH \"EXIT STATUS\"\n"
          ".TP\n0\nGood or allowed.\n"
          ".TP\n1\nFaulty, refused or not there; standard output says what.\n"
          ".TP\n2\nThe command could not be done; standard error says why.\n"
          ".SH ENVIRONMENT\n"
          ".TP\n\\fBGGI_REDIS\\fR\nThe URL of Redis, where \\fB\\-\\-redis\\fR does not give "
          "one: a password in it cannot be seen there by other users.\n"
          ".TP\n\\fBGGI_REDIS_CA\\fR\nThe CAs of its certificate, where \\fB\\-\\-redis\\-ca\\fR "
          "does not give any.\n"
          ".TP\n\\fBGGI_REDIS_CERT\\fR, \\fBGGI_REDIS_KEY\\fR\nThe client certificate and its "
          "key, where \\fB\\-\\-redis\\-cert\\fR and \\fB\\-\\-redis\\-key\\fR do not give "
          "them.\n"
          ".TP\n\\fBGGI_REDIS_SENTINEL_USER\\fR, \\fBGGI_REDIS_SENTINEL_PASSWORD\\fR\nThe user and "
          "the password of the Sentinels, not of the servers.\n"
          ".TP\n\\fBGGI_CHANGES\\fR\nThe log of changes, where \\fB\\-\\-changes\\fR does not give "
          "one.\n"
          ".TP\n\\fBGGI_SHIP_TO\\fR, \\fBGGI_EXPIRE_FROM\\fR\nWhere records go, and where they "
          "expire, where \\fB\\-\\-to\\fR and \\fB\\-\\-from\\fR do not say so: a URL with a "
          "password in it cannot be seen there by other users.\n"
          ".SH FILES\n"
          ".TP\n\\fI/etc/ggictl.conf\\fR\n\"changes PATH\" has changes recorded in that log and in "
          "no other one.\n"
          ".SH \"SEE ALSO\"\n\\fBnginx\\fR(8)\n",
          out);
}


/* Returns 1 when a command begins with "profiel", which may be left out; 0 otherwise. */
static int
ggictl_man_is_profiel(const ggictl_command_t *command)
{
    return strncmp(command->name, "profiel ", 8) == 0;
}


/*
 * Writes the case of the completion script for a command, which sets the options that
 * it takes and whether its arguments are files.
 */
static void
ggictl_man_case(FILE *out, const ggictl_command_t *command)
{
    size_t       i;
    const char  *second, *blank;

    second = strchr(command->name, ' ');
    fprintf(out, "        '%s%s", command->name, second ? "'" : " '*");

    if (ggictl_man_is_profiel(command)) {
        fprintf(out, " | '%s '*", second + 1);
    }

    fputs(") options='", out);

    for (blank = "", i = 0; i < GGICTL_OPTIONS; i++) {
        if (ggictl_options[i].text && ggictl_options_have(command->options, i)) {
            fprintf(out, "%s--%s", blank, ggictl_options[i].name);
            blank = " ";
        }
    }

    fprintf(out, "' files=%d ;;\n", strstr(command->arguments, "FILE") != NULL);
}


/*
 * Writes the first words of all commands, each once, or with first the words that
 * follow that first word.
 */
static void
ggictl_man_words(FILE *out, const ggictl_command_t *commands, const char *first)
{
    size_t       i, len, before;
    const char  *name, *blank;

    len = first ? strcspn(first, " ") : 0;
    before = 0;

    for (blank = "", i = 0; commands[i].name; i++) {
        name = commands[i].name;

        if (first == NULL) {
            if (i == 0 || strcspn(name, " ") != before
                || strncmp(name, commands[i - 1].name, before) != 0)
            {
                before = strcspn(name, " ");
                fprintf(out, "%s%.*s", blank, (int) before, name);
                blank = " ";
            }

        } else if (strncmp(name, first, len) == 0 && name[len] == ' ') {
            fprintf(out, "%s%s", blank, name + len + 1);
            blank = " ";
        }
    }
}


/* Returns 1 when an option before has the name of this one too; 0 otherwise. */
static int
ggictl_man_named(size_t i)
{
    size_t  k;

    for (k = 0; k < i; k++) {
        if (strcmp(ggictl_options[k].name, ggictl_options[i].name) == 0) {
            return 1;
        }
    }

    return 0;
}


/*
 * Writes the pattern "--name | --other" of the options that take a value: with files
 * those whose value is a file or a directory, with others the rest.
 */
static void
ggictl_man_valued(FILE *out, int files, int others)
{
    int                     file;
    size_t                  i;
    const char             *bar;
    const ggictl_option_t  *option;

    for (bar = "", i = 0; i < GGICTL_OPTIONS; i++) {
        option = &ggictl_options[i];

        if (option->text == NULL || option->argument == NULL || ggictl_man_named(i)) {
            continue;
        }

        file = strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "DIR") == 0;

        if (!(file ? files : others) || (option->values && !files)) {
            continue;
        }

        fprintf(out, "%s--%s", bar, option->name);
        bar = " | ";

        if (option->letter) {
            fprintf(out, "%s-%c", bar, option->letter);
        }
    }
}


static const char ggictl_man_completion_start[] =
    "# SPDX-License-Identifier: EUPL-1.2\n"
    "# shellcheck shell=bash\n"
    "# Completion of ggictl for bash, written by \"ggictl --completion bash\" from its table of "
    "commands.\n"
    "_ggictl() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local words=() options='' files=0 second='' i\n"
    "    COMPREPLY=()\n\n"
    "    # bash gives --name=value as three words\n"
    "    if [ \"$current\" = '=' ]; then\n"
    "        current=''\n"
    "    elif [ \"$previous\" = '=' ]; then\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n\n"
    "    case $previous in\n";

static const char  ggictl_man_completion_end[] =
    "    esac\n\n"
    "    if [ -n \"$options\" ] && [[ $current == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n"
    "    elif [ -n \"$options\" ] && [ \"$files\" -eq 1 ]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
    "    elif [ -z \"$options\" ] && [ ${#words[@]} -eq 0 ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$first\" -- \"$current\")\n"
    "    elif [ -z \"$options\" ] && [ ${#words[@]} -eq 1 ]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$second\" -- \"$current\")\n"
    "    fi\n"
    "}\n"
    "complete -F _ggictl ggictl\n";


void
ggictl_man_completion(FILE *out, const ggictl_command_t *commands)
{
    char                    letter[8];
    size_t                  i;
    const ggictl_option_t  *option;

    fputs(ggictl_man_completion_start, out);
    fputs("        ", out);
    ggictl_man_valued(out, 1, 0);
    fputs(")\n            compopt -o filenames 2>/dev/null\n"
          "            mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
          "            return ;;\n", out);

    for (i = 0; i < GGICTL_OPTIONS; i++) {
        option = &ggictl_options[i];

        if (option->text && option->values) {
            snprintf(letter, sizeof(letter), option->letter ? "-%c | " : "", option->letter);
            fprintf(out,
                    "        %s--%s)\n            mapfile -t COMPREPLY < <(compgen -W '%s' -- "
                    "\"$current\")\n"
                    "            return ;;\n",
                    letter, option->name, option->values);
        }
    }

    fputs("        ", out);
    ggictl_man_valued(out, 0, 1);
    fputs(")\n            return ;;\n    esac\n\n"
          "    # the words before this one that are no options and no values of options\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n            ", out);
    ggictl_man_valued(out, 1, 1);
    fputs(")\n                [ \"${COMP_WORDS[i + 1]}\" != '=' ] || i=$((i + 1))\n"
          "                i=$((i + 1)) ;;\n"
          "            -?*) ;;\n"
          "            *) words+=(\"${COMP_WORDS[i]}\") ;;\n"
          "        esac\n    done\n"
          "    [ \"${words[0]-}\" != help ] || words=(\"${words[@]:1}\")\n\n"
          "    local first='", out);
    ggictl_man_words(out, commands, NULL);
    fputs(" --help --version'\n    case ${words[0]-} in\n", out);

    for (i = 0; commands[i].name; i++) {
        if (strchr(commands[i].name, ' ')
            && (i == 0
                || strncmp(commands[i].name, commands[i - 1].name,
                           strcspn(commands[i].name, " ") + 1)
                       != 0))
        {
            fprintf(out, "        %.*s) second='", (int) strcspn(commands[i].name, " "),
                    commands[i].name);
            ggictl_man_words(out, commands, commands[i].name);
            fputs("' ;;\n", out);
        }
    }

    fputs("    esac\n\n    case \"${words[0]-} ${words[1]-}\" in\n", out);

    for (i = 0; commands[i].name; i++) {
        if (commands[i].run) {
            ggictl_man_case(out, &commands[i]);
        }
    }

    fputs(ggictl_man_completion_end, out);
}
