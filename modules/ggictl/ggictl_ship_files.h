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


/*
 * Prepares to ship the files of a log: allocates the memory of ship for lines and rows, and
 * lets this process have as many open files as it may. Returns 1, or 0 after a message when
 * there is no memory. The caller ends with ggictl_ship_files_free() in either case.
 */
int ggictl_ship_files_start(ggictl_ship_files_t *ship);

/*
 * Finds the files of the log that have something new and opens them, so that it can still be
 * read when they are removed. Returns 1, or 0 after a message when not all can be found.
 */
int ggictl_ship_files_look(ggictl_ship_files_t *ship);

/*
 * Ships what is new in the files that ggictl_ship_files_look() has found, the oldest file
 * first. When something is wrong with a file, a message says so, ship->faults counts it, and
 * the other files are shipped. Returns GGICTL_SINK_OK; or GGICTL_SINK_DOWN with the reason in
 * ship->sink.error, and the caller closes the sink.
 */
ggictl_sink_e ggictl_ship_files_pass(ggictl_ship_files_t *ship);

/*
 * Returns how far the sink is behind the files on the disk after the last pass, in bytes and
 * in seconds.
 */
ggictl_ship_lag_t ggictl_ship_files_lag(const ggictl_ship_files_t *ship);

/*
 * Has the next pass compare each file with what the sink has of it, even the files that were
 * shipped to their end. Call it when the sink was connected to anew, since it may have lost
 * something.
 */
void ggictl_ship_files_again(ggictl_ship_files_t *ship);

/* Closes the sink and all files of the log, and frees all memory. */
void ggictl_ship_files_free(ggictl_ship_files_t *ship);


#endif
