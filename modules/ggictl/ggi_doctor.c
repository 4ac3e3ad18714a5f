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


void
ggi_doctor_expiry(ggi_doctor_t *doctor, const char *topic, const char *what, int64_t expires,
    int64_t now, int64_t soon, const char *remedy)
{
    int      days;
    int64_t  left;

    left = expires - now;
    days = left >= 2 * GGI_DOCTOR_DAY;

    if (expires <= now) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_CRITICAL, topic, remedy, "%.400s has expired", what);

    } else if (left < soon) {
        ggi_doctor_tell(doctor, GGI_DOCTOR_WARNING, topic, remedy,
                        "%.400s expires in %" PRId64 " %s", what,
                        left / (days ? GGI_DOCTOR_DAY : 3600), days ? "days" : "hours");
    }
}
