/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_signal.h"

#include <string.h>

#define GGI_SIGNAL_HOUR   3600
#define GGI_SIGNAL_DAY    (24 * GGI_SIGNAL_HOUR)
#define GGI_SIGNAL_DAYS   90             /* longest period in which something is known */
#define GGI_SIGNAL_PRIME  0x100000001b3     /* of FNV-1a, by which the bytes of texts are hashed */


static const ggi_signal_info_t  ggi_signals[GGI_SIGNALS] = {
    [GGI_SIGNAL_REFUSALS] = {
        ggi_str("refusals"), GGI_SIGNAL_EACH, 20, 600 },
    [GGI_SIGNAL_OUTSIDE_HOURS] = {
        ggi_str("outside_hours"), GGI_SIGNAL_EACH, 1, GGI_SIGNAL_HOUR },
    [GGI_SIGNAL_PERSON_BY_USERS] = {
        ggi_str("person_by_users"), GGI_SIGNAL_APART, 10, GGI_SIGNAL_HOUR },
    [GGI_SIGNAL_PERSONS_BY_USER] = {
        ggi_str("persons_by_user"), GGI_SIGNAL_APART, 100, GGI_SIGNAL_HOUR },
    [GGI_SIGNAL_GATE_MODE] = {
        ggi_str("gate_mode"), GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY },
    [GGI_SIGNAL_NEW_NETWORK] = {
        ggi_str("new_network"), GGI_SIGNAL_NEW, 2, 30 * GGI_SIGNAL_DAY },
    [GGI_SIGNAL_SECOND_CERTIFICATE] = {
        ggi_str("second_certificate"), GGI_SIGNAL_NEW, 2, GGI_SIGNAL_DAY },
    [GGI_SIGNAL_CERTIFICATE_EXPIRES] = {
        ggi_str("certificate_expires"), GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY },
    [GGI_SIGNAL_CLOCK] = {
        ggi_str("clock"), GGI_SIGNAL_EACH, 5, GGI_SIGNAL_HOUR }
};


const ggi_signal_info_t *
ggi_signal_info(ggi_signal_e signal)
{
    return &ggi_signals[signal];
}


ggi_signal_e
ggi_signal_find(ggi_str_t name)
{
    ggi_signal_e  signal;

    for (signal = 0; signal < GGI_SIGNALS; signal++) {
        if (ggi_str_eq(ggi_signals[signal].name, name)) {
            break;
        }
    }

    return signal;
}


uint32_t
ggi_signal_most(ggi_signal_e signal)
{
    switch (ggi_signals[signal].count) {

    case GGI_SIGNAL_APART:
        return GGI_SIGNAL_DIFFERENT;

    case GGI_SIGNAL_NEW:
        return GGI_SIGNAL_SEEN;

    default:
        return GGI_SIGNAL_MANY;
    }
}


unsigned
ggi_signal_longest(ggi_signal_e signal)
{
    return (ggi_signals[signal].count == GGI_SIGNAL_NEW) ? GGI_SIGNAL_DAYS : 1;
}


/* Spreads the bits of a number over all of its 64 (the finalizer of SplitMix64). */
static uint64_t
ggi_signal_spread(uint64_t number)
{
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;

    return number ^ number >> 31;
}


uint64_t
ggi_signal_hash(uint64_t seed, const ggi_str_t *texts, size_t n)
{
    size_t    i, j;
    uint64_t  hash;

    hash = seed;

    for (i = 0; i < n; i++) {
        for (j = 0; j < texts[i].len; j++) {
            hash = (hash ^ (unsigned char) texts[i].data[j]) * GGI_SIGNAL_PRIME;
        }

        hash = ggi_signal_spread(hash ^ texts[i].len);
    }

    return hash ? hash : 1;
}


/*
 * Returns how many different things there are when the first n bits of the sketch are set. That
 * is how many it takes on average, each of which has a bit by chance, to set the last one.
 */
static uint32_t
ggi_signal_different(uint32_t n)
{
    double    sum;
    uint32_t  i;

    for (i = 0, sum = 0; i < n && i < GGI_SIGNAL_BITS; i++) {
        sum += (double) GGI_SIGNAL_BITS / (GGI_SIGNAL_BITS - i);
    }

    return (uint32_t) (sum + 0.5);
}


/*
 * Returns the entry of a subject: its own, one that is of no use any more, or the one whose
 * period ends first, which becomes that of the subject.
 */
static ggi_signal_entry_t *
ggi_signal_entry(ggi_signal_table_t *table, uint64_t key, uint64_t now)
{
    size_t               i;
    ggi_signal_entry_t  *entry, *spare;

    entry = table->entries + GGI_SIGNAL_WAYS * (key % (table->n / GGI_SIGNAL_WAYS));
    spare = entry;

    for (i = 0; i < GGI_SIGNAL_WAYS; i++, entry++) {

        if (entry->key == key) {
            spare = entry;
            break;
        }

        if (entry->until < spare->until) {
            spare = entry;
        }
    }

    /* another worker, whose clock may be ahead by a turn, may have begun the period */

    if (spare->key != key || now >= spare->until) {
        memset(spare, 0, sizeof(ggi_signal_entry_t));
        spare->key = key;
        spare->since = now;
    }

    return spare;
}


/*
 * Counts something in the sketch of an entry. Returns how many different things there were; or 0
 * when that is of no use, since this one changed nothing or the signal was given.
 */
static uint32_t
ggi_signal_sketch(ggi_signal_entry_t *entry, uint64_t thing)
{
    uint64_t  bit, *word;

    word = &entry->things.bits[thing % GGI_SIGNAL_BITS / 64];
    bit = (uint64_t) 1 << thing % 64;

    if (*word & bit) {
        return 0;
    }

    *word |= bit;
    entry->count++;

    return entry->raised ? 0 : ggi_signal_different(entry->count);
}


/*
 * Notes that something was seen at now, in s, by an entry that knows things for a period. Returns
 * how many are known with it when it is new, or 0 when it was known.
 */
static uint32_t
ggi_signal_see(ggi_signal_entry_t *entry, uint64_t thing, uint32_t now, uint64_t period)
{
    size_t              i;
    uint32_t            hash, known;
    ggi_signal_seen_t  *seen, *place;

    hash = (uint32_t) (thing >> 32) | 1;
    place = entry->things.seen;

    for (i = 0, known = 1; i < GGI_SIGNAL_SEEN; i++) {
        seen = &entry->things.seen[i];

        if (seen->hash == 0 || seen->last + period <= now) {
            seen->hash = 0;
            seen->last = 0;

        } else if (seen->hash == hash) {
            seen->last = now;
            return 0;

        } else {
            known++;
        }

        if (seen->last < place->last) {
            place = seen;
        }
    }

    place->hash = hash;
    place->last = now;

    return (known > GGI_SIGNAL_SEEN) ? GGI_SIGNAL_SEEN : known;
}


/*
 * Counts an event for its entry, and sets event->count. Returns 1 when a signal can be given for
 * it, 0 when one was given in this period.
 */
static int
ggi_signal_add(ggi_signal_entry_t *entry, ggi_signal_event_t *event, uint64_t now)
{
    switch (ggi_signals[event->signal].count) {

    case GGI_SIGNAL_NEW:
        /* the entry is of use for as long as anything is known, however long ago it began */
        entry->until = now + event->period;
        event->count = ggi_signal_see(entry, event->thing, (uint32_t) (now / 1000) + 1,
                                      (event->period + 999) / 1000);
        return event->count != 0;

    case GGI_SIGNAL_APART:
        event->count = ggi_signal_sketch(entry, event->thing);
        break;

    default:
        entry->count += (entry->count < GGI_SIGNAL_MANY);
        event->count = entry->count;
    }

    entry->until = entry->since + event->period;

    return !entry->raised;
}


int
ggi_signal_count(ggi_signal_table_t *table, ggi_signal_event_t *event, uint64_t now)
{
    ggi_signal_entry_t  *entry;

    entry = ggi_signal_entry(table, event->key, now);
    event->age = (now > entry->since) ? now - entry->since : 0;

    if (!ggi_signal_add(entry, event, now) || event->count < event->threshold) {
        return 0;
    }

    entry->raised = 1;

    return 1;
}
