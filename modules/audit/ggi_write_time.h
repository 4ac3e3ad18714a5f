/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How long a write waited for the disk. A write that lasts long may also have lost the
 * processor to other processes, or to another virtual machine: a thread would be no faster
 * then. The kernel counts how often it put a thread to sleep, which tells the two apart.
 */

#ifndef GGI_WRITE_TIME_H
#define GGI_WRITE_TIME_H

#include <stdint.h>


#define GGI_WRITE_UNWATCHED  (-1L)


/* The begin of a write, on the thread that writes. */
typedef struct {
    uint64_t  began;                    /* ms, of ggi_write_clock() */
    long      sleeps;                   /* of the thread by then, or GGI_WRITE_UNWATCHED */
} ggi_write_time_t;


/* Returns the time of the monotonic clock, which nobody can set, in ms. Threads may call it. */
uint64_t ggi_write_clock(void);

/*
 * Notes that the calling thread begins to write now. watch is 1 to find out whether the thread
 * sleeps in the write, which takes a system call; with 0 the write is taken to have slept.
 */
void ggi_write_begin(ggi_write_time_t *time, int watch);

/*
 * Returns for how long, in ms, a write may have waited for the disk. The calling thread noted
 * its beginning in time by ggi_write_begin(), and its end is now, a time of ggi_write_clock().
 * Returns 0 when the write was watched and the kernel did not put the thread to sleep in it.
 * Otherwise returns the whole time between the two.
 */
uint64_t ggi_write_waited(const ggi_write_time_t *time, uint64_t now);


#endif
