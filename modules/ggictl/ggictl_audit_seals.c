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

#include "ggictl_audit_seals.h"
#include "ggictl_out.h"
#include "ggictl_seal.h"
#include "ggictl_seals_find.h"

#define GGICTL_SEALS_LATE       3       /* intervals after which a seal is missing */


void
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


/* Judges the stamps that a good seal has of the one before, which has the time before. */
static void
ggictl_seals_stamp(ggictl_audit_seals_t *seals, const ggi_seal_note_t *note, int64_t before)
{
    const char  *fault;

    fault = ggictl_seals_stamps_judge(&seals->stamps, note, before);

    if (fault) {
        ggictl_seals_fault(seals, "%s: the stamp of seal %" PRId64 ": %s", seals->path,
                           note->number - 1, fault);
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
            ggictl_seals_stamp(seals, &note, before);
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
        return args->option[GGICTL_WITNESS_CA] == NULL
               || (ggictl_fail("audit verify: --witness-ca belongs to --key"), 0);
    }

    interval = ggictl_seal_interval(args->option[GGICTL_INTERVAL]);
    seals->interval = (interval + 999) / 1000;

    if (interval == 0 || !ggictl_seals_key(seals, args->option[GGICTL_KEY])
        || !ggictl_seals_stamps_start(&seals->stamps, args->option[GGICTL_WITNESS_CA]))
    {
        return 0;
    }

    if (!ggi_seal_range_start(&seals->buried)) {
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


/*
 * Returns the first of the files that begin with the same line as one does. Seals have named
 * each of them before the next.
 */
static const ggi_seal_known_file_t *
ggictl_seals_first_file(const ggi_seal_known_t *known, const ggi_seal_known_file_t *file)
{
    const ggi_seal_known_file_t  *before;

    for (before = file; before > known->files; ) {
        before--;

        if (memcmp(before->next, file->hash, GGI_SEAL_HASH) == 0) {
            file = before;
        }
    }

    return file;
}


/* Reports each file that seals have, that did not expire, and that was not there. */
static void
ggictl_seals_missing(ggictl_audit_seals_t *seals)
{
    char                          hex[GGI_SEAL_HEX];
    size_t                        i;
    const ggi_seal_known_file_t  *known, *first;

    for (i = 0; i < seals->check.known.n && !seals->partial; i++) {
        known = &seals->check.known.files[i];

        if (!known->seen && !known->expired) {
            first = ggictl_seals_first_file(&seals->check.known, known);
            ggi_hex_write(hex, first->hash, GGI_SEAL_HASH);
            ggictl_seals_fault(seals, "a file is missing: its first line has the SHA-256 %.*s, and "
                               "seal %" PRId64 " has it to byte %" PRId64 "%s%s%.200s%s",
                               GGI_SEAL_HEX, hex, known->seal, known->to,
                               first == known ? "" : "; another file begins with that line too",
                               seals->unknown ? "; perhaps it is " : "",
                               seals->unknown ? seals->unknown : "",
                               seals->unknown ? ", whose first line no seal has" : "");
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


/* Shows how far the seals are stamped, if they are. */
static void
ggictl_seals_show_stamps(const ggictl_seals_stamps_t *stamps, const json_t *result)
{
    char  at[GGI_SEAL_TIME + 1];

    if (stamps->seal == 0) {
        return;
    }

    ggi_seal_time_write(at, stamps->time);
    ggictl_say(result, "%" PRId64 " stamp%s, the last at %s of seal %" PRId64 "%s\n", stamps->count,
               ggictl_plural((size_t) stamps->count), at, stamps->seal,
               stamps->store ? "" : "; --witness-ca verifies who gave them");
}


void
ggictl_audit_seals_show(const ggictl_audit_seals_t *seals, json_t *result,
    ggictl_seals_verdict_e verdict, uint64_t faults)
{
    char  at[GGI_SEAL_TIME + 1];

    static const ggictl_said_t  verdicts[] = {
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
               seals->check.known.expired, ggictl_plural((size_t) seals->check.known.expired),
               seals->unsealed, seals->unsealed == 1 ? " is" : "s are",
               verdict == GGICTL_SEALS_WHOLE ? " yet" : "");
    ggictl_seals_show_stamps(&seals->stamps, result);
    ggictl_say(result, "%s\n", (verdict == GGICTL_SEALS_WHOLE && faults)
               ? "faulty, and as it was sealed" : verdicts[verdict].text);

    if (result) {
        json_object_set_new(result, "verdict", json_string(
            (verdict == GGICTL_SEALS_WHOLE && faults) ? "faulty" : verdicts[verdict].word));
        json_object_set_new(result, "seals", json_pack(
            "{s:I, s:s, s:b, s:I, s:I, s:I}", "last", (json_int_t) seals->check.number, "time", at,
            "closed", seals->check.closed, "expired", (json_int_t) seals->check.known.expired,
            "not_sealed", (json_int_t) seals->unsealed, "stamped",
            (json_int_t) seals->stamps.seal));
    }
}


void
ggictl_audit_seals_free(ggictl_audit_seals_t *seals)
{
    size_t  i;

    for (i = 0; i < seals->strays_n; i++) {
        free(seals->strays[i].text);
    }

    free(seals->strays);
    free(seals->path);
    ggi_seal_check_free(&seals->check);
    ggictl_seals_stamps_free(&seals->stamps);
    ggi_seal_range_free(&seals->buried);

    if (seals->fd != -1) {
        (void) close(seals->fd);
    }
}
