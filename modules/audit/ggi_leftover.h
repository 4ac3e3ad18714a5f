/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a worker could not write before it ended, told to the workers after it.
 * A small file beside the log holds how many records that were, from when to when,
 * and why. Its block is taken when nginx starts, and is written in place, so that
 * it can be written when the disk is full.
 */

#ifndef GGI_LEFTOVER_H
#define GGI_LEFTOVER_H

#include <stdint.h>


#define GGI_LEFTOVER_MOST  INT64_MAX    /* a record of the trail has numbers of 63 bits */

/* Causes that stand where an errno does: */
#define GGI_LEFTOVER_FULL    0          /* too many records waited */
#define GGI_LEFTOVER_UNMADE  10000      /* they could not be hashed, or were too long; no errno */


/* Records that stand nowhere. Zeroes are none. */
typedef struct {
    uint64_t  records;                  /* how many, GGI_LEFTOVER_MOST at the most */
    uint64_t  from;                     /* ms since the epoch: the time of the first */
    uint64_t  to;                       /* the time of the last, or when it was given up */
    int       error;                    /* the errno, or a cause of those above */
} ggi_leftover_t;


/*
 * Adds the number of lost records in more, which may be 0, to that in leftover, which stays
 * GGI_LEFTOVER_MOST at the most. The error of leftover becomes that of more only when leftover
 * had no records.
 */
void ggi_leftover_add(ggi_leftover_t *leftover, const ggi_leftover_t *more);

/*
 * Opens the file at path, or makes it for this user alone, and takes its block on the
 * disk when it has none; its content stays. Returns a file descriptor, which workers
 * inherit and the caller closes; or -1 with the errno, which is EINVAL when something
 * other than such a file stands at path.
 */
int ggi_leftover_open(const char *path);

/*
 * Adds the records that this process could not write to those in the file. Waits up
 * to half a second for another process that has the file locked. Returns 0, or the
 * errno.
 */
int ggi_leftover_leave(int fd, const ggi_leftover_t *leftover);

/*
 * Begins to take over the lost records in the file, and sets leftover to them. Returns
 * 1 when there are any: the caller then tells of them elsewhere, and calls
 * ggi_leftover_taken(), until which the file stays locked. Returns 0 when there are
 * none, or when another process has the file locked. Never waits.
 */
int ggi_leftover_take(int fd, ggi_leftover_t *leftover);

/* Empties the file, and unlocks it. Returns 0, or the errno when it could not be emptied. */
int ggi_leftover_taken(int fd);


#endif
