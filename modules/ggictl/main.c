/* SPDX-License-Identifier: EUPL-1.2 */

/* ggictl, the tool of operators and auditors. It judges with the same code as the gate. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_version.h"
#include "ggictl_args.h"
#include "ggictl_changes.h"
#include "ggictl_help.h"
#include "ggictl_man.h"
#include "ggictl_out.h"
#include "ggictl_table.h"


/* Runs the command that was read from the command line. Returns the exit status. */
static int
ggictl_run(ggictl_args_t *args)
{
    int                rc;
    const char        *format;

    if (!ggictl_args_check(args, ggictl_commands)) {
        return GGICTL_ERROR;
    }

    if (args->command->run == NULL) {
        return ggictl_end(NULL,
                          ggictl_help_words(stdout, ggictl_commands, args->arguments, args->n));
    }

    format = args->option[GGICTL_OUTPUT];

    if (format && strcmp(format, "json") == 0) {
        args->result = json_object();

        if (args->result == NULL) {
            return ggictl_fail("no memory");
        }
    }

    ggictl_changes_init(args->changes, args);
    rc = ggictl_changes_close(args->changes, args->command->run(args));
    rc = ggictl_end(rc == GGICTL_ERROR ? NULL : args->result, rc);
    json_decref(args->result);

    return rc;
}


/*
 * Answers an option that needs no command: --version, --man or --completion. Returns the exit
 * status, or -1 when none of them was given.
 */
static int
ggictl_answer(const ggictl_args_t *args)
{
    size_t  i;

    static const ggictl_option_e  options[] = {
        GGICTL_VERSION, GGICTL_MAN, GGICTL_COMPLETION
    };

    for (i = 0; i < sizeof(options) / sizeof(options[0]) && !args->option[options[i]]; i++) { }

    if (i == sizeof(options) / sizeof(options[0])) {
        return -1;
    }

    if (!ggictl_args_alone(args, options[i])) {
        return GGICTL_ERROR;
    }

    if (options[i] == GGICTL_VERSION) {
        printf("ggictl %s\n", GGI_VERSION);

    } else if (options[i] == GGICTL_MAN) {
        ggictl_man_page(stdout, ggictl_commands, GGI_VERSION);

    } else {
        ggictl_man_completion(stdout, ggictl_commands);
    }

    return ggictl_end(NULL, GGICTL_OK);
}


int
main(int argc, char **argv)
{
    int                rc;
    ggictl_args_t      args;
    ggictl_changes_t   changes;

    if (!ggictl_streams_keep() || !ggictl_args_read(&args, ggictl_commands, argc, argv)) {
        return GGICTL_ERROR;
    }

    args.changes = &changes;

    if (args.option[GGICTL_HELP]) {
        rc = ggictl_help_words(stdout, ggictl_commands, args.words, args.words_n);
        rc = ggictl_end(NULL, rc);

    } else if ((rc = ggictl_answer(&args)) == -1) {
        rc = ggictl_run(&args);
    }

    free(args.words);

    return rc;
}
