/* SPDX-License-Identifier: EUPL-1.2 */

/* How long lines are kept that "audit ship" has set aside, since no sink takes them as records. */

#ifndef GGICTL_ASIDE_H
#define GGICTL_ASIDE_H

#include "ggictl_bury.h"


typedef enum {
    GGICTL_ASIDE_KEPT,                  /* the line stays as it is */
    GGICTL_ASIDE_BURIED,                /* bury->copy has the tombstone that replaces it */
    GGICTL_ASIDE_EMPTY                  /* it is replaced by nothing */
} ggictl_aside_e;


/*
 * Judges a line of len bytes that was set aside since a time, in seconds since the epoch, and
 * counts it in bury. A record of a chain expires as it would in a file, to a tombstone as long as
 * itself. What is no record, such as a torn line, tells neither its time nor its doelbinding:
 * it expires when the longest bewaartermijn since it was set aside is over, and nothing is left
 * of it.
 */
ggictl_aside_e ggictl_aside_judge(ggictl_bury_t *bury, ggictl_retained_t *retained,
    const char *line, size_t len, int64_t since);


#endif
