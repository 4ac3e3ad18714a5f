/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How long a write waited for the disk. A write that lasts long may also have lost the
 * processor to other processes, or to another virtual machine: a thread would be no faster
 * then. The kernel counts how often it put a thread to sleep, which tells the two apart.
 */

#ifndef GGI_WRITE_TIME_H
#define GGI_WRITE_TIME_H

#include <stdint.h>


/* The begin of a write, on the thread that writes. */
typedef struct {
    uint64_t  began;                    /* ms, of ggi_write_clock() */
    long      sleeps;                   /* how often the thread had been put to sleep by then */
} ggi_write_time_t;


/* Returns the time of the monotonic clock, which nobody can set, in ms. Threads may call it. */
uint64_t ggi_write_clock(void);

/* Notes that the calling thread begins to write now. */
void ggi_write_begin(ggi_write_time_t *time);

/*
 * Returns for how long, in ms, the write that the calling thread began at that time and that ended
 * at now (of ggi_write_clock()) may have waited: all of its time when the kernel put the thread to
 * sleep in it, otherwise 0.
 */
uint64_t ggi_write_waited(const ggi_write_time_t *time, uint64_t now);


#endif
