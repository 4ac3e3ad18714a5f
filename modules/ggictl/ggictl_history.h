/* SPDX-License-Identifier: EUPL-1.2 */

/* The stream in Redis that has each change of a document, and the command that shows it. */

#ifndef GGICTL_HISTORY_H
#define GGICTL_HISTORY_H

#include "ggictl_args.h"


/*
 * Runs "history" of a kind: prints a line for each change of the document of a key that the
 * stream in Redis has, the oldest first. Returns GGICTL_OK, GGICTL_NO when there is none, or
 * GGICTL_ERROR after a message.
 */
int ggictl_documents_history(ggictl_args_t *args);


#endif
