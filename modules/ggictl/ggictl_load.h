/* SPDX-License-Identifier: EUPL-1.2 */

/* The commands "load" and "withdraw" of a kind, which change the documents in Redis. */

#ifndef GGICTL_LOAD_H
#define GGICTL_LOAD_H

#include "ggictl_args.h"


/*
 * Runs "load" of a kind: checks a file and puts its documents into Redis, all of them or
 * none. Returns GGICTL_OK, GGICTL_NO when the file has a fault or Redis has a newer
 * version, or GGICTL_ERROR after a message.
 */
int ggictl_documents_load(ggictl_args_t *args);

/*
 * Runs "withdraw" of a kind: removes the document of a key from Redis and announces that
 * to the gates. Returns GGICTL_OK, GGICTL_NO when there was none, or GGICTL_ERROR after
 * a message.
 */
int ggictl_documents_withdraw(ggictl_args_t *args);


#endif
