/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_glance.h"
#include "ggi_logged.h"
#include "ggi_record_trail.h"
#include "ggi_room.h"
#include "ggi_silence.h"
#include "ggi_verify_line.h"

#define GGI_SILENCE_LOOK  256           /* silences that are looked at for one time */
#define GGI_SILENCE_NEAR  5000          /* ms by which a call begins and ends, and clocks err */


/* Adds a silence, of a chain or of none, unless there are too many. */
static void
ggi_silence_put(ggi_silences_t *silences, ggi_silence_e kind, uint64_t from, uint64_t to,
    uint64_t count, const char *chain)
{
    ggi_silence_t  *silence;

    if (silences->n == GGI_SILENCE_MAX) {
        return;
    }

    silence = ggi_room(silences->list, silences->n, &silences->size, sizeof(ggi_silence_t));

    if (silence == NULL) {
        silences->failed = 1;
        return;
    }

    silences->list = silence;
    silence += silences->n++;
    silence->kind = kind;
    silence->from = from;
    silence->to = (to > from) ? to : from;
    silence->count = count;

    if (chain) {
        memcpy(silence->chain, chain, GGI_UUID_LEN);
    }
}


/* Returns the chain of an id, of GGI_UUID_LEN bytes, which is made if need be; or NULL. */
static ggi_silence_chain_t *
ggi_silence_chain(ggi_silences_t *silences, const char *id)
{
    int                   order;
    size_t                low, high, middle;
    ggi_silence_chain_t  *chain;

    if (silences->chains_n
        && memcmp(silences->chains[silences->recent].id, id, GGI_UUID_LEN) == 0)
    {
        return &silences->chains[silences->recent];
    }

    for (low = 0, high = silences->chains_n; low < high; ) {
        middle = low + (high - low) / 2;
        order = memcmp(silences->chains[middle].id, id, GGI_UUID_LEN);

        if (order == 0) {
            silences->recent = middle;
            return &silences->chains[middle];
        }

        if (order < 0) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    if (silences->chains_n == GGI_SILENCE_CHAINS) {
        return NULL;
    }

    chain = ggi_room(silences->chains, silences->chains_n, &silences->chains_size,
                     sizeof(ggi_silence_chain_t));

    if (chain == NULL) {
        silences->failed = 1;
        return NULL;
    }

    silences->chains = chain;
    chain += low;
    memmove(chain + 1, chain, (silences->chains_n++ - low) * sizeof(ggi_silence_chain_t));
    memset(chain, 0, sizeof(ggi_silence_chain_t));
    memcpy(chain->id, id, GGI_UUID_LEN);
    silences->recent = low;

    return chain;
}


/* Notes that a chain was not closed, as the record that opens another one tells at a time. */
static void
ggi_silence_opened(ggi_silences_t *silences, const ggi_logged_t *logged)
{
    size_t                i;
    ggi_str_t             id;
    ggi_silence_chain_t  *chain;

    static const ggi_str_t  crashes[] = { ggi_str("not_closed"), ggi_str("closing_not_written") };

    id = logged->field[GGI_LOGGED_BEFORE];
    i = ggi_str_in(crashes, 2, logged->field[GGI_LOGGED_BEFORE_END]);

    if (i && id.len == GGI_UUID_LEN) {
        chain = ggi_silence_chain(silences, id.data);

        if (chain) {
            chain->crashed = logged->time;
        }
    }
}


/* Notes what a record in which the log tells of itself says of a chain. */
static void
ggi_silence_trail(ggi_silences_t *silences, const ggi_logged_t *logged, size_t i)
{
    const ggi_str_t      *field = logged->field;
    ggi_silence_chain_t  *chain = &silences->chains[i];

    static const ggi_str_t  gap = ggi_str("ggi.gap"), closed = ggi_str("ggi.chain_closed"),
                            tombstone = ggi_str("ggi.tombstone"),
                            anonymous = ggi_str("ggi.anonymous_refusals");

    if (ggi_str_eq(field[GGI_LOGGED_EVENT], closed)) {
        chain->closed = logged->time;

    } else if (ggi_str_eq(field[GGI_LOGGED_EVENT], tombstone)) {
        if (chain->expired++ == 0 || logged->time < chain->expired_from) {
            chain->expired_from = logged->time;
        }

        chain->expired_to = logged->time > chain->expired_to ? logged->time : chain->expired_to;

    } else if (ggi_str_eq(field[GGI_LOGGED_EVENT], gap)
               || ggi_str_eq(field[GGI_LOGGED_EVENT], anonymous))
    {
        ggi_silence_put(silences,
                        field[GGI_LOGGED_EVENT].len == gap.len ? GGI_SILENCE_GAP
                                                               : GGI_SILENCE_ANONYMOUS,
                        ggi_logged_number(field[GGI_LOGGED_FROM]),
                        ggi_logged_number(field[GGI_LOGGED_TO]),
                        ggi_logged_number(field[GGI_LOGGED_COUNT]), chain->id);

    } else {
        ggi_silence_opened(silences, logged);
    }
}


void
ggi_silence_add(ggi_silences_t *silences, const char *line, size_t len)
{
    uint64_t              time;
    ggi_str_t             text = { len, line };
    ggi_glance_t          glance;
    ggi_logged_t          logged;
    ggi_verify_place_t    place;
    ggi_silence_chain_t  *chain;

    if (len == 0 || line[len - 1] != '\n' || !ggi_verify_line_glance(line, len, &place)) {
        return;
    }

    time = ggi_record_time(text);
    chain = time ? ggi_silence_chain(silences, place.id) : NULL;

    if (chain == NULL) {
        return;
    }

    silences->first = (silences->first == 0 || time < silences->first) ? time : silences->first;
    silences->last = (time > silences->last) ? time : silences->last;
    silences->failed |= !ggi_silence_chain_add(chain, (uint64_t) place.number, time);
    ggi_glance_line(line, len, &glance);

    if (glance.kind == GGI_LOGGED_IS_TRAIL && ggi_logged_read(&logged, line, len)) {
        ggi_silence_trail(silences, &logged, silences->recent);
    }
}


/* Adds what one chain tells. */
static void
ggi_silence_of_chain(ggi_silences_t *silences, const ggi_silence_chain_t *chain)
{
    size_t                    i;
    const ggi_silence_run_t  *run;

    for (i = 1; i < chain->n; i++) {
        run = &chain->runs[i];
        ggi_silence_put(silences, GGI_SILENCE_MISSING, run[-1].to, run->from,
                        run->first - run[-1].last - 1, chain->id);
    }

    if (chain->crashed) {
        ggi_silence_put(silences, GGI_SILENCE_CRASH,
                        chain->n ? chain->runs[chain->n - 1].to : chain->crashed, chain->crashed,
                        0, chain->id);
    }

    if (chain->expired) {
        ggi_silence_put(silences, GGI_SILENCE_EXPIRED, chain->expired_from, chain->expired_to,
                        chain->expired, chain->id);
    }
}


static int
ggi_silence_by_start(const void *one, const void *other)
{
    const ggi_silence_chain_t  *a = one, *b = other;
    const uint64_t              from[] = { a->n ? a->runs[0].from : 0, b->n ? b->runs[0].from : 0 };

    return (from[0] > from[1]) - (from[0] < from[1]);
}


static int
ggi_silence_by_time(const void *one, const void *other)
{
    const ggi_silence_t  *a = one, *b = other;

    return (a->from > b->from) - (a->from < b->from);
}


/* Adds the times in which no chain was open, as if none had been that has no record at its end. */
static void
ggi_silence_stops(ggi_silences_t *silences)
{
    size_t                      i;
    uint64_t                    until, end;
    const ggi_silence_chain_t  *chain;

    if (silences->chains_n) {
        qsort(silences->chains, silences->chains_n, sizeof(ggi_silence_chain_t),
              ggi_silence_by_start);
    }

    for (until = 0, i = 0; i < silences->chains_n; i++) {
        chain = &silences->chains[i];

        if (chain->n == 0) {
            continue;
        }

        if (until && chain->runs[0].from > until) {
            ggi_silence_put(silences, GGI_SILENCE_STOPPED, until, chain->runs[0].from, 0, NULL);
        }

        end = (chain->closed || chain->crashed) ? chain->runs[chain->n - 1].to : UINT64_MAX;
        until = (end > until) ? end : until;
    }
}


int
ggi_silence_end(ggi_silences_t *silences)
{
    size_t  i;

    for (i = 0; i < silences->chains_n; i++) {
        ggi_silence_of_chain(silences, &silences->chains[i]);
    }

    ggi_silence_stops(silences);
    ggi_silence_put(silences, GGI_SILENCE_BEFORE, 0, silences->first, 0, NULL);
    ggi_silence_put(silences, GGI_SILENCE_AFTER, silences->last, UINT64_MAX, 0, NULL);

    if (silences->n) {
        qsort(silences->list, silences->n, sizeof(ggi_silence_t), ggi_silence_by_time);
    }

    return !silences->failed;
}


/* Returns how far a call is from a silence, in ms; 0 when it went on within it. */
static uint64_t
ggi_silence_distance(const ggi_silence_t *silence, uint64_t from, uint64_t until)
{
    if (until < silence->from) {
        return silence->from - until;
    }

    return from > silence->to ? from - silence->to : 0;
}


/* Returns 1 when a silence may explain that a call is lacking, 0 otherwise. */
static int
ggi_silence_explains(const ggi_silence_t *silence, uint64_t from, uint64_t until, uint64_t clock)
{
    if (silence->kind == GGI_SILENCE_BEFORE || silence->kind == GGI_SILENCE_AFTER) {
        clock = 0;                      /* or each call near the end of a log would be explained */
    }

    return ggi_silence_distance(silence, from, until) <= clock;
}


/* Returns 1 when one silence explains better than another, which may be NULL; 0 otherwise. */
static int
ggi_silence_better(const ggi_silence_t *one, const ggi_silence_t *other, uint64_t from,
    uint64_t until)
{
    uint64_t  a, b;

    if (other == NULL) {
        return 1;
    }

    a = ggi_silence_distance(one, from, until);
    b = ggi_silence_distance(other, from, until);

    if ((a <= GGI_SILENCE_NEAR) != (b <= GGI_SILENCE_NEAR)) {
        return a < b;
    }

    return one->kind != other->kind ? one->kind < other->kind : a < b;
}


const ggi_silence_t *
ggi_silence_find(const ggi_silences_t *silences, uint64_t from, uint64_t until, uint64_t clock)
{
    size_t                low, high, middle, look;
    uint64_t              last;
    const ggi_silence_t  *silence, *best;

    last = (until > UINT64_MAX - clock) ? UINT64_MAX : until + clock;

    for (low = 0, high = silences->n; low < high; ) {
        middle = low + (high - low) / 2;

        if (silences->list[middle].from <= last) {
            low = middle + 1;

        } else {
            high = middle;
        }
    }

    /* those that began last, and the first, which is that the log begins later */

    for (best = NULL, look = 0; low; look++) {
        silence = &silences->list[--low];

        if (ggi_silence_explains(silence, from, until, clock)
            && ggi_silence_better(silence, best, from, until))
        {
            best = silence;
        }

        low = (look == GGI_SILENCE_LOOK && low > 1) ? 1 : low;
    }

    return best;
}


void
ggi_silence_free(ggi_silences_t *silences)
{
    size_t  i;

    for (i = 0; i < silences->chains_n; i++) {
        free(silences->chains[i].runs);
    }

    free(silences->chains);
    free(silences->list);
    memset(silences, 0, sizeof(ggi_silences_t));
}
