/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
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
 * Finds the next range of the file of a hash in the seals. Returns 1; 0 when there is
 * none; or -1 after a message.
 */
static int
ggictl_seals_range(ggictl_audit_seals_t *seals, const unsigned char hash[GGI_SEAL_HASH])
{
    int                           rc;
    int64_t                       offset;
    ggi_str_t                     whole;
    ggi_seal_note_t               note;
    ggi_seal_line_t               line;
    ggictl_seals_file_t          *file;
    const ggi_seal_known_file_t  *known;

    file = &seals->file;
    known = ggi_seal_known_find(&seals->check.known, hash);
    rc = 0;

    while (known && seals->notes.offset <= known->last
           && (rc = ggictl_notes_next(&seals->notes, &whole, &offset)) == 1)
    {
        if (ggi_seal_note_read(&note, whole) != NULL) {
            return 0;
        }

        file->seal = note.number;
        file->lines = note.lines;

        for (file->rest = note.lines; ggi_seal_note_line(&file->rest, &line); ) {
            if (line.kind == GGI_SEAL_FILE && memcmp(line.hash, hash, GGI_SEAL_HASH) == 0) {
                file->range = line;
                file->begin = file->line + 1;
                file->sealed = 1;
                ggi_seal_range_begin(&seals->sum);
                return 1;
            }
        }

        rc = 0;
    }

    file->sealed = 0;

    return rc;
}


/* Finds out by its first line whether a file was sealed. Returns 1, or 0 after a message. */
static int
ggictl_seals_begin(ggictl_audit_seals_t *seals, const unsigned char hash[GGI_SEAL_HASH])
{
    ggi_seal_known_file_t  *known;

    known = ggi_seal_known_find(&seals->check.known, hash);

    if (known == NULL) {
        seals->unknown = seals->file.name;
        return 1;
    }

    known->seen++;
    ggictl_notes_end(&seals->notes);
    ggictl_notes_begin(&seals->notes, seals->path, seals->fd, known->first);
    seals->file.line--;

    if (ggictl_seals_range(seals, hash) == -1) {
        return 0;
    }

    seals->file.line++;

    return 1;
}


/*
 * Returns 1 when the line that a range ends with is surely another one than that which
 * was sealed: it is the last record of a chain then, and the seal has its hash.
 */
static int
ggictl_seals_last_differs(const ggictl_seals_file_t *file, const char *text, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    ggi_str_t           rest;
    ggi_seal_line_t     line;
    ggi_verify_place_t  place;

    if (ggi_verify_line_read(text, len, &place) != GGI_VERIFY_RECORD) {
        return 0;
    }

    for (rest = file->lines; ggi_seal_note_line(&rest, &line); ) {
        if (line.kind == GGI_SEAL_CHAIN && strcmp(line.id, place.id) == 0
            && line.to == place.number)
        {
            return memcmp(line.digest, hash, GGI_SEAL_HASH) != 0;
        }
    }

    return 0;
}


/* Compares a range that was read to its end with what its seal has of it. */
static void
ggictl_seals_compare(ggictl_audit_seals_t *seals, const char *text, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    unsigned char               digest[GGI_SEAL_HASH];
    const ggictl_seals_file_t  *file;

    file = &seals->file;

    if (ggi_seal_range_end(&seals->sum, digest)
        && memcmp(digest, file->range.digest, GGI_SEAL_HASH) == 0)
    {
        return;
    }

    if (file->begin == file->line || ggictl_seals_last_differs(file, text, len, hash)) {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: it is not the line that seal "
                           "%" PRId64 " has", file->name, file->line, file->seal);

    } else {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: of the lines %" PRId64 " to "
                           "%" PRId64 " not all are those that seal %" PRId64 " has", file->name,
                           file->begin, file->begin, file->line, file->seal);
    }
}


int
ggictl_audit_seals_line(ggictl_audit_seals_t *seals, const char *line, size_t len,
    const unsigned char hash[GGI_SEAL_HASH])
{
    unsigned char         buried[GGI_SEAL_HASH];
    ggictl_seals_file_t  *file;

    file = &seals->file;

    if (seals->path == NULL || len == 0 || (line[len - 1] != '\n' && len <= GGI_VERIFY_LINE_MAX)) {
        return 1;
    }

    if (++file->line == 1) {
        memcpy(file->hash, hash, GGI_SEAL_HASH);

        if (!ggictl_seals_begin(seals, hash)) {
            return 0;
        }
    }

    if (ggi_tombstone_read(line, len, buried)) {
        file->tombstone = file->tombstone ? file->tombstone : file->line;
        ggi_seal_range_add_hash(&seals->buried, buried, len);
    }

    if (!file->sealed) {
        seals->unsealed++;
        return 1;
    }

    file->pos += (int64_t) len;
    ggi_seal_range_add_hash(&seals->sum, hash, len);

    if (file->pos < file->range.to && len <= GGI_VERIFY_LINE_MAX) {
        return 1;
    }

    if (file->pos != file->range.to) {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: the lines %" PRId64 " to "
                           "%" PRId64 " are not as long as those that seal %" PRId64 " has; "
                           "nothing of this file is proved from there on", file->name, file->begin,
                           file->begin, file->line, file->seal);
        file->sealed = 0;
        return 1;
    }

    ggictl_seals_compare(seals, line, len, hash);

    return ggictl_seals_range(seals, file->range.hash) != -1;
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

    if (file->sealed) {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: it ends after %" PRId64
                           " bytes, and seal %" PRId64 " has it to byte %" PRId64, file->name,
                           file->line, file->pos, file->seal, file->range.to);
    }
}
