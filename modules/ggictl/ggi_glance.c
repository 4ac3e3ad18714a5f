/* SPDX-License-Identifier: EUPL-1.2 */

#define _GNU_SOURCE                     /* memmem() */
#include <string.h>

#include "ggi_glance.h"

#define GGI_GLANCE_END  256             /* bytes at the end of a line that are looked at */
#define GGI_GLANCE_MS   13              /* digits of ms since the epoch, from 2001 to 2286 */


/*
 * Returns the text of so many bytes behind a name in the part of a line from pos to its
 * end, or NULL when it is not there.
 */
static const char *
ggi_glance_behind(const char *pos, const char *end, const char *name, size_t len)
{
    const char  *p;

    p = memmem(pos, (size_t) (end - pos), name, strlen(name));

    if (p == NULL || (size_t) (end - p) < strlen(name) + len) {
        return NULL;
    }

    return p + strlen(name);
}


void
ggi_glance_line(const char *line, size_t len, ggi_glance_t *glance)
{
    ggi_str_t    time, name;
    const char  *pos, *end;

    static const char  event[] = "\"event_name\":\"";

    memset(glance, 0, sizeof(ggi_glance_t));
    glance->kind = GGI_LOGGED_IS_DECISION;

    end = line + len;
    pos = (len > GGI_GLANCE_END) ? end - GGI_GLANCE_END : line;
    pos = ggi_glance_behind(pos, end, event, 1);
    time.data = pos ? ggi_glance_behind(pos, end, "\",\"timestamp\":", GGI_GLANCE_MS) : NULL;

    if (time.data == NULL || pos[0] != 'g') {
        return;
    }

    name.data = pos;
    name.len = (size_t) ((const char *) memchr(pos, '"', (size_t) (end - pos)) - pos);
    time.len = GGI_GLANCE_MS;
    glance->time = ggi_logged_number(time);
    glance->kind = ggi_logged_kind(name);

    if (ggi_logged_ends(glance->kind)) {
        glance->trace = ggi_glance_behind(pos, end, "\"trace_id\":\"", GGI_TRACE_ID_LEN);
        glance->span = ggi_glance_behind(pos, end, ",\"span_id\":\"", GGI_SPAN_ID_LEN);
        glance->parent = ggi_glance_behind(pos, end, "\"parent_span_id\":\"", GGI_SPAN_ID_LEN);

        if (glance->trace == NULL || glance->span == NULL) {
            glance->kind = GGI_LOGGED_IS_DECISION;
        }
    }
}
