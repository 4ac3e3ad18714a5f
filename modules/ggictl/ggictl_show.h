/* SPDX-License-Identifier: EUPL-1.2 */

/* Shows a call of an audit log, or a record in which the log tells of itself. */

#ifndef GGICTL_SHOW_H
#define GGICTL_SHOW_H

#include <stdio.h>

#include "ggi_join.h"
#include "ggictl_args.h"
#include "ggictl_show_text.h"


/* How calls are shown. */
typedef struct {
    int  json;
    int  colour;
} ggictl_show_t;


/*
 * Returns how calls are to be shown: as JSON with "-o json", and else as lines, with colour on
 * a terminal. Frees args->result, since what is found is written as it comes, and not kept
 * until the end.
 */
ggictl_show_t ggictl_show_begin(ggictl_args_t *args);

/*
 * Writes a line. Of a call it has the time of the decision, OIN, organisation, dienst,
 * doelbinding, method and path, decision and reason, status and duration, with two blanks
 * between, and "-" for what is not known; of a change by ggictl, and of a record in which the
 * log tells of itself, what that tells. Texts are shown as they are escaped in JSON, without
 * what a terminal would obey. With colour the decision has one.
 */
void ggictl_show_line(FILE *out, const ggi_joined_t *joined, int colour);

/*
 * Writes a call, or a record in which the log tells of itself, as an object of JSON without a
 * newline. Its members are records as they stand in the log, or null for one that is not there.
 * A call has "decision" and "completion", and "withdrawal" when it was withdrawn. Another
 * record is "record"; that of a change has "outcome" as well.
 */
void ggictl_show_json(FILE *out, const ggi_joined_t *joined);


#endif
