/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_pace.h"

#include <time.h>


void
ggi_crl_pace(ggi_crl_pace_t *pace, unsigned work)
{
    struct timespec  pause;

    pace->done += work;

    if (pace->done < GGI_CRL_STRETCH) {
        return;
    }

    pace->done = 0;

    if (pace->pause) {
        pause.tv_sec = 0;
        pause.tv_nsec = (long) pace->pause * 1000;
        (void) nanosleep(&pause, NULL);
    }
}
