/* SPDX-License-Identifier: EUPL-1.2 */

/* How long a record is to be kept: a bewaartermijn, as a duration of ISO 8601. */

#ifndef GGI_RETENTION_H
#define GGI_RETENTION_H

#include <stdint.h>

#include "ggi_str.h"


typedef struct {
    int      years;
    int      months;
    int      days;
    int64_t  seconds;
} ggi_retention_t;


/*
 * Reads a duration such as P5Y, P1Y6M or PT12H, with its parts in their order, or P2W, and
 * each part of at most four digits. Returns 1, or 0 when it is none.
 */
int ggi_retention_read(ggi_retention_t *retention, ggi_str_t text);

/*
 * Computes until when a record has to be kept. time is when it was made, in seconds since the
 * epoch, and retention how long it is kept, in years, months and so on of the calendar in UTC.
 * Returns that end, in seconds since the epoch; or INT64_MAX when there is no such time.
 */
int64_t ggi_retention_end(const ggi_retention_t *retention, int64_t time);


#endif
