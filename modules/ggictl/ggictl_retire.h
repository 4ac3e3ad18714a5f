/* SPDX-License-Identifier: EUPL-1.2 */

/* Removes the lists that a CA has left in the directory when it changed its key. */

#ifndef GGICTL_RETIRE_H
#define GGICTL_RETIRE_H

#include "ggi_trust.h"
#include "ggictl_place.h"


/* Is told of a file that was removed, by its name; error is 0, or the errno for which it stays. */
typedef void (*ggictl_retired_pt)(void *data, const ggi_trust_ca_t *ca, const char *name,
    int error);


/*
 * Removes from the directory each file that ggictl_take() has named, when the list in it
 * is of this CA and has expired, and no key that trust has of the CA signed it. Nobody
 * looks after such a list, and no gate judges by it. Calls retired() with data for each.
 */
void ggictl_retire(const ggi_trust_t *trust, const ggi_trust_ca_t *ca,
    const ggictl_place_t *place, ggictl_retired_pt retired, void *data);


#endif
