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


/* Records that stand nowhere. Zeroes are none. */
typedef struct {
    uint64_t  records;                  /* how many */
    uint64_t  from;                     /* ms since the epoch: the time of the first */
    uint64_t  to;                       /* the time of the last, or when it was given up */
    int       error;                    /* the errno; 0: too many records waited to be synced */
} ggi_leftover_t;


/* Adds more, which may be none, to leftover. The error of what was there stays. */
void ggi_leftover_add(ggi_leftover_t *leftover, const ggi_leftover_t *more);

/*
 * Opens the file at path, for this user alone, and takes its block when it has
 * none; what stands in it stays. Returns the file descriptor, which the workers
 * inherit, or -1 with the errno: EINVAL when something else stands there.
 */
int ggi_leftover_open(const char *path);

/*
 * Adds what this process could not write to what stands in the file. Waits up to
 * half a second for another process that has it locked. Returns 0 or the errno.
 */
int ggi_leftover_leave(int fd, const ggi_leftover_t *leftover);

/*
 * Begins to take over what stands in the file. Returns 1 when that is anything,
 * and keeps the file locked until ggi_leftover_taken(), before which the caller
 * writes it elsewhere; 0: nothing, or another process is at it. Never waits.
 */
int ggi_leftover_take(int fd, ggi_leftover_t *leftover);

/* Empties the file, and unlocks it. Returns 0 or the errno. */
int ggi_leftover_taken(int fd);


#endif
