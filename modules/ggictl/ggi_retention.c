/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* timegm() */
#include <string.h>
#include <time.h>

#include "ggi_retention.h"

#define GGI_RETENTION_DIGITS  4


/* Adds a part of a unit behind P or, when clock is 1, behind T. Returns 1, or 0 without one. */
static int
ggi_retention_part(ggi_retention_t *retention, int number, char unit, int clock)
{
    switch (unit) {
    case 'Y':
        retention->years = number;
        return !clock;

    case 'M':
        if (clock) {
            retention->seconds += number * INT64_C(60);
        } else {
            retention->months = number;
        }

        return 1;

    case 'W':
        retention->days = 7 * number;
        return !clock;

    case 'D':
        retention->days += number;
        return !clock;

    case 'H':
        retention->seconds += number * INT64_C(3600);
        return clock;

    case 'S':
        retention->seconds += number;
        return clock;

    default:
        return 0;
    }
}


int
ggi_retention_read(ggi_retention_t *retention, ggi_str_t text)
{
    int          number, clock;
    size_t       i, digits;
    const char  *unit, *order;

    static const char  date[] = "YMWD";
    static const char  hours[] = "HMS";

    memset(retention, 0, sizeof(ggi_retention_t));
    clock = 0;
    order = date;

    if (text.len < 3 || text.data[0] != 'P') {
        return 0;
    }

    for (i = 1; i < text.len; i++) {
        if (text.data[i] == 'T' && !clock) {
            clock = 1;
            order = hours;
            i++;
        }

        for (number = 0, digits = 0; i < text.len && ggi_is_digit(text.data[i]); i++, digits++) {
            if (digits == GGI_RETENTION_DIGITS) {
                return 0;
            }

            number = number * 10 + (text.data[i] - '0');
        }

        unit = (i < text.len && text.data[i]) ? strchr(order, text.data[i]) : NULL;

        if (digits == 0 || unit == NULL
            || !ggi_retention_part(retention, number, text.data[i], clock))
        {
            return 0;
        }

        order = unit + 1;
    }

    return 1;
}


int64_t
ggi_retention_end(const ggi_retention_t *retention, int64_t time)
{
    time_t     seconds;
    struct tm  tm;

    seconds = (time_t) time;

    if (gmtime_r(&seconds, &tm) == NULL) {
        return INT64_MAX;
    }

    tm.tm_year += retention->years;
    tm.tm_mon += retention->months;
    tm.tm_mday += retention->days;
    seconds = timegm(&tm);

    return seconds == -1 ? INT64_MAX : (int64_t) seconds + retention->seconds;
}
