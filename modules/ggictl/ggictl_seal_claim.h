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
 * Finds out by which name seals know a watched file, and sets watch->key to it. The hash of its
 * first line, watch->hash, has to be known, and those of all other watched files as far as they
 * can be read.
 *
 * When several files begin with that line, it is the one of which the watched file has all
 * lines that were sealed, and that no other watched file is already; when there is none, it is
 * a further file, which is added to known. Two exceptions: a packed file may be what another
 * watched file is, since it is a copy; and any file may be what a removed one was, since a file
 * of which some records expire is replaced by one with tombstones.
 *
 * Returns 1, or 0 after a message.
 */
int ggictl_seal_claim(const ggictl_seal_watches_t *watches, ggictl_seal_watch_t *watch,
    ggi_seal_known_t *known, const ggictl_seals_t *seals);


#endif
