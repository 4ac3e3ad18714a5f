/* SPDX-License-Identifier: EUPL-1.2 */

/* What is found to be missing or risky at a gate. */

#ifndef GGI_DOCTOR_H
#define GGI_DOCTOR_H

#include "ggi_source.h"


typedef enum {
    GGI_DOCTOR_WARNING = 0,             /* risky, or soon to be critical */
    GGI_DOCTOR_CRITICAL,                /* calls are refused or unguarded, or will be at once */
    GGI_DOCTOR_LEVELS
} ggi_doctor_e;

#define GGI_DOCTOR_DAY  86400           /* seconds */

/* Who is told what is found. each is called with a finding, whose texts last for that call. */
typedef struct {
    size_t   n[GGI_DOCTOR_LEVELS];      /* findings of each level so far */
    void   (*each)(void *data, ggi_doctor_e level, const char *topic, const char *text);
    void    *data;
    json_t  *told;                      /* an object: what was told of an expiry, by its name, at
                                           which level; NULL: this is not kept */
} ggi_doctor_t;


/*
 * Tells of a finding: what is wrong, formatted as by printf(), as one line. topic is one word for
 * machines, remedy what is to be done.
 */
void ggi_doctor_tell(ggi_doctor_t *doctor, ggi_doctor_e level, const char *topic,
    const char *remedy, const char *format, ...) __attribute__((format(printf, 5, 6)));

/*
 * Notes in doctor->told that what is named is told of at a level. Returns 1, or 0 when that was
 * noted before at the same level or a higher one, so that it need not be told again.
 */
int ggi_doctor_first(ggi_doctor_t *doctor, ggi_doctor_e level, const char *what);

/*
 * Tells when something expires, a time in seconds since the epoch: nothing when that is soon
 * seconds or more after now; critical when it has expired. what names it; the same is told once,
 * as ggi_doctor_first() has it.
 */
void ggi_doctor_expiry(ggi_doctor_t *doctor, const char *topic, const char *what,
    int64_t expires, int64_t now, int64_t soon, const char *remedy);


#endif
