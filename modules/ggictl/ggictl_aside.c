/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_tombstone.h"
#include "ggictl_aside.h"


ggictl_aside_e
ggictl_aside_judge(ggictl_bury_t *bury, ggictl_retained_t *retained, const char *line, size_t len,
    int64_t since)
{
    unsigned char        hash[GGI_TOMBSTONE_HASH];
    ggi_verify_place_t   place;

    bury->records++;

    if (len == 0 || ggi_tombstone_read(line, len, hash)) {
        return GGICTL_ASIDE_KEPT;
    }

    if (len <= GGI_VERIFY_LINE_MAX && line[len - 1] == '\n'
        && ggi_verify_line_read(line, len, &place) == GGI_VERIFY_RECORD)
    {
        return ggictl_bury_expires(bury, retained, line, len, &place) ? GGICTL_ASIDE_BURIED
                                                                      : GGICTL_ASIDE_KEPT;
    }

    if (!ggictl_retained_unknown(retained, since)) {
        return GGICTL_ASIDE_KEPT;
    }

    bury->expired++;

    return GGICTL_ASIDE_EMPTY;
}
