/* SPDX-License-Identifier: EUPL-1.2 */

/* The document of the caller that explain judges a call by: a profile, or functions. */

#ifndef GGICTL_CALLER_H
#define GGICTL_CALLER_H

#include "ggictl_kind.h"


/*
 * Reads the document of the caller in the arguments, from the file that they name or from
 * Redis, and tells of members that are unknown. Sets *document, which the caller frees with
 * free(), or sets it to NULL and *reason to why the call is refused: there is none, or the one
 * in Redis has a fault. Returns the exit status.
 */
int ggictl_caller(const ggictl_args_t *args, ggi_document_t **document, ggi_reason_e *reason);


#endif
