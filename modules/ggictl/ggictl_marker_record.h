/* SPDX-License-Identifier: EUPL-1.2 */

/* The records of markers of a data set that ggictl makes or replaces, in the log of changes. */

#ifndef GGICTL_MARKER_RECORD_H
#define GGICTL_MARKER_RECORD_H

#include "ggictl_changes.h"
#include "ggictl_dataset.h"


/* A marker. Its texts are the caller's; one that is not there has the length 0. */
typedef struct {
    ggi_dataset_fields_t  fields;
    ggi_str_t             at;
    ggi_str_t             by;
} ggictl_marker_t;


/*
 * Records that a marker is going to take the place of another one, whose id and number are "" when
 * there was none. command is what it is recorded as, NULL for the command that runs. Returns 1, and
 * the caller goes on with ggictl_changes_commit(); or 0 after a message.
 */
int ggictl_marker_intend(const ggictl_args_t *args, ggictl_redis_t *redis, const char *command,
    const ggictl_marker_t *before, const ggictl_marker_t *after, ggictl_change_t *intended);

/*
 * Records that a Redis without a data set is going to get one with an id, at a change of this
 * number. Returns as ggictl_marker_intend() does.
 */
int ggictl_marker_made(const ggictl_args_t *args, ggictl_redis_t *redis,
    const ggictl_dataset_change_t *change, const char *id, uint64_t number,
    ggictl_change_t *intended);


#endif
