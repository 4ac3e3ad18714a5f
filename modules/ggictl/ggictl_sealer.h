/* SPDX-License-Identifier: EUPL-1.2 */

/* Makes seals of an audit log, one after the other. */

#ifndef GGICTL_SEALER_H
#define GGICTL_SEALER_H

#include "ggictl_changes.h"
#include "ggictl_seal_files.h"
#include "ggictl_seal_keys.h"
#include "ggictl_seal_stamp.h"
#include "ggictl_seals.h"


typedef struct {
    ggictl_seal_keys_t    keys;
    ggictl_seals_t        seals;
    ggictl_seal_files_t   files;
    ggictl_seal_stamp_t   stamp;        /* the caller begins it, after ggictl_sealer_open() */
    int                   pending;      /* 1: the last seal is not appended whole yet */
    int                   first;        /* 1: the first key was made by this process */
} ggictl_sealer_t;


/*
 * Prepares to make seals: opens and locks the directory of keys and the file of seals,
 * finishes a seal that was appended by half, and reads how far each file is sealed. node
 * is the name of the node, which counts with the first seal alone; log is the path as
 * "ggi_audit_log" has it, which has to stay valid, as keys and seals have. When it makes the
 * first key that is recorded in changes, whose chain is closed then. Returns 1; 0
 * when another process has the directory; or -1 after a message. The caller ends with
 * ggictl_sealer_close() either way.
 */
int ggictl_sealer_open(ggictl_sealer_t *sealer, const char *log, const char *keys,
    const char *seals, const char *node, ggictl_changes_t *changes);

/*
 * Makes a seal, and reads what was appended to the log until a time of the monotonic
 * clock, in ns, at the most. closed is 1 for a closing seal. Returns 1; or 0 after a
 * message when no seal could be made: the next one then has what this one would have had.
 */
int ggictl_sealer_make(ggictl_sealer_t *sealer, int64_t until, int closed);

/*
 * Closes what ggictl_sealer_open() has opened, and gives up the lock on the directory of keys,
 * so that the next process may make seals. Call it also when that function has failed.
 */
void ggictl_sealer_close(ggictl_sealer_t *sealer);


#endif
