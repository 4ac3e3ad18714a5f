/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The calls in the files of an audit log, merged in the order of time, and each with its
 * completion.
 */

#ifndef GGICTL_CALLS_H
#define GGICTL_CALLS_H

#include "ggi_join.h"
#include "ggictl_args.h"
#include "ggictl_heap.h"
#include "ggictl_log_files.h"
#include "ggictl_progress.h"
#include "ggictl_source.h"


typedef struct {
    const ggi_filter_t   *filter;
    ggi_filter_t          wide;         /* for the decisions of calls that were withdrawn */
    ggictl_asked_t        asked;
    ggi_join_t            join;
    ggictl_log_files_t    files;
    ggictl_source_t     **sources;      /* all files that were found */
    size_t                n;
    ggictl_heap_t         heap;         /* those with a next line */
    int                   follow;
    ggictl_progress_t     progress;
    uint64_t              lines;
} ggictl_calls_t;


/*
 * Finds the files of a log that the arguments name, or those of GGICTL_LOG_DEFAULT without
 * arguments. give is called with each call that is asked for; with follow as soon as it is
 * known. Returns 1, or 0 after a message. The caller frees by ggictl_calls_free() either
 * way; filter stays the caller's.
 */
int ggictl_calls_open(ggictl_calls_t *calls, const ggi_filter_t *filter,
    const ggictl_args_t *args, ggi_join_pt give, void *data, int follow);

/* What ggictl_calls_back() leaves out. */
#define GGICTL_CALLS_WHOLE   0          /* nothing */
#define GGICTL_CALLS_PACKED  1          /* packed files */
#define GGICTL_CALLS_CUT     2          /* the beginning of a file, and packed files */

/*
 * Has only the end of each file be read: the last bytes of each file that is not packed, so
 * many as bytes says, and nothing of packed files. With bytes 0, or when one of the files can
 * be read only once, everything is read. Returns what is left out by that: GGICTL_CALLS_WHOLE,
 * GGICTL_CALLS_PACKED or GGICTL_CALLS_CUT.
 */
int ggictl_calls_back(ggictl_calls_t *calls, uint64_t bytes);

/*
 * Reads all files of the log to their end, and gives the calls that are asked for to the
 * function of ggictl_calls_open(), in the order of time. Unless the log is followed, calls
 * whose end did not come are given as open at the end. Returns GGICTL_OK, or GGICTL_ERROR after
 * a message.
 */
int ggictl_calls_read(ggictl_calls_t *calls);

/*
 * Looks for files that are new since the arguments were read, unless they are packed, and
 * reads what was added to all. Returns GGICTL_OK, or GGICTL_ERROR after a message.
 */
int ggictl_calls_again(ggictl_calls_t *calls, const ggictl_args_t *args);

/* Closes all files and frees all memory. */
void ggictl_calls_free(ggictl_calls_t *calls);


#endif
