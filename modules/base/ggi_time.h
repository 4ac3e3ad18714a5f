/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads the dates and times in autorisatieprofielen and in the register of doelbindingen,
 * and writes those of records.
 */

#ifndef GGI_TIME_H
#define GGI_TIME_H

#include <stdint.h>

#include "ggi_str.h"

#define GGI_TIME_ALWAYS  INT64_MIN
#define GGI_TIME_NEVER   INT64_MAX
#define GGI_TIME_TEXT    24             /* bytes of a time with its ms, without a NUL */


/* A second as a text, kept since the times that are written one after the other share it. */
typedef struct {
    uint64_t  second;                   /* since the epoch; 0: none yet */
    char      text[GGI_TIME_TEXT];
} ggi_time_second_t;


/*
 * Reads a date (2026-01-01, which means its first second in UTC) or a time of RFC 3339
 * (2026-01-01T12:00:00Z or 2026-01-01T12:00:00+01:00, without fractions of a second).
 * Returns 1 and sets *seconds to seconds since the epoch; returns 0 when text is
 * neither.
 */
int ggi_time_read(ggi_str_t text, int64_t *seconds);

/*
 * Writes a time in ms since the epoch as RFC 3339 has it, in UTC, such as
 * 2026-11-26T12:00:00.000Z. Returns the text of GGI_TIME_TEXT bytes without a NUL, which is
 * in last, a structure of zeros before the first time, and is valid until the next call with
 * it. A time behind the year 9999 is written as its last second.
 */
const char *ggi_time_write(ggi_time_second_t *last, uint64_t ms);


#endif
