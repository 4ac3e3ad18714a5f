/* SPDX-License-Identifier: EUPL-1.2 */

/* Office hours: the days of a week, and the hours of a day, in which people work. Free of nginx. */

#ifndef GGI_HOURS_H
#define GGI_HOURS_H

#include <stdint.h>

#include "ggi_str.h"


typedef struct {
    unsigned  days;                     /* bits: 1 << 0 is Monday, 1 << 6 Sunday */
    unsigned  from;                     /* minutes since midnight: the first within */
    unsigned  to;                       /* the first that is not, at most 24 * 60 */
} ggi_hours_t;


/*
 * Reads days, such as "mon-fri", "mon,wed-thu" or "sun": names of three letters, in lower case,
 * a range in the order of a week that begins on Monday. Returns 1, or 0 when the text is
 * something else; hours->days is then undefined.
 */
int ggi_hours_read_days(ggi_hours_t *hours, ggi_str_t text);

/*
 * Reads hours, such as "08:00-18:00", within one day, of which the end is excluded and is at
 * most 24:00. Returns 1, or 0 when the text is something else; hours->from and hours->to are
 * then undefined.
 */
int ggi_hours_read(ggi_hours_t *hours, ggi_str_t text);

/* Returns 1 when a time, in s since the epoch plus the offset of the time zone, is within. */
int ggi_hours_within(const ggi_hours_t *hours, int64_t local);

/* Returns 1 when all times are within, 0 otherwise. */
int ggi_hours_always(const ggi_hours_t *hours);


#endif
