/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ggictl_duration.h"
#include "ggictl_out.h"

#define GGICTL_DURATION_MOST  (24 * 3600 * 1000)        /* ms */


int64_t
ggictl_duration_read(const char *option, const char *text, int64_t least)
{
    char       *end;
    size_t      i;
    int64_t     ms;
    uint64_t    number;

    static const struct {
        const char  *name;
        int64_t      ms;
    } units[] = {
        { "ms", 1 }, { "s", 1000 }, { "m", 60 * 1000 }, { "h", 3600 * 1000 }
    };

    errno = 0;
    number = (*text >= '0' && *text <= '9') ? strtoull(text, &end, 10) : 0;

    for (i = 0; number && errno == 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].name) == 0 && number <= GGICTL_DURATION_MOST) {
            ms = (int64_t) number * units[i].ms;

            if (ms >= least && ms <= GGICTL_DURATION_MOST) {
                return ms;
            }
        }
    }

    (void) ggictl_fail("--%s: expected a time of %dms to 24h, such as 10s, and not \"%s\"", option,
                       (int) least, text);

    return 0;
}
