/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_tombstone.h"
#include "ggi_verify_line.h"
#include "ggictl_out.h"
#include "ggictl_seals_lines.h"


void
ggictl_audit_seals_file(ggictl_audit_seals_t *seals, const char *name)
{
    memset(&seals->file, 0, sizeof(seals->file));
    seals->file.name = name;

    if (seals->path) {
        ggi_seal_range_begin(&seals->buried);
    }
}


/*
 * Reports a fault of the present line, if the file can be no other one of those that begin
 * with its first line; otherwise keeps the first fault, until it is known which one it is.
 */
static void __attribute__((format(printf, 3, 4)))
ggictl_seals_blame(ggictl_audit_seals_t *seals, ggictl_seals_candidate_t *candidate,
    const char *format, ...)
{
    char     text[GGICTL_SEALS_FAULT_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (seals->file.n == 1) {
        ggictl_seals_fault(seals, "%s", text);

    } else if (candidate->faults == 0) {
        candidate->at = seals->file.line;
        memcpy(candidate->fault, text, sizeof(text));
    }

    candidate->faults++;
}


/*
 * Finds out by its first line which files the present one can be that were sealed. Returns 1,
 * or 0 after a message.
 */
static int
ggictl_seals_begin(ggictl_audit_seals_t *seals, const unsigned char hash[GGI_SEAL_HASH])
{
    ggictl_seals_file_t          *file;
    ggictl_seals_candidate_t     *grown;
    const ggi_seal_known_file_t  *known;

    file = &seals->file;
    memcpy(file->hash, hash, GGI_SEAL_HASH);
    known = ggi_seal_known_find(&seals->check.known, hash);

    if (known == NULL) {
        seals->unknown = file->name;
    }

    for ( /* void */ ; known; known = ggi_seal_known_next(&seals->check.known, known)) {
        grown = realloc(file->candidates, (file->n + 1) * sizeof(ggictl_seals_candidate_t));

        if (grown == NULL) {
            (void) ggictl_fail("no memory");
            return 0;
        }

        file->candidates = grown;
        grown += file->n++;
        memset(grown, 0, sizeof(ggictl_seals_candidate_t));

        if (!ggictl_seals_ranges_begin(&grown->ranges, seals->path, seals->fd, known)) {
            return 0;
        }
    }

    return 1;
}


/*
 * Returns 1 when the line that a range ends with is surely another one than that which
 * was sealed: it is the last record of a chain then, and the seal has its hash.
 */
static int
ggictl_seals_last_differs(const ggictl_seals_ranges_t *ranges, const char *text, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    ggi_str_t           rest;
    ggi_seal_line_t     line;
    ggi_verify_place_t  place;

    if (ggi_verify_line_read(text, len, &place) != GGI_VERIFY_RECORD) {
        return 0;
    }

    for (rest = ranges->lines; ggi_seal_note_line(&rest, &line); ) {
        if (line.kind == GGI_SEAL_CHAIN && strcmp(line.id, place.id) == 0
            && line.to == place.number)
        {
            return memcmp(line.digest, hash, GGI_SEAL_HASH) != 0;
        }
    }

    return 0;
}


/* Compares a line with what seals have of one of the files that the present one can be. */
static int
ggictl_seals_compare(ggictl_audit_seals_t *seals, ggictl_seals_candidate_t *candidate,
    const char *text, size_t len, const unsigned char hash[GGI_SEAL_HASH])
{
    const char             *name;
    ggictl_seals_fit_e      fit;
    ggictl_seals_ranges_t  *ranges;

    name = seals->file.name;
    ranges = &candidate->ranges;
    candidate->unsealed += !ranges->sealed;
    fit = ggictl_seals_ranges_line(ranges, len, hash);

    if (fit == GGICTL_SEALS_WITHIN) {
        return 1;
    }

    if (fit == GGICTL_SEALS_LENGTH) {
        ggictl_seals_blame(seals, candidate, "%.200s:%" PRId64 ": tampered with: the lines "
                           "%" PRId64 " to %" PRId64 " are not as long as those that seal "
                           "%" PRId64 " has; nothing of this file is proved from there on", name,
                           ranges->begin, ranges->begin, ranges->line, ranges->seal);
        return 1;
    }

    if (fit == GGICTL_SEALS_OTHER) {
        if (ranges->begin == ranges->line || ggictl_seals_last_differs(ranges, text, len, hash)) {
            ggictl_seals_blame(seals, candidate, "%.200s:%" PRId64 ": tampered with: it is not the "
                               "line that seal %" PRId64 " has", name, ranges->line, ranges->seal);

        } else {
            ggictl_seals_blame(seals, candidate, "%.200s:%" PRId64 ": tampered with: of the lines "
                               "%" PRId64 " to %" PRId64 " not all are those that seal %" PRId64
                               " has", name, ranges->begin, ranges->begin, ranges->line,
                               ranges->seal);
        }
    }

    return ggictl_seals_ranges_next(ranges);
}


int
ggictl_audit_seals_line(ggictl_audit_seals_t *seals, const char *line, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    size_t                i;
    unsigned char         buried[GGI_SEAL_HASH];
    ggictl_seals_file_t  *file;

    file = &seals->file;

    if (seals->path == NULL || len == 0 || (line[len - 1] != '\n' && len <= GGI_VERIFY_LINE_MAX)) {
        return 1;
    }

    if (++file->line == 1 && !ggictl_seals_begin(seals, hash)) {
        return 0;
    }

    if (ggi_tombstone_read(line, len, buried)) {
        file->tombstone = file->tombstone ? file->tombstone : file->line;
        ggi_seal_range_add_hash(&seals->buried, buried, len);
    }

    seals->unsealed += (file->n == 0);

    for (i = 0; i < file->n; i++) {
        if (!ggictl_seals_compare(seals, &file->candidates[i], line, len, hash)) {
            return 0;
        }
    }

    return 1;
}


/*
 * Notes of each of the files that the present one can be whether it is that to the end, and
 * reports a fault when it is none of them: of the one that it is most like.
 */
static void
ggictl_seals_decide(ggictl_audit_seals_t *seals)
{
    size_t                     i;
    ggictl_seals_candidate_t  *one, *best;

    for (i = 0, best = NULL; i < seals->file.n; i++) {
        one = &seals->file.candidates[i];
        ggi_seal_known_find(&seals->check.known, one->ranges.known->hash)->seen += !one->faults;

        if (best == NULL || (one->faults == 0 && best->faults)
            || (!one->faults == !best->faults
                && (one->faults ? one->at > best->at : one->unsealed < best->unsealed)))
        {
            best = one;
        }
    }

    seals->unsealed += best->unsealed;

    if (best->faults) {
        ggi_seal_known_find(&seals->check.known, best->ranges.known->hash)->seen++;

        if (seals->file.n > 1) {
            ggictl_seals_fault(seals, "%s", best->fault);
        }
    }
}


/* Ends what the present file can be. */
static void
ggictl_seals_end_candidates(ggictl_audit_seals_t *seals)
{
    size_t                     i;
    ggictl_seals_ranges_t     *ranges;
    ggictl_seals_candidate_t  *candidate;

    for (i = 0; i < seals->file.n; i++) {
        candidate = &seals->file.candidates[i];
        ranges = &candidate->ranges;

        if (ranges->sealed) {
            ggictl_seals_blame(seals, candidate, "%.200s:%" PRId64 ": tampered with: it ends after "
                               "%" PRId64 " bytes, and seal %" PRId64 " has it to byte %" PRId64,
                               seals->file.name, seals->file.line, ranges->pos, ranges->seal,
                               ranges->range.to);
        }
    }

    if (seals->file.n) {
        ggictl_seals_decide(seals);
    }

    for (i = 0; i < seals->file.n; i++) {
        ggictl_seals_ranges_end(&seals->file.candidates[i].ranges);
    }

    free(seals->file.candidates);
    seals->file.candidates = NULL;
    seals->file.n = 0;
}


void
ggictl_audit_seals_file_end(ggictl_audit_seals_t *seals)
{
    int64_t                     n;
    unsigned char               digest[GGI_SEAL_HASH];
    const ggictl_seals_file_t  *file;

    file = &seals->file;
    n = seals->buried.lines;

    if (file->tombstone
        && (!ggi_seal_range_end(&seals->buried, digest)
            || !ggi_seal_known_tombstones(&seals->check.known, file->hash, n, digest)))
    {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: it stands for a record, as "
                           "%" PRId64 " line%s of the file do, and no seal has just these records "
                           "expire", file->name, file->tombstone, n, ggictl_plural((size_t) n));
    }

    ggictl_seals_end_candidates(seals);
}
