/* SPDX-License-Identifier: EUPL-1.2 */

#include <time.h>

#include "ggi_time.h"

#define GGI_TIME_LAST  253402300799     /* 9999-12-31T23:59:59Z, s since the epoch */


/* Returns the value of the n digits at p, or -1 when one of them is no digit. */
static int
ggi_time_digits(const char *p, int n)
{
    int  value;

    for (value = 0; n; n--, p++) {
        if (*p < '0' || *p > '9') {
            return -1;
        }

        value = value * 10 + (*p - '0');
    }

    return value;
}


/*
 * Reads the offset from UTC, in seconds, from the text that follows the seconds of a
 * time. Returns 1, or 0 when the text is no offset.
 */
static int
ggi_time_offset(const char *p, size_t len, int *offset)
{
    int  hours, minutes;

    if (len == 1 && (*p == 'Z' || *p == 'z')) {
        *offset = 0;
        return 1;
    }

    if (len != 6 || (*p != '+' && *p != '-') || p[3] != ':') {
        return 0;
    }

    hours = ggi_time_digits(p + 1, 2);
    minutes = ggi_time_digits(p + 4, 2);

    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
        return 0;
    }

    *offset = (hours * 3600 + minutes * 60) * (*p == '-' ? -1 : 1);
    return 1;
}


/* Writes a number of n digits to dst. */
static void
ggi_time_write_digits(char *dst, int n, int value)
{
    while (n--) {
        dst[n] = (char) ('0' + value % 10);
        value /= 10;
    }
}


/* Writes the text of another second than that of last. */
static void
ggi_time_write_second(ggi_time_second_t *last, uint64_t second)
{
    char       *p;
    time_t      t;
    struct tm   tm;

    t = (time_t) (second < GGI_TIME_LAST ? second : GGI_TIME_LAST);
    memset(&tm, 0, sizeof(tm));
    (void) gmtime_r(&t, &tm);

    p = last->text;
    memcpy(p, "0000-00-00T00:00:00.000Z", GGI_TIME_TEXT);
    ggi_time_write_digits(p, 4, tm.tm_year + 1900);
    ggi_time_write_digits(p + 5, 2, tm.tm_mon + 1);
    ggi_time_write_digits(p + 8, 2, tm.tm_mday);
    ggi_time_write_digits(p + 11, 2, tm.tm_hour);
    ggi_time_write_digits(p + 14, 2, tm.tm_min);
    ggi_time_write_digits(p + 17, 2, tm.tm_sec);
    last->second = second;
}


const char *
ggi_time_write(ggi_time_second_t *last, uint64_t ms)
{
    unsigned  rest;
    uint64_t  second;

    second = ms / 1000;

    if (second != last->second || second == 0) {
        ggi_time_write_second(last, second);
    }

    rest = (unsigned) (ms % 1000);
    last->text[20] = (char) ('0' + rest / 100);
    last->text[21] = (char) ('0' + rest / 10 % 10);
    last->text[22] = (char) ('0' + rest % 10);

    return last->text;
}


int
ggi_time_read(ggi_str_t text, int64_t *seconds)
{
    int          day, month, offset;
    time_t       t;
    struct tm    tm, again;
    const char  *p;

    p = text.data;
    memset(&tm, 0, sizeof(tm));
    offset = 0;

    if (text.len < 10 || p[4] != '-' || p[7] != '-') {
        return 0;
    }

    tm.tm_year = ggi_time_digits(p, 4) - 1900;
    month = ggi_time_digits(p + 5, 2);
    day = ggi_time_digits(p + 8, 2);

    if (tm.tm_year < 0 || month < 1 || day < 1) {
        return 0;
    }

    tm.tm_mon = month - 1;
    tm.tm_mday = day;

    if (text.len > 10) {
        if (text.len < 20 || (p[10] != 'T' && p[10] != 't') || p[13] != ':'
            || p[16] != ':'
            || !ggi_time_offset(p + 19, text.len - 19, &offset))
        {
            return 0;
        }

        tm.tm_hour = ggi_time_digits(p + 11, 2);
        tm.tm_min = ggi_time_digits(p + 14, 2);
        tm.tm_sec = ggi_time_digits(p + 17, 2);
    }

    /*
     * timegm() changes a field that is out of range, such as 31 February: then the
     * fields differ from what was read
     */

    again = tm;
    t = timegm(&again);

    if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon
        || again.tm_hour != tm.tm_hour || again.tm_min != tm.tm_min
        || again.tm_sec != tm.tm_sec)
    {
        return 0;
    }

    *seconds = (int64_t) t - offset;
    return 1;
}
