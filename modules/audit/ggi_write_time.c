/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* RUSAGE_THREAD */

#include "ggi_write_time.h"

#include <sys/resource.h>
#include <time.h>


uint64_t
ggi_write_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000 + (uint64_t) ts.tv_nsec / 1000000;
}


/* How often the calling thread gave up the processor to wait for something. */
static long
ggi_write_sleeps(void)
{
    struct rusage  usage = { 0 };

    (void) getrusage(RUSAGE_THREAD, &usage);

    return usage.ru_nvcsw;
}


void
ggi_write_begin(ggi_write_time_t *time, int watch)
{
    time->sleeps = watch ? ggi_write_sleeps() : GGI_WRITE_UNWATCHED;
    time->began = ggi_write_clock();
}


uint64_t
ggi_write_waited(const ggi_write_time_t *time, uint64_t now)
{
    /* the clock counts whole ms, and is much cheaper to ask */
    if (now == time->began) {
        return 0;
    }

    if (time->sleeps != GGI_WRITE_UNWATCHED && ggi_write_sleeps() == time->sleeps) {
        return 0;
    }

    return now - time->began;
}
