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
 * Keeps a fault of the present line, until all files have been looked at: the file may be another
 * one of those that begin with its first line. Of several that it can be the first fault is kept.
 */
static void __attribute__((format(printf, 3, 4)))
ggictl_seals_blame(ggictl_audit_seals_t *seals, ggictl_seals_candidate_t *candidate,
    const char *format, ...)
{
    char     text[GGICTL_SEALS_FAULT_MAX], *grown;
    size_t   len;
    va_list  args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    len = strlen(text) + 1;

    if (candidate->faults++ == 0) {
        candidate->at = seals->file.line;
        candidate->good = candidate->ranges.begin - 1;

    } else if (seals->file.n > 1) {
        return;
    }

    grown = realloc(candidate->text, candidate->len + len);

    if (grown == NULL) {
        ggictl_seals_fault(seals, "%s", text);
        return;
    }

    memcpy(grown + candidate->len, text, len);
    candidate->text = grown;
    candidate->len += len;
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


/* Reports the faults of a text, in which a NUL ends each of them. */
static void
ggictl_seals_report(ggictl_audit_seals_t *seals, const char *text, size_t len)
{
    const char  *at;

    for (at = text; at < text + len; at += strlen(at) + 1) {
        ggictl_seals_fault(seals, "%s", at);
    }
}


/*
 * Keeps the present file, which is none of those that it can be, and is most like one of them; good
 * is how many lines it has at most in common with one.
 */
static void
ggictl_seals_stray(ggictl_audit_seals_t *seals, ggictl_seals_candidate_t *like, int64_t good)
{
    ggictl_seals_stray_t  *grown;

    grown = realloc(seals->strays, (seals->strays_n + 1) * sizeof(ggictl_seals_stray_t));

    if (grown == NULL) {
        ggictl_seals_report(seals, like->text, like->len);
        return;
    }

    seals->strays = grown;
    grown += seals->strays_n++;
    memcpy(grown->hash, seals->file.hash, GGI_SEAL_HASH);
    memcpy(grown->like, like->ranges.known->hash, GGI_SEAL_HASH);
    grown->unsealed = seals->file.line - good;
    grown->text = like->text;
    grown->len = like->len;
    grown->further = 0;
    like->text = NULL;
}


/*
 * Notes of each of the files that the present one can be whether it is that to the end. When it is
 * none of them, keeps what is wrong with it as the one that it is most like.
 */
static void
ggictl_seals_decide(ggictl_audit_seals_t *seals)
{
    size_t                     i;
    int64_t                    good;
    ggictl_seals_candidate_t  *one, *best;

    for (i = 0, good = 0, best = NULL; i < seals->file.n; i++) {
        one = &seals->file.candidates[i];
        good = one->good > good ? one->good : good;
        ggi_seal_known_find(&seals->check.known, one->ranges.known->hash)->seen += !one->faults;

        if (best == NULL || (one->faults == 0 && best->faults)
            || (!one->faults == !best->faults
                && (one->faults ? one->at > best->at : one->unsealed < best->unsealed)))
        {
            best = one;
        }
    }

    if (best->faults) {
        ggictl_seals_stray(seals, best, good);

    } else {
        seals->unsealed += best->unsealed;
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
        free(seals->file.candidates[i].text);
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


/* Returns 1 when each file that seals have with a first line was seen whole, 0 otherwise. */
static int
ggictl_seals_all_seen(const ggi_seal_known_t *known, const unsigned char hash[GGI_SEAL_HASH])
{
    const ggi_seal_known_file_t  *file;

    for (file = ggi_seal_known_find(known, hash); file; file = ggi_seal_known_next(known, file)) {
        if (!file->seen) {
            return 0;
        }
    }

    return 1;
}


void
ggictl_audit_seals_files_end(ggictl_audit_seals_t *seals)
{
    size_t                 i;
    ggictl_seals_stray_t  *stray;

    for (i = 0; i < seals->strays_n; i++) {
        stray = &seals->strays[i];
        stray->further = ggictl_seals_all_seen(&seals->check.known, stray->hash);
    }

    for (i = 0; i < seals->strays_n; i++) {
        stray = &seals->strays[i];

        if (stray->further) {
            seals->unsealed += stray->unsealed;

        } else {
            ggi_seal_known_find(&seals->check.known, stray->like)->seen++;
            ggictl_seals_report(seals, stray->text, stray->len);
        }
    }
}
