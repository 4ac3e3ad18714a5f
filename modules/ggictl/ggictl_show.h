/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a call of an audit log, or a record in which the log tells of itself. */

#ifndef GGICTL_SHOW_H
#define GGICTL_SHOW_H

#include <stdio.h>

#include "ggi_join.h"
#include "ggictl_args.h"

#define GGICTL_SHOW_TIME  24            /* bytes of a time as it is shown */


/* How calls are shown. */
typedef struct {
    int  json;
    int  colour;
} ggictl_show_t;


/*
 * Reads how calls are to be shown. Takes args->result away, since what is found is written
 * as it comes, and not kept until the end.
 */
ggictl_show_t ggictl_show_begin(ggictl_args_t *args);

/*
 * Writes a line: the time of the decision, OIN, organisation, dienst, doelbinding, method
 * and path, decision and reason, status and duration, with two blanks between, and "-" for
 * what is not known. Texts are shown as they are escaped in JSON, without what a terminal
 * would obey. With colour the decision has one.
 */
void ggictl_show_line(FILE *out, const ggi_joined_t *joined, int colour);

/* Writes the text of a field in the way that ggictl_show_line() does, or "-" for none. */
void ggictl_show_text(FILE *out, ggi_str_t text);

/*
 * Writes an object of JSON without a newline: the records as they stand in the log, as
 * members "decision" and "completion", which is null when there is none, or "record".
 */
void ggictl_show_json(FILE *out, const ggi_joined_t *joined);

/*
 * Writes a time in ms since the epoch, such as 2026-11-26T05:00:00.123Z, and a NUL. Returns
 * text.
 */
const char *ggictl_show_time(char text[GGICTL_SHOW_TIME + 1], uint64_t ms);


#endif
