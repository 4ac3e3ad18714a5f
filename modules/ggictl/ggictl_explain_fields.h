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
 * Judges the fields of --fields by what a document agrees on about a dienst, and by --always and
 * --alias, as the gate does, for a call that is allowed so far; prints them, and the first that
 * is not agreed on. The options were checked. Without --fields it tells that they are not judged
 * when the agreement limits them. Sets *reason. Returns the exit status.
 */
int ggictl_explain_fields(const ggictl_args_t *args, const ggi_document_t *document,
    const ggi_agreement_t *dienst, ggi_reason_e *reason);


#endif
