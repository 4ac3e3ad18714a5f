/* SPDX-License-Identifier: EUPL-1.2 */

/* Has records go in the database that "audit ship" ships to. */

#ifndef GGICTL_EXPIRE_DATABASE_H
#define GGICTL_EXPIRE_DATABASE_H

#include "ggictl_args.h"
#include "ggictl_bury.h"


/*
 * Replaces the records whose bewaartermijn is over by tombstones, in the database of a URL, day by
 * day, and then in what "audit ship" has set aside there: all of a day or none, in one transaction.
 * With --dry-run nothing is replaced. told is called with data for each day that was done; the name
 * in its argument is that day, or the table of what was set aside. Returns 1, or 0 after a message.
 */
int ggictl_expire_database(const ggictl_args_t *args, const char *url, ggictl_retained_t *retained,
    ggictl_expire_told_f *told, void *data);


#endif
