/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_write_pace.h"


int
ggi_write_pace_allows(const ggi_write_pace_t *pace, uint64_t now)
{
    return ggi_write_pace_calm(pace)
           || (pace->seen && now - pace->slow >= pace->quiet);
}


void
ggi_write_pace_note(ggi_write_pace_t *pace, uint64_t now, uint64_t waited,
    int on_loop)
{
    if (waited < GGI_WRITE_SLOW) {
        pace->seen = 1;

        if (pace->quiet && now - pace->slow >= 2 * GGI_WRITE_QUIET_MAX) {
            pace->quiet = 0;
        }

        return;
    }

    if (pace->quiet == 0) {
        pace->quiet = GGI_WRITE_QUIET;

    } else if (on_loop && pace->quiet < GGI_WRITE_QUIET_MAX) {
        pace->quiet *= 2;
    }

    pace->slow = now;
}
