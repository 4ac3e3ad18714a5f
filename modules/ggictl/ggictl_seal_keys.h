/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The directory of who seals an audit log: two slots for its state, of which one is in
 * force and the other is erased, and the first public key.
 */

#ifndef GGICTL_SEAL_KEYS_H
#define GGICTL_SEAL_KEYS_H

#include "ggi_seal_state.h"
#include "ggictl_changes.h"

#define GGICTL_SEAL_SLOTS  2


typedef struct {
    const char        *dir;
    int                fd;              /* of the directory, locked */
    int                slots[GGICTL_SEAL_SLOTS];
    ggi_seal_text_t    text;            /* what the state was read from */
    ggi_seal_state_t   state;           /* in force; its number is 0 when there is none */
} ggictl_seal_keys_t;


/*
 * Opens a directory, which is made when it is not there, and locks it. Returns 1, and the
 * caller ends with ggictl_seal_keys_close(); 0 when another process has it; or -1 after a
 * message. Nothing is to be closed then.
 */
int ggictl_seal_keys_open(ggictl_seal_keys_t *keys, const char *dir);

/*
 * Returns 0 when no process has the directory, and 1 when one has it, or nobody can know. The
 * lock that tells it is held for some microseconds, in which a process that is started finds
 * that another one has the directory; so do not ask without need.
 */
int ggictl_seal_keys_held(const char *dir);

/*
 * Reads the state in force from the slots of the directory, and sets keys->state to it; its
 * number is 0 when no seal was made yet. Returns 1; or 0 after a message when a slot cannot be
 * read, or both hold something but neither a whole state.
 */
int ggictl_seal_keys_load(ggictl_seal_keys_t *keys);

/*
 * Makes the keys of a log that was never sealed: a new key for the first seal, whose public
 * part is written to the file "public" of the directory, and the state of that seal, which is
 * then in force. name names the node and the log in all seals. The change is recorded in
 * changes, whose chain is closed after it. Returns 1, or 0 after a message.
 */
int ggictl_seal_keys_init(ggictl_seal_keys_t *keys, ggi_str_t name,
    ggictl_changes_t *changes);

/*
 * Puts the state of the next seal in force: writes it to the slot that is not in force, and
 * syncs it to the disk. The state before stays in its slot until ggictl_seal_keys_erase().
 * Returns 1; or 0 after a message, and the state before is then still in force.
 */
int ggictl_seal_keys_advance(ggictl_seal_keys_t *keys, const ggi_seal_state_t *next);

/*
 * Overwrites the slot of the state that was in force before with zeros, and syncs it.
 * Returns 1, or 0 after a message.
 */
int ggictl_seal_keys_erase(ggictl_seal_keys_t *keys);

/*
 * Overwrites the secrets that keys holds in memory, closes the files of the directory, and
 * gives up its lock, so that another process may make seals. The files themselves stay.
 */
void ggictl_seal_keys_close(ggictl_seal_keys_t *keys);


#endif
