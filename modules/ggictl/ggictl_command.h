/* SPDX-License-Identifier: EUPL-1.2 */

/* A command of ggictl, as it stands in the table of commands. */

#ifndef GGICTL_COMMAND_H
#define GGICTL_COMMAND_H

#include "ggictl_options.h"

#define GGICTL_NAME_MAX     63          /* bytes of the longest name of an option */
#define GGICTL_MANY         1000000     /* stands for any number of arguments */


typedef struct ggictl_args_s     ggictl_args_t;
typedef struct ggictl_command_s  ggictl_command_t;
typedef struct ggictl_kind_s     ggictl_kind_t;

/* A command of the tool. The last entry of a table of commands has NULL for its name. */
struct ggictl_command_s {
    const char  *name;                  /* one or two words */
    const char  *arguments;             /* shown in the help, such as "FILE..."; "": takes none */
    int          min;                   /* fewest and most arguments that it takes */
    int          max;
    const uint8_t  *options;            /* those that it takes, by GGICTL_SOME() */
    const uint8_t  *required;           /* those that it requires; NULL: none */
    const char  *summary;               /* a line, without a full stop */
    const char  *text;                  /* whole sentences; an empty line ends a paragraph */
    const char  *status;                /* what its exit statuses mean */
    int        (*run)(ggictl_args_t *args);     /* returns the exit status; NULL: main() runs it */
    const ggictl_kind_t  *kind;         /* of the documents that it is for; NULL: for none */
};


#endif
