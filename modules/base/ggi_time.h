/* SPDX-License-Identifier: EUPL-1.2 */

/* Dates and times of profiles and registers. */

#ifndef GGI_TIME_H
#define GGI_TIME_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_TIME_ALWAYS  INT64_MIN
#define GGI_TIME_NEVER   INT64_MAX


/*
 * Reads a date (2026-01-01, meaning its first second in UTC) or a time of
 * RFC 3339 (2026-01-01T12:00:00Z, 2026-01-01T12:00:00+01:00; fractions are not
 * accepted) as seconds since the epoch. Returns 1, or 0 when it is neither.
 */
int ggi_time_read(ggi_str_t text, int64_t *seconds);


#endif
