/* SPDX-License-Identifier: EUPL-1.2 */

/* The files of a log, of which each seal takes what is new. */

#ifndef GGICTL_SEAL_FILES_H
#define GGICTL_SEAL_FILES_H

#include "ggi_seal_known.h"
#include "ggi_seal_state.h"
#include "ggictl_seal_source.h"
#include "ggictl_seal_watch.h"
#include "ggictl_seals.h"


/* Set it to zeros, the path of the log in its watches, and the seals, before the first use. */
typedef struct {
    ggi_seal_known_t            known;  /* how far each file is sealed */
    ggictl_seal_watches_t       watches;
    const ggictl_seals_t       *seals;  /* those that were made so far */
    ggictl_seal_source_t        source; /* of files that are not packed */
    ggictl_seal_source_t        packed; /* of the packed one that is read */
    const ggictl_seal_watch_t  *packing;        /* which that is; NULL: none */
    ggictl_seal_chains_t        chains; /* of the seal that is made */
    int                         dir;    /* of the keys */
    int64_t                     number; /* of the seal that is made */
    int64_t                     until;  /* of the monotonic clock, in ns */
    int64_t                     lines;  /* in the last seal */
} ggictl_seal_files_t;


/*
 * Prepares to read the files of the log for seals. dir is open for the directory of the keys,
 * in which a file names the packed files that need not be read again. Returns 1, or 0 after a
 * message. The caller frees by ggictl_seal_files_free() in either case.
 */
int ggictl_seal_files_start(ggictl_seal_files_t *files, int dir);

/*
 * Adds to text, the note of the seal with a number, a line for what is new in each file of the
 * log, and a line for each chain. It reads the files until the time of the monotonic clock
 * until, in ns, at the most; what it has not read then is for the next seal. Returns 1, or 0
 * after a message when not all files can be read.
 */
int ggictl_seal_files_write(ggictl_seal_files_t *files, ggi_seal_text_t *text,
    int64_t number, int64_t until);

/*
 * Undoes ggictl_seal_files_write(), since the seal that its note was for was not made: the
 * next note reads the same lines again.
 */
void ggictl_seal_files_again(ggictl_seal_files_t *files);

/*
 * Takes over how far files are sealed from the state of the seal that was just made, so that
 * the next note begins behind that.
 */
void ggictl_seal_files_take(ggictl_seal_files_t *files, const ggi_seal_state_t *state);

/*
 * Closes the files of the log that are open, and frees all memory. The seals and the directory
 * of keys stay the caller's.
 */
void ggictl_seal_files_free(ggictl_seal_files_t *files);


#endif
