/* SPDX-License-Identifier: EUPL-1.2 */

/* Has records go in the database that "audit ship" ships to. */

#ifndef GGICTL_EXPIRE_DATABASE_H
#define GGICTL_EXPIRE_DATABASE_H

#include "ggictl_args.h"
#include "ggictl_bury.h"


/*
 * Replaces the records whose bewaartermijn is over by tombstones, in the database of the option
 * --from, day by day: all of a day or none, in one transaction. With --dry-run nothing is
 * replaced. told is called with data for each day that was done; the name in its argument is
 * that day. Returns 1, or 0 after a message.
 */
int ggictl_expire_database(const ggictl_args_t *args, ggictl_retained_t *retained,
    void (*told)(void *data, const ggictl_bury_t *bury), void *data);


#endif
