/* SPDX-License-Identifier: EUPL-1.2 */

/* Documents that are going to be loaded, gathered from files and directories. */

#ifndef GGICTL_GATHER_H
#define GGICTL_GATHER_H

#include "ggictl_store.h"


/*
 * Checks the files that the arguments name, and those in the directories that they name whose
 * names end in .json, .yaml or .yml; gathers their documents, with their files, in the order in
 * which they stand there; connects to the Redis that the arguments name; and calls run with the
 * store of all that. Prints faults and warnings as "check" does. Returns what run returns, which
 * is an exit status; or GGICTL_NO when a file has a fault; or GGICTL_ERROR after a message: when
 * something cannot be read, there is no document, two have one key, or Redis cannot be used.
 */
int ggictl_gather_and(ggictl_args_t *args, int (*run)(ggictl_store_t *store));

/*
 * Adds a document that was checked to the store, with its key and version, as JSON without
 * blanks; document stays the caller's. Returns 1, or 0 without memory.
 */
int ggictl_gather_document(ggictl_store_t *store, json_t *document);

/* Returns the document of a key that was gathered, or NULL when there is none of that key. */
ggictl_stored_t *ggictl_gather_find(const ggictl_store_t *store, const char *name);


#endif
