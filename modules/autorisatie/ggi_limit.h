/* SPDX-License-Identifier: EUPL-1.2 */

/* How often messages of one kind are logged while what causes them goes on. */

#ifndef GGI_LIMIT_H
#define GGI_LIMIT_H

#include <stdint.h>

#define GGI_LIMIT_FIRST  1000           /* ms between the first two messages */
#define GGI_LIMIT_LAST   60000          /* ms that this grows to while the cause goes on */


/* All zero at first. */
typedef struct {
    uint64_t  last;                     /* ms, when a message was logged */
    uint64_t  interval;                 /* ms until the next one may be; 0: none was logged yet */
    uint64_t  left_out;                 /* messages since then that were not logged */
} ggi_limit_t;


/*
 * Decides whether a message is logged at now, a time in ms that only grows.
 * The interval doubles from message to message, and begins anew when nothing
 * was left out for twice as long. Returns 0 when it is not logged; else 1, and
 * *left_out is how many were not logged since the last one that was.
 */
int ggi_limit_pass(ggi_limit_t *limit, uint64_t now, uint64_t *left_out);


#endif
