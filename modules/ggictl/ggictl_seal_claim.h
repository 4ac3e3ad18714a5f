/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Which of the files that seals know a watched file is: its first line tells, as long as no
 * other file begins with that line.
 */

#ifndef GGICTL_SEAL_CLAIM_H
#define GGICTL_SEAL_CLAIM_H

#include "ggi_seal_known.h"
#include "ggictl_seal_watch.h"
#include "ggictl_seals.h"


/*
 * Finds out which file a watched one is, whose first line is known and among known, and sets
 * its key. Where several files begin with that line, it is the one that has what was sealed of
 * it and that no other watched file is; or a further one, which is added to known. A packed
 * file can be what another one is, since it is a copy; and any file what a removed one was,
 * since a file some records of which expire is replaced by one with tombstones. The first
 * lines of all watched files have to be known, as far as they can be read. Returns 1, or 0
 * after a message.
 */
int ggictl_seal_claim(const ggictl_seal_watches_t *watches, ggictl_seal_watch_t *watch,
    ggi_seal_known_t *known, const ggictl_seals_t *seals);


#endif
