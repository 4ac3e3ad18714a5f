/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The command "verify" of a kind: whether the documents in Redis are those that a log of
 * changes has recorded last.
 */

#ifndef GGICTL_RECORDED_H
#define GGICTL_RECORDED_H

#include "ggictl_args.h"


/*
 * Runs "verify" of a kind: compares the documents in Redis with the log of changes, and tells
 * of each that somebody changed without a record. Returns GGICTL_OK; GGICTL_NO when there is
 * such a document; or GGICTL_ERROR after a message.
 */
int ggictl_documents_verify(ggictl_args_t *args);


#endif
