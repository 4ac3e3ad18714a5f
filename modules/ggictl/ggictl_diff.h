/* SPDX-License-Identifier: EUPL-1.2 */

/* How documents that are going to be loaded differ from those in Redis. */

#ifndef GGICTL_DIFF_H
#define GGICTL_DIFF_H

#include "ggictl_store.h"


/* What a comparison shows, by bits. */
enum {
    GGICTL_DIFF_LOADED = 1,             /* what loading changes */
    GGICTL_DIFF_MEMBERS = 2,            /* with the members that change */
    GGICTL_DIFF_ABSENT = 4,             /* what is in Redis alone */
    GGICTL_DIFF_PRUNE = 8               /* adds the latter to the store, to be withdrawn */
};

/* How many documents differ. */
typedef struct {
    size_t  added;                      /* are not in Redis */
    size_t  changed;                    /* have a higher versie */
    size_t  older;                      /* do not, and are loaded with --force alone */
    size_t  absent;                     /* are in Redis alone */
} ggictl_diff_t;


/*
 * Compares the documents of a store, which ggictl_gather_and() has added, with those in its
 * Redis, and prints a line for each that differs, as far as the bits of what say so; with a JSON
 * result these are its "differences". Sets *diff to their numbers. Returns 1, or 0 after a
 * message.
 */
int ggictl_diff(ggictl_store_t *store, unsigned what, ggictl_diff_t *diff);

/*
 * Runs "diff" of a kind: compares files with what is in Redis. Returns GGICTL_OK when nothing
 * differs, GGICTL_NO when something does or a file has a fault, or GGICTL_ERROR after a message.
 */
int ggictl_documents_diff(ggictl_args_t *args);


#endif
