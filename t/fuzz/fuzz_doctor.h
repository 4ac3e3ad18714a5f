/* SPDX-License-Identifier: EUPL-1.2 */

/* What the fuzz targets of ggictl doctor share. */

#ifndef GGI_FUZZ_DOCTOR_H
#define GGI_FUZZ_DOCTOR_H

#include "fuzz.h"

#include "ggi_doctor.h"


/* Takes a finding, which has to be one line. */
static inline void
fuzz_found(void *data, ggi_doctor_e level, const char *topic, const char *text)
{
    (void) data;
    fuzz_check(level < GGI_DOCTOR_LEVELS && topic[0] && text[0] && strchr(text, '\n') == NULL);
}


#endif
