/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The directory that fetched revocation lists are put into. Files in it whose names begin
 * with a dot are ignored by the gate: lists are written to such a file and renamed, so
 * that no reader ever sees half of one.
 */

#ifndef GGICTL_PLACE_H
#define GGICTL_PLACE_H

#include <signal.h>
#include <stddef.h>

#include "ggictl_changes.h"


typedef struct {
    const char        *dir;
    int                fd;              /* of the directory, locked */
    ggictl_changes_t  *changes;         /* records what is put there and removed */
} ggictl_place_t;


/*
 * Opens the directory dir for changes, which only one process may make at a time. Waits for a
 * minute at the most while another process has it open in this way, and gives up when *stop is
 * no longer 0. Removes what a process that was killed left behind. Returns 1; the caller ends
 * with ggictl_place_close(). Returns 0 after a message when the directory cannot be read,
 * locked or written to; nothing is to be closed then.
 */
int ggictl_place_open(ggictl_place_t *place, const char *dir,
    const volatile sig_atomic_t *stop);

/*
 * Closes the directory, and gives up the lock on it by that, so that the next process may
 * change it.
 */
void ggictl_place_close(ggictl_place_t *place);

/*
 * Returns a new file without a name on the disk of the directory, which the caller
 * closes, or -1 with errno.
 */
int ggictl_place_scratch(const ggictl_place_t *place);

/*
 * Writes the list number "index", from 0, of the file of lists from, which is in PEM or
 * DER, to the file "name" of the directory in DER, in the place of the file of that name.
 * The file can be read by everybody and is on the disk when this returns. The change is
 * recorded with number, that of the list, and source, where it is from. Returns 1, or 0 with
 * errno: the directory then has the file that it had or, when it could not be synced, the new
 * one. errno is ECANCELED when the change cannot be recorded, as a message has told.
 */
int ggictl_place_put(const ggictl_place_t *place, const char *name, int from, size_t index,
    const char *number, const char *source);

/*
 * Removes the file "name" of the directory, and records that. Returns 1, or 0 with errno, which
 * is ECANCELED when the change cannot be recorded, as a message has told.
 */
int ggictl_place_remove(const ggictl_place_t *place, const char *name);


#endif
