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
 * Ships the lines of a file that the sink does not have yet, up to the limit of the file.
 * Returns GGICTL_SINK_OK; also when something is wrong with the file, for which a message was
 * then written and which is counted. Returns another value, with the reason in
 * ship->sink.error, when the sink fails.
 */
ggictl_sink_e ggictl_ship_lines(ggictl_ship_files_t *ship, ggictl_ship_file_t *file);

/*
 * Leaves a file until it changes, since something is wrong with it, and counts that in
 * ship->faults. what is the end of the message that says so once, behind the name of the file;
 * NULL when it was said already.
 */
void ggictl_ship_leave(ggictl_ship_files_t *ship, ggictl_seal_watch_t *watch, const char *what);

/*
 * Sets hash to that by which a line of len bytes is known: its SHA-256, or that of the record for
 * which a tombstone stands, so that a file is the same one when its records have expired.
 */
void ggictl_ship_hash(const char *line, size_t len, unsigned char hash[GGI_SEAL_HASH]);


#endif
