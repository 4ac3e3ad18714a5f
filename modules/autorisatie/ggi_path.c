/* SPDX-License-Identifier: EUPL-1.2 */

/* Paths and the patterns of "paden". */

#include "ggi_path.h"


/* the segment at p, up to the next "/" or the end */
static ggi_str_t
ggi_path_segment(const char *p, const char *end)
{
    ggi_str_t    segment;
    const char  *slash;

    slash = (p < end) ? memchr(p, '/', (size_t) (end - p)) : NULL;

    segment.data = p;
    segment.len = (size_t) ((slash ? slash : end) - p);

    return segment;
}


static int
ggi_path_is(ggi_str_t segment, const char *literal)
{
    return segment.len == strlen(literal)
           && memcmp(segment.data, literal, segment.len) == 0;
}


int
ggi_path_match(ggi_str_t pattern, ggi_str_t path)
{
    ggi_str_t    want, have;
    const char  *w, *h, *wend, *hend;

    w = pattern.data;
    wend = w + pattern.len;
    h = path.data;
    hend = h + path.len;

    for ( ;; ) {
        want = ggi_path_segment(w, wend);
        have = ggi_path_segment(h, hend);

        w += want.len;
        h += have.len;

        if (ggi_path_is(want, "**") && w == wend) {
            return 1;
        }

        if (ggi_path_is(want, "*") ? have.len == 0 : !ggi_str_eq(want, have)) {
            return 0;
        }

        if (w == wend || h == hend) {
            return w == wend && h == hend;
        }

        w++;
        h++;
    }
}


int
ggi_path_plain(ggi_str_t path)
{
    ggi_str_t             segment;
    const char           *p, *end, *parameters;

    p = path.data;
    end = p + path.len;

    if (path.len == 0 || *p != '/') {
        return 0;
    }

    for (p = path.data; p < end; p++) {
        if ((unsigned char) *p < 0x20 || *p == 0x7f || *p == '\\') {
            return 0;
        }
    }

    for (p = path.data + 1; p < end; p += segment.len + 1) {
        segment = ggi_path_segment(p, end);

        parameters = memchr(segment.data, ';', segment.len);
        if (parameters) {
            segment.len = (size_t) (parameters - segment.data);
        }

        if (segment.len == 0 || ggi_path_is(segment, ".")
            || ggi_path_is(segment, ".."))
        {
            return 0;
        }

        segment = ggi_path_segment(p, end);
    }

    return 1;
}
