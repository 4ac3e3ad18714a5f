/* SPDX-License-Identifier: EUPL-1.2 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_room.h"
#include "ggi_verify_judge.h"

#define GGI_VERIFY_FAULT_MAX  512


void
ggi_verify_fault(ggi_verify_t *verify, ggi_verify_at_t at, const char *format,
    ...)
{
    char     text[GGI_VERIFY_FAULT_MAX];
    size_t   len;
    va_list  args;

    verify->faults++;
    len = (size_t) snprintf(text, sizeof(text), "%.200s:%" PRIu64 ": ",
                            verify->names[at.file], at.line);

    va_start(args, format);
    vsnprintf(text + len, sizeof(text) - len, format, args);
    va_end(args);

    verify->fault(verify->data, text);
}


void
ggi_verify_no_memory(ggi_verify_t *verify, ggi_verify_at_t at)
{
    ggi_verify_fault(verify, at, "cannot be verified: there is no memory for it, or "
                     "OpenSSL cannot hash it");
}


ggi_verify_chain_t *
ggi_verify_seen_chain(const ggi_verify_t *verify, const char *id)
{
    json_t  *index;

    index = json_object_get(verify->index, id);

    return index ? &verify->chains[json_integer_value(index)] : NULL;
}


ggi_verify_chain_t *
ggi_verify_find_chain(ggi_verify_t *verify, const char *id)
{
    ggi_verify_chain_t  *chains;

    /* most often it is the one that was asked for last */
    chains = (verify->n && strcmp(verify->chains[verify->chain].id, id) == 0)
             ? &verify->chains[verify->chain] : ggi_verify_seen_chain(verify, id);

    if (chains) {
        verify->chain = (size_t) (chains - verify->chains);
        return chains;
    }

    chains = ggi_room(verify->chains, verify->n, &verify->size, sizeof(ggi_verify_chain_t));
    if (chains == NULL) {
        return NULL;
    }

    verify->chains = chains;
    memcpy(chains[verify->n].id, id, GGI_UUID_LEN);

    if (json_object_set_new(verify->index, id, json_integer((json_int_t) verify->n)) != 0) {
        return NULL;
    }

    verify->chain = verify->n;

    return &chains[verify->n++];
}


/* Reports that a record, which stands at a place, has another hash than the next one has of it. */
static void
ggi_verify_differs(ggi_verify_t *verify, ggi_verify_at_t at, const char *id,
    int64_t number)
{
    ggi_verify_fault(verify, at, "record %" PRId64 " of chain %s is not the one that was "
                     "written: its hash differs from what record %" PRId64 " has of it",
                     number, id, number + 1);
}


void
ggi_verify_give_up(ggi_verify_t *verify)
{
    const ggi_verify_record_t  *again;

    if (!verify->again.pending) {
        return;
    }

    again = &verify->again.record;

    verify->again.pending = 0;
    ggi_verify_fault(verify, again->at, "record %" PRId64 " of chain %s stands in "
                     "two files, more than %d records behind the first one of a file, and "
                     "cannot be compared: name the files in the order of their times, the "
                     "oldest first", again->place.number, again->place.id,
                     GGI_VERIFY_KEPT);
}


/*
 * Judges a record whose number was seen before: it is a fault unless it is the same line.
 * When the hash of the first one was not kept, a later record that is the same line
 * proves it of this one too, by the chain between them.
 */
static void
ggi_verify_again(ggi_verify_t *verify, const ggi_verify_run_t *run,
    const ggi_verify_record_t *record)
{
    const ggi_verify_place_t   *place;
    const ggi_verify_record_t  *again;

    again = &verify->again.record;
    place = &record->place;

    if (verify->again.pending && strcmp(again->place.id, place->id) == 0
        && again->place.number + 1 == place->number)
    {
        verify->again.pending = 0;

        if (memcmp(place->previous, again->hash, GGI_VERIFY_HASH) != 0) {
            ggi_verify_differs(verify, again->at, place->id, again->place.number);
        }
    }

    ggi_verify_give_up(verify);

    switch (ggi_verify_run_compare(run, record)) {

    case GGI_VERIFY_UNKNOWN:
        verify->again.pending = 1;
        verify->again.record = *record;

        /* fall through */

    case GGI_VERIFY_SAME:
        verify->twice++;
        break;

    default:
        ggi_verify_fault(verify, record->at, "record %" PRId64 " of chain %s comes after "
                         "record %" PRId64 ", and is another one than that of its number",
                         place->number, place->id, run->last);
    }
}


/*
 * Begins a run of a chain with a record, before the run at index. Returns 1, or 0
 * without memory.
 */
static int
ggi_verify_begin(ggi_verify_t *verify, ggi_verify_chain_t *chain, size_t index,
    const ggi_verify_record_t *record)
{
    static const unsigned char  none[GGI_VERIFY_HASH];

    if (!ggi_verify_run_begin(chain, index, record)) {
        return 0;
    }

    if (record->place.number == 1
        && memcmp(record->place.previous, none, GGI_VERIFY_HASH) != 0)
    {
        ggi_verify_fault(verify, record->at, "record 1 of chain %s has a hash of one "
                         "before it", chain->id);
    }

    return 1;
}


/* Adds a record to its chain, and reports what does not fit. Returns 1, or 0 without memory. */
static int
ggi_verify_place(ggi_verify_t *verify, ggi_verify_chain_t *chain,
    const ggi_verify_record_t *record)
{
    size_t             i;
    int64_t            number;
    ggi_verify_run_t  *run;

    number = record->place.number;
    i = ggi_verify_runs_before(chain, number);
    run = i ? &chain->runs[i - 1] : NULL;

    if (run && number <= run->last) {
        ggi_verify_again(verify, run, record);
        return 1;
    }

    ggi_verify_give_up(verify);

    if (chain->n && chain->file == record->at.file && number < chain->last) {
        ggi_verify_fault(verify, record->at, "record %" PRId64 " of chain %s comes after "
                         "record %" PRId64, number, chain->id, chain->last);
    }

    chain->file = record->at.file;
    chain->last = number;

    if (run == NULL || number != run->last + 1) {
        return ggi_verify_begin(verify, chain, i, record);
    }

    if (memcmp(record->place.previous, run->hash, GGI_VERIFY_HASH) != 0) {
        ggi_verify_differs(verify, run->last_at, chain->id, run->last);
    }

    return ggi_verify_run_add(run, record);
}


void
ggi_verify_record(ggi_verify_t *verify, const ggi_verify_record_t *record)
{
    ggi_verify_chain_t  *chain;

    chain = ggi_verify_find_chain(verify, record->place.id);

    if (chain == NULL || !ggi_verify_place(verify, chain, record)) {
        ggi_verify_no_memory(verify, record->at);

    } else {
        chain->ends.changes += record->place.changes;
    }
}


/*
 * Reports when a run does not fit to the one before it in its chain; before is NULL for
 * the first.
 */
static void
ggi_verify_join_run(ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    const ggi_verify_run_t *before, const ggi_verify_run_t *run)
{
    if (before == NULL) {
        if (run->first > 1 && !verify->partial) {
            ggi_verify_fault(verify, run->first_at, "chain %s begins with record "
                             "%" PRId64 ": those before it are not here",
                             chain->id, run->first);
        }

    } else if (run->first > before->last + 1) {
        ggi_verify_fault(verify, run->first_at, "of chain %s the records from "
                         "%" PRId64 " to %" PRId64 " are missing", chain->id,
                         before->last + 1, run->first - 1);

    } else if (memcmp(run->previous, before->hash, GGI_VERIFY_HASH) != 0) {
        ggi_verify_differs(verify, before->last_at, chain->id, before->last);
    }
}


void
ggi_verify_join(ggi_verify_t *verify)
{
    size_t               i;
    ggi_verify_run_t    *run, *before;
    ggi_verify_chain_t  *chain;

    for (i = 0; i < verify->n; i++) {
        chain = &verify->chains[i];
        before = NULL;

        for (run = chain->runs; run < chain->runs + chain->n; run++) {
            ggi_verify_join_run(verify, chain, before, run);
            before = run;
        }
    }
}
