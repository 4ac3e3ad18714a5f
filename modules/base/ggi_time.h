/* SPDX-License-Identifier: EUPL-1.2 */

/* Reads the dates and times in autorisatieprofielen and in the register of doelbindingen. */

#ifndef GGI_TIME_H
#define GGI_TIME_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_TIME_ALWAYS  INT64_MIN
#define GGI_TIME_NEVER   INT64_MAX


/*
 * Reads a date (2026-01-01, which means its first second in UTC) or a time of RFC 3339
 * (2026-01-01T12:00:00Z or 2026-01-01T12:00:00+01:00, without fractions of a second).
 * Returns 1 and sets *seconds to seconds since the epoch; returns 0 when text is
 * neither.
 */
int ggi_time_read(ggi_str_t text, int64_t *seconds);


#endif
