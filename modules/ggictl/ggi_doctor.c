/* SPDX-License-Identifier: EUPL-1.2 */

/* Tells of findings. */

#include "ggi_doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>


void
ggi_doctor_tell(ggi_doctor_t *doctor, ggi_doctor_e level, const char *topic, const char *remedy,
    const char *format, ...)
{
    int      n;
    char     text[1024];
    va_list  args;

    va_start(args, format);
    n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (n >= 0 && (size_t) n < sizeof(text)) {
        snprintf(text + n, sizeof(text) - (size_t) n, ": %s", remedy);
    }

    ggi_one_line(text);
    doctor->n[level]++;
    doctor->each(doctor->data, level, topic, text);
}


int
ggi_doctor_first(ggi_doctor_t *doctor, ggi_doctor_e level, const char *what)
{
    json_t  *before;

    before = json_object_get(doctor->told, what);

    if (before && json_integer_value(before) >= (json_int_t) level) {
        return 0;
    }

    (void) json_object_set_new(doctor->told, what, json_integer(level));

    return 1;
}


/* Tells of something that expires in left seconds. */
static void
ggi_doctor_soon(ggi_doctor_t *doctor, const char *topic, const char *what, int64_t left,
    const char *remedy)
{
    int64_t      n = left / 60;
    const char  *unit = "minutes";

    if (left >= 2 * GGI_DOCTOR_DAY) {
        n = left / GGI_DOCTOR_DAY;
        unit = "days";

    } else if (left >= 2 * 3600) {
        n = left / 3600;
        unit = "hours";
    }

    ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, topic, remedy, "%.400s expires in %" PRId64 " %s",
                    what, n, unit);
}


void
ggi_doctor_expiry(ggi_doctor_t *doctor, const char *topic, const char *what, int64_t expires,
    int64_t now, int64_t soon, const char *remedy)
{
    if (expires <= now) {
        if (ggi_doctor_first(doctor, GGI_DOCTOR_CRITICAL, what)) {
            ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, topic, remedy, "%.400s has expired", what);
        }

    } else if (expires - now < soon && ggi_doctor_first(doctor, GGI_DOCTOR_WARNING, what)) {
        ggi_doctor_soon(doctor, topic, what, expires - now, remedy);
    }
}
