/* SPDX-License-Identifier: EUPL-1.2 */

/* "explain" of the fields that a call asks for. */

#ifndef GGICTL_EXPLAIN_FIELDS_H
#define GGICTL_EXPLAIN_FIELDS_H

#include "ggi_agreement.h"
#include "ggictl_args.h"


/*
 * Checks that --always and --alias can be read, and that they stand beside --fields. Returns 1,
 * or 0 after a message.
 */
int ggictl_explain_fields_check(const ggictl_args_t *args);

/*
 * Judges, as the gate levering does, the fields that --fields names, for a call that is allowed
 * so far: by what a document agrees on about a dienst, and by --always and --alias, which were
 * checked before. Prints the fields, and the first that is not agreed on. Without --fields it
 * prints, when the agreement limits fields, that they were not judged. Sets *reason to the
 * reason of a refusal. Returns the exit status.
 */
int ggictl_explain_fields(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_t *dienst, ggi_reason_e *reason);


#endif
