/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Judges by how long writes waited whether the event loop may write to a file itself. A
 * thread costs a call more than the write does, but a write that waits for the disk stops
 * all calls of a worker.
 */

#ifndef GGI_WRITE_PACE_H
#define GGI_WRITE_PACE_H

#include <stdint.h>

#define GGI_WRITE_SLOW       10         /* ms for which a write waited */
#define GGI_WRITE_QUIET      1000       /* ms without such a write, before the loop writes again */
#define GGI_WRITE_QUIET_MAX  64000


/* What was seen of the writes. All zeroes: none yet. Times are in ms, of one clock. */
typedef struct {
    int       seen;                     /* 1: a write was not slow */
    uint64_t  slow;                     /* when the last slow one ended */
    uint64_t  quiet;                    /* how long none may be slow then; 0: none was slow */
} ggi_write_pace_t;


/* Returns 1 when the event loop may write itself at any time: no write was slow lately. */
static inline int
ggi_write_pace_calm(const ggi_write_pace_t *pace)
{
    return pace->seen && pace->quiet == 0;
}


/*
 * Returns 1 when the event loop may write itself at the time now, in ms, 0 when a thread has
 * to: until a first write was seen not to be slow, and for a while after each slow one.
 */
int ggi_write_pace_allows(const ggi_write_pace_t *pace, uint64_t now);

/*
 * Notes a write that ended at the time now and waited so long, both in ms. on_loop is 1 when the
 * event loop has waited for it: a slow one doubles the time for which a thread writes, up to
 * GGI_WRITE_QUIET_MAX, so that a disk that is slow now and then seldom stops the loop.
 */
void ggi_write_pace_note(ggi_write_pace_t *pace, uint64_t now, uint64_t waited,
    int on_loop);


#endif
