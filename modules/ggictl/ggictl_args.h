/* SPDX-License-Identifier: EUPL-1.2 */

/* The arguments of ggictl: which commands and options there are, and which were given. */

#ifndef GGICTL_ARGS_H
#define GGICTL_ARGS_H

#include <jansson.h>


typedef enum {
    GGICTL_REGISTER = 0,
    GGICTL_PROFILES,
    GGICTL_OIN,
    GGICTL_DIENST,
    GGICTL_METHOD,
    GGICTL_PATH,
    GGICTL_CLAIM,
    GGICTL_NAMENS,
    GGICTL_AT,
    GGICTL_FORCE,
    GGICTL_PARTIAL,
    GGICTL_REDIS,
    GGICTL_REDIS_CA,
    GGICTL_OUTPUT,
    GGICTL_HELP,
    GGICTL_VERSION,
    GGICTL_MAN,
    GGICTL_COMPLETION,
    GGICTL_OPTIONS
} ggictl_option_e;

#define GGICTL_BIT(option)  (1u << (option))
#define GGICTL_MANY         1000000     /* arguments: no command line has more */


typedef struct {
    const char  *name;                  /* without its two hyphens */
    char         letter;                /* of its short form; 0: it has none */
    const char  *argument;              /* what its value is, for people; NULL: it takes none */
    const char  *values;                /* that it takes, with a blank between; NULL: any */
    const char  *text;                  /* what it does; NULL: for the build, in no help */
} ggictl_option_t;


typedef struct ggictl_command_s  ggictl_command_t;

typedef struct {
    const ggictl_command_t  *command;   /* NULL: none was named */
    const char              *option[GGICTL_OPTIONS];    /* value, or ""; NULL: not given */
    char                   **words;     /* the words of the command and its arguments, in order */
    int                      words_n;
    char                   **arguments; /* those of the words that are behind the command */
    int                      n;
    json_t                  *result;    /* an object for the result; NULL: text is asked for */
} ggictl_args_t;

/* A command of the tool. A table of them ends with one whose name is NULL. */
struct ggictl_command_s {
    const char  *name;                  /* one or two words */
    const char  *arguments;             /* for people, as "FILE..."; "" when it takes none */
    int          min;                   /* how many arguments it takes, at least and at most */
    int          max;
    unsigned     options;               /* bits of the options that it takes */
    unsigned     required;              /* bits of those that have to be given */
    const char  *summary;               /* a line, without a full stop */
    const char  *text;                  /* whole sentences; an empty line between paragraphs */
    const char  *status;                /* what its exit statuses mean */
    int        (*run)(ggictl_args_t *args);     /* returns the exit status; NULL: main() runs it */
};

/* All options, in the order of the enum. */
extern const ggictl_option_t  ggictl_options[GGICTL_OPTIONS];


/*
 * Reads the arguments of main(). Options may stand before, between and behind the
 * words; all behind "--" are words; the last of an option that is given twice
 * counts. args->command is the command of the words, also when its first word
 * "profiel" was left out. Returns 1; the caller frees args->words with free().
 * Returns 0 after a message on standard error that names what is wrong. Which
 * options and arguments the command takes is looked at by ggictl_args_check().
 */
int ggictl_args_read(ggictl_args_t *args, const ggictl_command_t *commands,
    int argc, char **argv);

/*
 * Looks whether the command was named, takes the options that were given and so
 * many arguments, and whether the options that it needs are there. Returns 1, or
 * 0 after a message that names the first that is wrong.
 */
int ggictl_args_check(const ggictl_args_t *args,
    const ggictl_command_t *commands);

/*
 * Returns the command that n words begin with, and in *used how many of them are
 * its name; NULL when they begin with none.
 */
const ggictl_command_t *ggictl_command_find(const ggictl_command_t *commands,
    char **words, int n, int *used);

/* Writes a message that names the unknown command of n words, and the one that may be meant. */
void ggictl_command_unknown(const ggictl_command_t *commands, char **words, int n);


#endif
