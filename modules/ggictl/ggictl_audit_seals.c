/* SPDX-License-Identifier: EUPL-1.2 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ggi_verify_line.h"
#include "ggictl_audit_seals.h"
#include "ggictl_out.h"
#include "ggictl_seal.h"
#include "ggictl_seals_find.h"

#define GGICTL_SEALS_FAULT_MAX  512
#define GGICTL_SEALS_LATE       3       /* intervals after which a seal is missing */


/* Reports a fault, in a text formatted as by printf(). */
static void __attribute__((format(printf, 2, 3)))
ggictl_seals_fault(ggictl_audit_seals_t *seals, const char *format, ...)
{
    char     text[GGICTL_SEALS_FAULT_MAX];
    va_list  args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    seals->faults++;
    seals->fault(seals->data, text);
}


/* Reads the public key, which is the option itself or in the file that it names. */
static int
ggictl_seals_key(ggictl_audit_seals_t *seals, const char *option)
{
    int        fd;
    char       text[GGI_SEAL_VERIFIER_MAX + 1];
    ssize_t    n;
    ggi_str_t  str;

    str = ggictl_str(option);
    fd = open(option, O_RDONLY | O_CLOEXEC);

    if (fd != -1) {
        n = read(fd, text, sizeof(text));
        (void) close(fd);
        str.data = text;
        str.len = (n > 0) ? (size_t) n : 0;

        while (str.len && (str.data[str.len - 1] == '\n' || str.data[str.len - 1] == '\r')) {
            str.len--;
        }
    }

    if (!ggi_seal_check_start(&seals->check, str)) {
        (void) ggictl_fail("--key: %s is no public key of seals, nor a file with one", option);
        return 0;
    }

    return 1;
}


/* Shows the time between two seals, when it was too long, or the clock was set back. */
static void
ggictl_seals_pause(const ggictl_audit_seals_t *seals, const json_t *result, int64_t before,
    int closed, const ggi_seal_note_t *note)
{
    char  from[GGI_SEAL_TIME + 1], to[GGI_SEAL_TIME + 1];

    ggi_seal_time_write(from, before);
    ggi_seal_time_write(to, note->time);

    if (note->time - before > GGICTL_SEALS_LATE * seals->interval) {
        ggictl_say(result, "no seal from %s to %s%s\n", from, to,
                   closed ? "" : ", without a closing one: the process that makes them was killed, "
                   "or could not");

    } else if (before - note->time > GGICTL_SEALS_LATE * seals->interval) {
        ggictl_say(result, "the clock was set back before seal %" PRId64 ", from %s to %s\n",
                   note->number, from, to);
    }
}


/* Judges all seals. Returns 1, or 0 after a message when they cannot be read. */
static int
ggictl_seals_judge(ggictl_audit_seals_t *seals, const json_t *result)
{
    int              rc, closed;
    int64_t          offset, before;
    ggi_str_t        whole;
    const char      *fault;
    ggictl_notes_t   notes;
    ggi_seal_note_t  note;

    fault = NULL;
    ggictl_notes_begin(&notes, seals->path, seals->fd, 0);

    while ((rc = ggictl_notes_next(&notes, &whole, &offset)) == 1 && fault == NULL) {
        before = seals->check.time;
        closed = seals->check.closed;
        fault = ggi_seal_check_note(&seals->check, whole, offset, &note);

        if (fault) {
            ggictl_seals_fault(seals, "%s: seal %" PRId64 ": %s; nothing is proved from there on",
                               seals->path, seals->check.number + 1, fault);

        } else if (note.number > 1) {
            ggictl_seals_pause(seals, result, before, closed, &note);
        }
    }

    ggictl_notes_end(&notes);

    return rc != -1;
}


int
ggictl_audit_seals_open(ggictl_audit_seals_t *seals, const ggictl_args_t *args,
    void (*fault)(void *data, const char *text), void *data)
{
    int64_t  interval;

    memset(seals, 0, sizeof(ggictl_audit_seals_t));
    seals->fd = -1;
    seals->fault = fault;
    seals->data = data;
    seals->partial = (args->option[GGICTL_PARTIAL] != NULL);

    if (args->option[GGICTL_KEY] == NULL) {
        return 1;
    }

    interval = ggictl_seal_interval(args->option[GGICTL_INTERVAL]);
    seals->interval = (interval + 999) / 1000;

    if (interval == 0 || !ggictl_seals_key(seals, args->option[GGICTL_KEY])) {
        return 0;
    }

    if (!ggi_seal_range_start(&seals->sum)) {
        (void) ggictl_fail("no memory, or openssl.cnf names no provider with SHA-256");
        return 0;
    }

    seals->path = ggictl_seals_find(args);

    if (seals->path == NULL) {
        return 0;
    }

    seals->fd = open(seals->path, O_RDONLY | O_CLOEXEC);

    if (seals->fd != -1) {
        return ggictl_seals_judge(seals, args->result);
    }

    if (errno != ENOENT) {
        (void) ggictl_fail("%s: %s", seals->path, strerror(errno));
        return 0;
    }

    ggictl_seals_fault(seals, "%s: there are no seals", seals->path);

    return 1;
}


void
ggictl_audit_seals_file(ggictl_audit_seals_t *seals, const char *name)
{
    memset(&seals->file, 0, sizeof(seals->file));
    seals->file.name = name;
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

    if (ggi_verify_line_read(text, len, &place, NULL) != GGI_VERIFY_RECORD) {
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
    ggictl_seals_file_t  *file;

    file = &seals->file;

    if (seals->path == NULL || len == 0 || (line[len - 1] != '\n' && len <= GGI_VERIFY_LINE_MAX)) {
        return 1;
    }

    if (++file->line == 1 && !ggictl_seals_begin(seals, hash)) {
        return 0;
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
    const ggictl_seals_file_t  *file;

    file = &seals->file;

    if (file->sealed) {
        ggictl_seals_fault(seals, "%.200s:%" PRId64 ": tampered with: it ends after %" PRId64
                           " bytes, and seal %" PRId64 " has it to byte %" PRId64, file->name,
                           file->line, file->pos, file->seal, file->range.to);
    }
}


/* Reports each file that seals have, that did not expire, and that was not there. */
static void
ggictl_seals_missing(ggictl_audit_seals_t *seals)
{
    char                          hex[GGI_SEAL_HEX];
    size_t                        i;
    const ggi_seal_known_file_t  *known;

    for (i = 0; i < seals->check.known.n && !seals->partial; i++) {
        known = &seals->check.known.files[i];

        if (!known->seen && !known->expired) {
            ggi_hex_write(hex, known->hash, GGI_SEAL_HASH);
            ggictl_seals_fault(seals, "a file is missing: its first line has the SHA-256 %.*s, and "
                               "seal %" PRId64 " has it to byte %" PRId64, GGI_SEAL_HEX, hex,
                               known->seal, known->to);
        }
    }
}


ggictl_seals_verdict_e
ggictl_audit_seals_end(ggictl_audit_seals_t *seals)
{
    char     at[GGI_SEAL_TIME + 1];
    int64_t  age;

    if (seals->path == NULL) {
        return GGICTL_SEALS_WHOLE;
    }

    ggictl_seals_missing(seals);
    age = (int64_t) time(NULL) - seals->check.time;
    ggi_seal_time_write(at, seals->check.time);

    if (seals->fd != -1 && seals->check.number == 0 && seals->faults == 0) {
        ggictl_seals_fault(seals, "%s: there are no seals", seals->path);
    }

    if (seals->check.number && age < -GGICTL_SEALS_LATE * seals->interval) {
        ggictl_seals_fault(seals, "%s: the last seal has a time that is to come: %s", seals->path,
                           at);
    }

    if (seals->faults) {
        return GGICTL_SEALS_TAMPERED;
    }

    if (age <= GGICTL_SEALS_LATE * seals->interval) {
        return GGICTL_SEALS_WHOLE;
    }

    if (!seals->check.closed) {
        return GGICTL_SEALS_CRASH;
    }

    return seals->unsealed ? GGICTL_SEALS_BEHIND : GGICTL_SEALS_WHOLE;
}


void
ggictl_audit_seals_show(const ggictl_audit_seals_t *seals, json_t *result,
    ggictl_seals_verdict_e verdict, uint64_t faults)
{
    char  at[GGI_SEAL_TIME + 1];

    static const struct {
        const char  *word;
        const char  *text;
    } verdicts[] = {
        [GGICTL_SEALS_WHOLE] = { "whole", "whole" },
        [GGICTL_SEALS_TAMPERED] = { "tampered", "tampered with" },
        [GGICTL_SEALS_CRASH] = {
            "crash", "ended by a crash, or the end of the seals was cut off: the last one is old, "
            "and is no closing one"
        },
        [GGICTL_SEALS_BEHIND] = {
            "behind", "not sealed to its end: what came after the closing seal is not proved"
        }
    };

    if (seals->path == NULL) {
        return;
    }

    ggi_seal_time_write(at, seals->check.time);
    ggictl_say(result, "%" PRId64 " seal%s", seals->check.number,
               ggictl_plural((size_t) seals->check.number));

    if (seals->check.number) {
        ggictl_say(result, ", the last of %s%s", at, seals->check.closed ? ", a closing one" : "");
    }

    ggictl_say(result, "; %" PRId64 " file%s expired\n%" PRId64 " line%s not sealed%s\n",
               seals->check.expired, ggictl_plural((size_t) seals->check.expired), seals->unsealed,
               seals->unsealed == 1 ? " is" : "s are", verdict == GGICTL_SEALS_WHOLE ? " yet" : "");
    ggictl_say(result, "%s\n", (verdict == GGICTL_SEALS_WHOLE && faults)
               ? "faulty, and as it was sealed" : verdicts[verdict].text);

    if (result) {
        json_object_set_new(result, "verdict", json_string(
            (verdict == GGICTL_SEALS_WHOLE && faults) ? "faulty" : verdicts[verdict].word));
        json_object_set_new(result, "seals", json_pack(
            "{s:I, s:s, s:b, s:I, s:I}", "last", (json_int_t) seals->check.number, "time", at,
            "closed", seals->check.closed, "expired", (json_int_t) seals->check.expired,
            "not_sealed", (json_int_t) seals->unsealed));
    }
}


void
ggictl_audit_seals_free(ggictl_audit_seals_t *seals)
{
    free(seals->path);
    ggi_seal_check_free(&seals->check);
    ggi_seal_range_free(&seals->sum);
    ggictl_notes_end(&seals->notes);

    if (seals->fd != -1) {
        (void) close(seals->fd);
    }
}
