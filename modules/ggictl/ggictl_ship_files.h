/* SPDX-License-Identifier: EUPL-1.2 */

/* Ships what is new in the files of an audit log to a sink, file by file. */

#ifndef GGICTL_SHIP_FILES_H
#define GGICTL_SHIP_FILES_H

#include "ggictl_ship_lines.h"


/* How far the sink is behind the log. */
typedef struct {
    uint64_t  bytes;                    /* of the files on the disk that were not shipped */
    uint64_t  seconds;                  /* at most so old is the oldest of that */
} ggictl_ship_lag_t;


/* Prepares to ship. Returns 1, or 0 after a message. */
int ggictl_ship_files_start(ggictl_ship_files_t *ship);

/*
 * Looks for files that have something new and opens them, so that it is still there when they
 * are removed. Returns 1, or 0 after a message when not all can be found.
 */
int ggictl_ship_files_look(ggictl_ship_files_t *ship);

/*
 * Ships what the files have that were found, the oldest one first. What is wrong with a file
 * is told, and counted, and the others go on. Returns GGICTL_SINK_OK, or GGICTL_SINK_DOWN with
 * sink.error: close the sink then.
 */
ggictl_sink_e ggictl_ship_files_pass(ggictl_ship_files_t *ship);

/*
 * Returns how far the sink is behind the files on the disk after the last pass, in bytes and
 * in seconds.
 */
ggictl_ship_lag_t ggictl_ship_files_lag(const ggictl_ship_files_t *ship);

/* Has each file be compared with the sink again, after another connection. */
void ggictl_ship_files_again(ggictl_ship_files_t *ship);

/* Closes the sink and all files of the log, and frees all memory. */
void ggictl_ship_files_free(ggictl_ship_files_t *ship);


#endif
