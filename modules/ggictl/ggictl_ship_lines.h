/* SPDX-License-Identifier: EUPL-1.2 */

/* Ships the lines of one file of an audit log that the sink does not have. */

#ifndef GGICTL_SHIP_LINES_H
#define GGICTL_SHIP_LINES_H

#include "ggictl_log.h"
#include "ggictl_seal_watch.h"
#include "ggictl_sink.h"

#define GGICTL_SHIP_ROWS   2000         /* most rows that are stored at once */
#define GGICTL_SHIP_LINES  (4 * 1024 * 1024)    /* most bytes of these, more than of a line */


/* A file that has something new, as far as it is known. */
typedef struct {
    ggictl_seal_watch_t  *watch;
    ggictl_sink_place_t   place;
    uint64_t              time;         /* ms since the epoch: of its first record; 0: none */
    uint64_t              limit;        /* offset up to which it is shipped now */
} ggictl_ship_file_t;

/* Set it to zeros, and the path of the log in its watches, before the first use. */
typedef struct {
    ggictl_sink_t          sink;        /* sink.data is NULL while it is not connected */
    ggictl_seal_watches_t  watches;
    int                    once;        /* 1: files that were packed just now are read too */
    ggictl_ship_file_t    *files;       /* of this pass, the oldest first */
    size_t                 n;
    ggi_row_t             *rows;        /* what is given to the sink at once */
    size_t                 rows_n;
    char                  *lines;       /* of these */
    size_t                 lines_len;
    ggictl_sink_count_t    count;
    size_t                 faults;      /* files of which something is wrong */
    uint64_t               time;        /* of the newest record that was shipped */
} ggictl_ship_files_t;


/*
 * Ships what a file has that the sink does not have, up to its limit. What is wrong with the
 * file is told and counted. Returns GGICTL_SINK_OK; or anything else, with sink.error, when the
 * sink fails.
 */
ggictl_sink_e ggictl_ship_lines(ggictl_ship_files_t *ship, ggictl_ship_file_t *file);

/*
 * Says once what is wrong with a file, unless that is NULL since it was said, counts it, and
 * leaves the file until it changes.
 */
void ggictl_ship_leave(ggictl_ship_files_t *ship, ggictl_seal_watch_t *watch, const char *what);


#endif
