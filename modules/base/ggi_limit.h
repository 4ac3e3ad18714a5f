/* SPDX-License-Identifier: EUPL-1.2 */

/* Limits how often messages of one kind are logged while their cause lasts. */

#ifndef GGI_LIMIT_H
#define GGI_LIMIT_H

#include <stdint.h>

#define GGI_LIMIT_FIRST  1000           /* ms between the first two messages */
#define GGI_LIMIT_LAST   60000          /* ms that this grows to while the cause goes on */


/* What is remembered of one kind of message. It is all zero at first. */
typedef struct {
    uint64_t  last;                     /* ms: when the last message was logged */
    uint64_t  interval;                 /* ms after last in which none is logged; 0: none was yet */
    uint64_t  left_out;                 /* messages since last that were not logged */
} ggi_limit_t;


/*
 * Decides whether a message is logged. now is a time in ms that only grows. The
 * interval between two messages doubles with each message, up to GGI_LIMIT_LAST,
 * and begins anew when no message was left out for twice the interval. Returns 0
 * when the message is to be left out. Returns 1 when it is to be logged, and sets
 * *left_out to the number of messages that were left out since the last one.
 */
int ggi_limit_pass(ggi_limit_t *limit, uint64_t now, uint64_t *left_out);


#endif
