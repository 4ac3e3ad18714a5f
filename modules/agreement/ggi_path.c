/* SPDX-License-Identifier: EUPL-1.2 */

/* Paths and the patterns of "paden". */

#include "ggi_path.h"

#include <stdint.h>
#include <string.h>


/* Returns the segment at p, up to the next "/" or the end. */
static ggi_str_t
ggi_path_segment(const char *p, const char *end)
{
    ggi_str_t    segment;
    const char  *q;

    for (q = p; q < end && *q != '/'; q++) {
        /* most segments are shorter than a call of memchr() is worth */
    }

    segment.data = p;
    segment.len = (size_t) (q - p);

    return segment;
}


static int
ggi_path_is(ggi_str_t segment, const char *literal)
{
    return segment.len == strlen(literal)
           && memcmp(segment.data, literal, segment.len) == 0;
}


/* Returns how many bytes at their beginning two paths have in common. */
static size_t
ggi_path_common(ggi_str_t a, ggi_str_t b)
{
    size_t    i, n;
    uint64_t  x, y;

    n = (a.len < b.len) ? a.len : b.len;

    for (i = 0; i + 8 <= n; i += 8) {
        memcpy(&x, a.data + i, 8);
        memcpy(&y, b.data + i, 8);

        if (x != y) {
            break;
        }
    }

    while (i < n && a.data[i] == b.data[i]) {
        i++;
    }

    return i;
}


/* Returns 1 when the last segment of a pattern is "**", 0 otherwise. */
static int
ggi_path_takes_all(ggi_str_t pattern)
{
    const char  *end;

    end = pattern.data + pattern.len;

    return pattern.len >= 2 && end[-1] == '*' && end[-2] == '*'
           && (pattern.len == 2 || end[-3] == '/');
}


/* Does what ggi_path_match() does, segment by segment. */
static int
ggi_path_match_segments(ggi_str_t pattern, ggi_str_t path)
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
ggi_path_match(ggi_str_t pattern, ggi_str_t path)
{
    size_t  same;

    same = ggi_path_common(pattern, path);

    if (same == pattern.len && (same == path.len || path.data[same] == '/')) {
        return same == path.len || ggi_path_takes_all(pattern);
    }

    /* whole segments that are the same match, whatever they are */

    while (same && pattern.data[same - 1] != '/') {
        same--;
    }

    pattern.data += same;
    pattern.len -= same;
    path.data += same;
    path.len -= same;

    return ggi_path_match_segments(pattern, path);
}


/* Returns 1 when a segment, without its parameters, is neither empty, "." nor "..". */
static int
ggi_path_name(const char *begin, const char *end)
{
    return begin < end
           && !(*begin == '.' && (end - begin == 1 || (end - begin == 2 && begin[1] == '.')));
}


int
ggi_path_plain(ggi_str_t path)
{
    int          open;                  /* the name of the segment has not ended yet */
    unsigned     class;
    const char  *p, *begin, *end;

    enum { GGI_PATH_OTHER, GGI_PATH_SLASH, GGI_PATH_PARAMETERS, GGI_PATH_BAD };

    static const unsigned char  classes[256] = {
        [0 ... 0x1f] = GGI_PATH_BAD, [0x7f] = GGI_PATH_BAD, ['\\'] = GGI_PATH_BAD,
        ['/'] = GGI_PATH_SLASH, [';'] = GGI_PATH_PARAMETERS
    };

    if (path.len == 0 || path.data[0] != '/') {
        return 0;
    }

    open = 1;
    begin = path.data + 1;
    end = path.data + path.len;

    for (p = begin; p < end; p++) {
        class = classes[(unsigned char) *p];

        if (class == GGI_PATH_OTHER) {
            continue;
        }

        if (class == GGI_PATH_BAD || (open && !ggi_path_name(begin, p))) {
            return 0;
        }

        open = (class == GGI_PATH_SLASH);
        begin = p + 1;
    }

    return !open || begin == end || ggi_path_name(begin, end);
}
