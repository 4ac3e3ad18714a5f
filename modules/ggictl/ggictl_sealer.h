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
 * Prepares to make seals: opens and locks the directory keys and the file seals, finishes a
 * seal that was appended by half, and reads how far each file is sealed. log is the path of the
 * log as "ggi_audit_log" has it. node is the name of the node, which is used when the first
 * seal is still to be made; the first key is then made, which is recorded in changes, whose
 * chain is closed after that. log, keys and seals have to live as long as sealer. Returns 1; 0
 * when another process has the directory; or -1 after a message. The caller ends with
 * ggictl_sealer_close() in all cases.
 */
int ggictl_sealer_open(ggictl_sealer_t *sealer, const char *log, const char *keys,
    const char *seals, const char *node, ggictl_changes_t *changes);

/*
 * Makes the next seal of the log and appends it to the file of seals. Before that it reads what
 * was appended to the log, at most until the time of the monotonic clock until, in ns; what
 * comes later is for a later seal. closed is 1 when this is the closing seal, 0 otherwise.
 * Returns 1. Returns 0 after a message when no seal could be made; the next call then tries to
 * seal the same lines once more.
 */
int ggictl_sealer_make(ggictl_sealer_t *sealer, int64_t until, int closed);

/*
 * Closes what ggictl_sealer_open() has opened, and gives up the lock on the directory of keys,
 * so that the next process may make seals. Call it also when that function has failed.
 */
void ggictl_sealer_close(ggictl_sealer_t *sealer);


#endif
