/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_hours.h"

#define GGI_HOURS_DAY       (24 * 60)           /* minutes */
#define GGI_HOURS_NAME      3                   /* letters of the name of a day */
#define GGI_HOURS_THURSDAY  3                   /* the day of the epoch */


/* Takes the name of a day off the beginning of a text. Returns its number, or -1. */
static int
ggi_hours_take_day(ggi_str_t *text)
{
    int               day;
    ggi_str_t         name;
    static const ggi_str_t  names[] = {
        ggi_str("mon"), ggi_str("tue"), ggi_str("wed"), ggi_str("thu"),
        ggi_str("fri"), ggi_str("sat"), ggi_str("sun")
    };

    if (text->len < GGI_HOURS_NAME) {
        return -1;
    }

    name.data = text->data;
    name.len = GGI_HOURS_NAME;
    text->data += GGI_HOURS_NAME;
    text->len -= GGI_HOURS_NAME;

    for (day = 0; day < 7; day++) {
        if (ggi_str_eq(names[day], name)) {
            return day;
        }
    }

    return -1;
}


/* Takes a character off the beginning of a text. Returns 1, or 0 when another one is there. */
static int
ggi_hours_take(ggi_str_t *text, char ch)
{
    if (text->len == 0 || text->data[0] != ch) {
        return 0;
    }

    text->data++;
    text->len--;

    return 1;
}


int
ggi_hours_read_days(ggi_hours_t *hours, ggi_str_t text)
{
    int  first, last;

    hours->days = 0;

    do {
        first = ggi_hours_take_day(&text);
        last = ggi_hours_take(&text, '-') ? ggi_hours_take_day(&text) : first;

        if (first < 0 || last < first) {
            return 0;
        }

        for (; first <= last; first++) {
            hours->days |= 1U << first;
        }

    } while (ggi_hours_take(&text, ','));

    return text.len == 0;
}


/* Takes a number of two digits off the beginning of a text. Returns it, or a day's minutes. */
static unsigned
ggi_hours_take_number(ggi_str_t *text)
{
    unsigned  number;

    if (text->len < 2 || !ggi_is_digit(text->data[0]) || !ggi_is_digit(text->data[1])) {
        return GGI_HOURS_DAY;
    }

    number = (unsigned) (text->data[0] - '0') * 10 + (unsigned) (text->data[1] - '0');
    text->data += 2;
    text->len -= 2;

    return number;
}


/* Takes a time of a day, such as "08:00", off a text. Returns its minutes, or 25 hours of them. */
static unsigned
ggi_hours_take_time(ggi_str_t *text)
{
    unsigned  hour, minute;

    hour = ggi_hours_take_number(text);

    if (!ggi_hours_take(text, ':')) {
        return GGI_HOURS_DAY + 60;
    }

    minute = ggi_hours_take_number(text);

    return (hour <= 24 && minute < 60) ? hour * 60 + minute : GGI_HOURS_DAY + 60;
}


int
ggi_hours_read(ggi_hours_t *hours, ggi_str_t text)
{
    hours->from = ggi_hours_take_time(&text);

    if (!ggi_hours_take(&text, '-')) {
        return 0;
    }

    hours->to = ggi_hours_take_time(&text);

    return text.len == 0 && hours->from < hours->to && hours->to <= GGI_HOURS_DAY;
}


int
ggi_hours_within(const ggi_hours_t *hours, int64_t local)
{
    int64_t   days, minutes;
    unsigned  day, minute;

    minutes = local / 60 - (local % 60 < 0);
    days = minutes / GGI_HOURS_DAY - (minutes % GGI_HOURS_DAY < 0);
    minute = (unsigned) (minutes - days * GGI_HOURS_DAY);
    day = (unsigned) (((days + GGI_HOURS_THURSDAY) % 7 + 7) % 7);

    return (hours->days >> day & 1) && hours->from <= minute && minute < hours->to;
}


int
ggi_hours_always(const ggi_hours_t *hours)
{
    return hours->days == 0x7f && hours->from == 0 && hours->to == GGI_HOURS_DAY;
}
