/* SPDX-License-Identifier: EUPL-1.2 */

/* The file of the seals of an audit log, as the one process that appends to it sees it. */

#ifndef GGICTL_SEALS_H
#define GGICTL_SEALS_H

#include <stdint.h>

#include "ggi_seal_known.h"
#include "ggi_seal_state.h"


typedef struct {
    const char  *path;
    int          fd;                    /* locked */
    int64_t      size;                  /* bytes of the whole seals in it */
} ggictl_seals_t;


/*
 * Opens a file of seals, which is made when it is not there, and locks it. Returns 1, and
 * the caller ends with ggictl_seals_close(); or 0 after a message, and nothing is to be
 * closed.
 */
int ggictl_seals_open(ggictl_seals_t *seals, const char *path);

/*
 * Appends the last seal of a state to the file as far as it is not there yet, since a process
 * may have ended while it did so, and syncs the file. Returns 1, also when the whole seal is
 * there; or 0 after a message, when it cannot be written or the file is not as it was left.
 */
int ggictl_seals_finish(ggictl_seals_t *seals, const ggi_seal_state_t *state);

/*
 * Reads all seals of the file, and sets known to how far they seal each file of the log. Checks
 * that they follow each other and that the last one is the one before the next seal of state,
 * but not whether their signatures are good. Returns 1, or 0 after a message.
 */
int ggictl_seals_load(const ggictl_seals_t *seals, const ggi_seal_state_t *state,
    ggi_seal_known_t *known);

/*
 * Closes the file of seals, and gives up the lock on it by that, so that the next process may
 * append to it.
 */
void ggictl_seals_close(ggictl_seals_t *seals);


#endif
