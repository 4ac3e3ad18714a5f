/* SPDX-License-Identifier: EUPL-1.2 */

/* The ends of the chains of an audit log. */

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ggi_verify_ends.h"


/* Keeps what a record says that moves its chain. Returns 1, or 0 without memory. */
static int
ggi_verify_note_move(ggi_verify_t *verify, const ggi_verify_record_t *record,
    const ggi_verify_said_t *said, const ggi_verify_chain_t *chain)
{
    ggi_verify_move_t  *moves;

    moves = realloc(verify->moves, (verify->moved + 1) * sizeof(ggi_verify_move_t));

    if (moves == NULL) {
        return 0;
    }

    verify->moves = moves;
    moves[verify->moved].chain = (size_t) (chain - verify->chains);
    moves[verify->moved].at = record->at;
    moves[verify->moved].said = *said;
    verify->moved++;

    return 1;
}


void
ggi_verify_note_end(ggi_verify_t *verify, const ggi_verify_record_t *record,
    const char *line, size_t len)
{
    ggi_verify_said_t    said;
    ggi_verify_ends_t   *ends;
    ggi_verify_chain_t  *chain;

    if (!ggi_verify_line_end(line, len, &said)
        || (said.opens && !said.moves && record->place.number != 1))
    {
        return;
    }

    chain = ggi_verify_find_chain(verify, record->place.id);

    if (chain == NULL) {
        return;                         /* the record itself is reported */
    }

    ends = &chain->ends;

    if (said.moves) {
        if (!ggi_verify_note_move(verify, record, &said, chain)) {
            ggi_verify_no_memory(verify, record->at);
        }

    } else if (said.opens && !ends->opened) {
        ends->opened = 1;
        ends->opened_at = record->at;
        ends->before = said;

    } else if (!said.opens && ends->closed == 0) {
        ends->closed = record->place.number;
        ends->closed_at = record->at;
        memcpy(ends->reason, said.reason, sizeof(said.reason));
    }
}


/* Returns the number of the last record of a chain that was seen. */
static int64_t
ggi_verify_last(const ggi_verify_chain_t *chain)
{
    return chain->runs[chain->n - 1].last;
}


/*
 * Reports when the record that a chain names as the last one before it is another one
 * in the log.
 */
static void
ggi_verify_compare_end(ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    const ggi_verify_chain_t *before, const ggi_verify_said_t *said, ggi_verify_at_t at)
{
    size_t                   i;
    const ggi_verify_run_t  *run;
    ggi_verify_record_t      record;

    i = ggi_verify_runs_before(before, said->number);
    run = i ? &before->runs[i - 1] : NULL;

    if (run == NULL || run->last < said->number) {
        return;                         /* it is missing, as was reported */
    }

    memset(&record, 0, sizeof(ggi_verify_record_t));
    record.place.number = said->number;
    memcpy(record.hash, said->hash, GGI_VERIFY_HASH);

    if (ggi_verify_run_compare(run, &record) == GGI_VERIFY_OTHER) {
        ggi_verify_fault(verify, said->number == run->last ? run->last_at : at,
                         "record %" PRId64 " of chain %s is not the one that was written: "
                         "its hash differs from what chain %s has of it", said->number,
                         before->id, chain->id);
    }
}


/*
 * Returns 1 when a chain has more records than it had when the chain after it was opened,
 * which no worker has written: it had ended, or they stand before that opening in the file
 * whose end was seen.
 */
static int
ggi_verify_is_longer(const ggi_verify_chain_t *before, const ggi_verify_said_t *said,
    ggi_verify_at_t at)
{
    const ggi_verify_run_t  *run;

    run = &before->runs[before->n - 1];

    if (run->last <= said->number) {
        return 0;
    }

    return said->how == GGI_END_CLOSED || said->how == GGI_END_UNWRITTEN
           || (said->found && run->last_at.file == at.file && run->last_at.line < at.line);
}


/*
 * Notes that a chain names the one before it. When another chain does so too that is
 * reported, if both have seen its end in the file: only one of them can have come next at a
 * place. At another place a chain can have been the last one too, since a worker whose file
 * cannot be synced writes what it keeps to that of another place.
 */
static void
ggi_verify_follow(ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    ggi_verify_chain_t *before, const ggi_verify_said_t *said, ggi_verify_at_t at)
{
    const ggi_verify_chain_t  *other;

    if (before->ends.after == 0) {
        before->ends.after = (size_t) (chain - verify->chains) + 1;
        before->ends.seen = *said;
        return;
    }

    other = &verify->chains[before->ends.after - 1];

    if (chain != other && said->found && before->ends.seen.found
        && (said->at == before->ends.seen.at || said->at == -1 || before->ends.seen.at == -1))
    {
        ggi_verify_fault(verify, at, "chain %s names chain %s as the one "
                         "before it, and so does chain %s: one of them was added",
                         chain->id, before->id, other->id);
    }
}


/*
 * Reports when the chain that a chain names as the one before it at a place has not the end
 * that it says, in a record that stands at at.
 */
static void
ggi_verify_before(ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    const ggi_verify_said_t *said, ggi_verify_at_t at)
{
    ggi_verify_chain_t  *before;

    if (said->number == 0) {
        return;
    }

    before = ggi_verify_seen_chain(verify, said->id);

    if (before == NULL || before->n == 0) {
        if (!verify->partial) {
            ggi_verify_fault(verify, at, "chain %s names chain %s as the "
                             "one before it, which is missing: it had %" PRId64 " records",
                             chain->id, said->id, said->number);
        }

        return;
    }

    ggi_verify_follow(verify, chain, before, said, at);

    if (ggi_verify_last(before) < said->number) {
        ggi_verify_fault(verify, before->runs[before->n - 1].last_at, "of chain %s the "
                         "records from %" PRId64 " to %" PRId64 " are missing at its end: "
                         "chain %s has seen the last of them", before->id,
                         ggi_verify_last(before) + 1, said->number, chain->id);

    } else {
        ggi_verify_compare_end(verify, chain, before, said, at);
    }

    if (ggi_verify_is_longer(before, said, at)) {
        ggi_verify_fault(verify, before->runs[before->n - 1].last_at, "chain %s has records "
                         "up to %" PRId64 ", but ended with record %" PRId64 " when chain %s "
                         "was opened: those behind that were added", before->id,
                         ggi_verify_last(before), said->number, chain->id);
    }
}


/* Compares two chains by the one before them, by the place, and by when they began. */
static int
ggi_verify_compare_openings(const void *one, const void *other)
{
    int                              order;
    const ggi_verify_chain_t *const  a = *(ggi_verify_chain_t *const *) one;
    const ggi_verify_chain_t *const  b = *(ggi_verify_chain_t *const *) other;

    order = memcmp(a->ends.before.id, b->ends.before.id, GGI_UUID_LEN);

    if (order == 0 && a->ends.before.at != b->ends.before.at) {
        order = a->ends.before.at < b->ends.before.at ? -1 : 1;
    }

    /* ids begin with the time at which their chains began */

    return order ? order : memcmp(a->id, b->id, GGI_UUID_LEN);
}


/*
 * Notes of chains that name the same one before them at a place that each took the place of the
 * one that began before it: the worker of that one was killed before its end was noted, and its
 * file was taken away before the next one was opened.
 */
static void
ggi_verify_take_places(ggi_verify_t *verify)
{
    size_t                i, n;
    ggi_verify_chain_t   *chain;
    ggi_verify_chain_t  **chains;

    chains = malloc((verify->n + 1) * sizeof(ggi_verify_chain_t *));

    if (chains == NULL) {
        return;                         /* those ends are told as not known */
    }

    for (i = 0, n = 0; i < verify->n; i++) {
        chain = &verify->chains[i];

        if (chain->n && chain->ends.opened && chain->ends.before.number
            && chain->ends.before.at != -1)
        {
            chains[n++] = chain;
        }
    }

    qsort(chains, n, sizeof(ggi_verify_chain_t *), ggi_verify_compare_openings);

    for (i = 1; i < n; i++) {
        if (chains[i]->ends.before.at == chains[i - 1]->ends.before.at
            && memcmp(chains[i]->ends.before.id, chains[i - 1]->ends.before.id, GGI_UUID_LEN)
               == 0)
        {
            chains[i - 1]->ends.taken = (size_t) (chains[i] - verify->chains) + 1;
        }
    }

    free(chains);
}


void
ggi_verify_ends(ggi_verify_t *verify)
{
    size_t               i;
    ggi_verify_chain_t  *chain;

    for (i = 0; i < verify->n; i++) {
        chain = &verify->chains[i];

        if (chain->n && chain->ends.closed && ggi_verify_last(chain) > chain->ends.closed) {
            ggi_verify_fault(verify, chain->ends.closed_at, "record %" PRId64 " closes chain "
                             "%s, which has records up to %" PRId64 ": those behind it were "
                             "added", chain->ends.closed, chain->id, ggi_verify_last(chain));
        }

        if (chain->n && chain->ends.opened) {
            ggi_verify_before(verify, chain, &chain->ends.before, chain->ends.opened_at);
        }
    }

    for (i = 0; i < verify->moved; i++) {
        ggi_verify_before(verify, &verify->chains[verify->moves[i].chain],
                          &verify->moves[i].said, verify->moves[i].at);
    }

    ggi_verify_take_places(verify);
}


/* Returns how a chain ended that has no closing record. */
static const char *
ggi_verify_unclosed(const ggi_verify_chain_t *chain)
{
    const ggi_verify_said_t  *seen;

    seen = &chain->ends.seen;

    if (chain->ends.after == 0 && chain->ends.taken) {
        return "ended by a crash, and nobody has seen its end";
    }

    if (chain->ends.after == 0) {
        return "not closed: it is still written, its worker was killed, or its end was cut off";
    }

    if (seen->how == GGI_END_UNWRITTEN) {
        return "ended in order, but nothing could be written any more";
    }

    return (ggi_verify_last(chain) > seen->number)
           ? "not closed: it went on elsewhere when the chain after it was opened"
           : "ended by a crash: its worker was killed, or could not end in order";
}


/* Appends text, formatted as by printf(), to that of len bytes, which is cut off at size. */
static void ggi_verify_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
ggi_verify_append(char *text, size_t size, const char *format, ...)
{
    size_t   len;
    va_list  args;

    len = strlen(text);
    va_start(args, format);
    vsnprintf(text + len, size - len, format, args);
    va_end(args);
}


void
ggi_verify_end_text(const ggi_verify_t *verify, const ggi_verify_chain_t *chain,
    char *text, size_t size)
{
    const ggi_verify_ends_t   *ends;
    const ggi_verify_chain_t  *after;

    ends = &chain->ends;
    after = ends->after ? &verify->chains[ends->after - 1] : NULL;
    text[0] = '\0';

    if (ends->closed) {
        ggi_verify_append(text, size, "closed (%s)", ends->reason);

    } else {
        ggi_verify_append(text, size, "%s", ggi_verify_unclosed(chain));
    }

    if (ends->changes > 0) {
        ggi_verify_append(text, size, "; %" PRId64 " change%s without an outcome: nobody knows "
                          "whether it was made", ends->changes, ends->changes == 1 ? "" : "s");
    }

    if (after) {
        ggi_verify_append(text, size, "; chain %s comes after it", after->id);

    } else if (ends->taken) {
        ggi_verify_append(text, size, "; chain %s took its place",
                          verify->chains[ends->taken - 1].id);
    }

    if (!ends->opened && chain->runs[0].first == 1) {
        ggi_verify_append(text, size, "; it has no opening record, as of an older gate");

    } else if (ends->opened && ends->before.number) {
        ggi_verify_append(text, size, "; it comes after chain %s", ends->before.id);

    } else if (ends->opened && ends->before.how == GGI_END_UNKNOWN) {
        ggi_verify_append(text, size, "; which chain was before it is not known");
    }
}
