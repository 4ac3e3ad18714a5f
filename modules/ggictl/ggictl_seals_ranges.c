/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include "ggi_verify_line.h"
#include "ggictl_out.h"
#include "ggictl_seals_ranges.h"


/* Takes the range of the file from a note that was read. Returns 1, or 0 when it has none. */
static int
ggictl_seals_ranges_take(ggictl_seals_ranges_t *ranges, const ggi_seal_note_t *note)
{
    ggi_str_t        rest;
    ggi_seal_line_t  line;

    for (rest = note->lines; ggi_seal_note_line(&rest, &line); ) {
        if (line.kind == GGI_SEAL_FILE
            && memcmp(line.hash, ranges->known->hash, GGI_SEAL_HASH) == 0)
        {
            ranges->seal = note->number;
            ranges->lines = note->lines;
            ranges->range = line;
            ranges->begin = ranges->line + 1;
            ggi_seal_range_begin(&ranges->sum);
            return 1;
        }
    }

    return 0;
}


int
ggictl_seals_ranges_next(ggictl_seals_ranges_t *ranges)
{
    int              rc;
    int64_t          offset;
    ggi_str_t        whole;
    ggi_seal_note_t  note;

    ranges->sealed = 0;

    while (!ranges->sealed && ranges->notes.offset <= ranges->known->last) {
        rc = ggictl_notes_next(&ranges->notes, &whole, &offset);

        if (rc != 1 || ggi_seal_note_read(&note, whole) != NULL) {
            return rc != -1;
        }

        ranges->sealed = ggictl_seals_ranges_take(ranges, &note);
    }

    return 1;
}


int
ggictl_seals_ranges_begin(ggictl_seals_ranges_t *ranges, const char *path, int fd,
    const ggi_seal_known_file_t *known)
{
    memset(ranges, 0, sizeof(ggictl_seals_ranges_t));
    ranges->known = known;

    if (!ggi_seal_range_start(&ranges->sum)) {
        (void) ggictl_fail("no memory, or openssl.cnf names no provider with SHA-256");
        return 0;
    }

    ggictl_notes_begin(&ranges->notes, path, fd, known->first);

    return known->to == 0 || ggictl_seals_ranges_next(ranges);
}


ggictl_seals_fit_e
ggictl_seals_ranges_line(ggictl_seals_ranges_t *ranges, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    unsigned char  digest[GGI_SEAL_HASH];

    ranges->line++;

    if (!ranges->sealed) {
        return GGICTL_SEALS_WITHIN;
    }

    ranges->pos += (int64_t) len;
    ggi_seal_range_add_hash(&ranges->sum, hash, len);

    if (ranges->pos < ranges->range.to && len <= GGI_VERIFY_LINE_MAX) {
        return GGICTL_SEALS_WITHIN;
    }

    if (ranges->pos != ranges->range.to) {
        ranges->sealed = 0;
        return GGICTL_SEALS_LENGTH;
    }

    return (ggi_seal_range_end(&ranges->sum, digest)
            && memcmp(digest, ranges->range.digest, GGI_SEAL_HASH) == 0)
           ? GGICTL_SEALS_SAME : GGICTL_SEALS_OTHER;
}


void
ggictl_seals_ranges_end(ggictl_seals_ranges_t *ranges)
{
    ggi_seal_range_free(&ranges->sum);
    ggictl_notes_end(&ranges->notes);
}
