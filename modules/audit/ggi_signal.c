/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_signal.h"

#include <string.h>

#define GGI_SIGNAL_HOUR   3600
#define GGI_SIGNAL_DAY    (24 * GGI_SIGNAL_HOUR)
#define GGI_SIGNAL_DAYS   90             /* longest period in which something is known */
#define GGI_SIGNAL_PRIME  0x100000001b3     /* of FNV-1a, by which the bytes of texts are hashed */
#define GGI_SIGNAL_SLEW   1000          /* ms in which a clock may be slewed by 1 ms */


static const ggi_signal_info_t  ggi_signals[GGI_SIGNALS] = {
    [GGI_SIGNAL_REFUSALS] = {
        ggi_str("refusals"), GGI_SIGNAL_OF_DIENST,
        GGI_SIGNAL_EACH, 20, 600, 0 },
    [GGI_SIGNAL_OUTSIDE_HOURS] = {
        ggi_str("outside_hours"), GGI_SIGNAL_OF_DIENST | GGI_SIGNAL_OF_USER,
        GGI_SIGNAL_EACH, 1, GGI_SIGNAL_HOUR, 0 },
    [GGI_SIGNAL_PERSON_BY_USERS] = {
        ggi_str("person_by_users"), GGI_SIGNAL_OF_DIENST | GGI_SIGNAL_OF_PERSON,
        GGI_SIGNAL_APART, 10, GGI_SIGNAL_HOUR, 0 },
    [GGI_SIGNAL_PERSONS_BY_USER] = {
        ggi_str("persons_by_user"), GGI_SIGNAL_OF_DIENST | GGI_SIGNAL_OF_USER,
        GGI_SIGNAL_APART, 100, GGI_SIGNAL_HOUR, 0 },
    [GGI_SIGNAL_GATE_MODE] = {
        ggi_str("gate_mode"), GGI_SIGNAL_OF_DIENST,
        GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY, 0 },
    [GGI_SIGNAL_NEW_NETWORK] = {
        ggi_str("new_network"), GGI_SIGNAL_OF_CERTIFICATE,
        GGI_SIGNAL_NEW, 2, 30 * GGI_SIGNAL_DAY, 0 },
    [GGI_SIGNAL_SECOND_CERTIFICATE] = {
        ggi_str("second_certificate"), GGI_SIGNAL_OF_CERTIFICATE,
        GGI_SIGNAL_NEW, 2, GGI_SIGNAL_DAY, 0 },
    [GGI_SIGNAL_CERTIFICATE_EXPIRES] = {
        ggi_str("certificate_expires"), GGI_SIGNAL_OF_CERTIFICATE,
        GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY, 30 * GGI_SIGNAL_DAY },
    [GGI_SIGNAL_LIST_EXPIRES] = {
        ggi_str("list_expires"), 0,
        GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY, GGI_SIGNAL_HOUR },
    [GGI_SIGNAL_OWN_EXPIRES] = {
        ggi_str("own_certificate_expires"), 0,
        GGI_SIGNAL_EACH, 1, GGI_SIGNAL_DAY, 30 * GGI_SIGNAL_DAY },
    [GGI_SIGNAL_CLOCK] = {
        ggi_str("clock"), 0,
        GGI_SIGNAL_EACH, 5, GGI_SIGNAL_HOUR, 0 }
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
 * Notes for each number n of bits of the sketch that are set how many different things there are.
 * That is how many it takes on average, each of which has a bit by chance, to set the last one.
 */
static void
ggi_signal_table_different(ggi_signal_table_t *table)
{
    double    sum;
    uint32_t  n;

    for (n = 0, sum = 0; n < GGI_SIGNAL_BITS; n++) {
        table->different[n] = (uint32_t) (sum + 0.5);
        sum += (double) GGI_SIGNAL_BITS / (GGI_SIGNAL_BITS - n);
    }

    table->different[GGI_SIGNAL_BITS] = (uint32_t) (sum + 0.5);
}


void
ggi_signal_table_init(ggi_signal_table_t *table, size_t room, uint64_t seed)
{
    table->seed = seed;
    table->n = room - room % GGI_SIGNAL_WAYS;
    ggi_signal_table_different(table);
}


/*
 * Returns the entry to give up for a new subject of a signal: one that is of no use any more, or
 * of the signal that would have the most of them, the one whose period ends first. So no signal
 * takes the places of another that has fewer.
 */
static ggi_signal_entry_t *
ggi_signal_spare(ggi_signal_entry_t *entries, ggi_signal_e signal, uint64_t now)
{
    unsigned             n[GGI_SIGNALS] = { 0 };
    size_t               i;
    ggi_signal_entry_t  *entry, *spare;

    for (i = 0; i < GGI_SIGNAL_WAYS; i++) {
        if (entries[i].key == 0 || entries[i].until <= now) {
            return &entries[i];
        }

        n[entries[i].signal % GGI_SIGNALS] += 2;
    }

    n[signal] += 3;                     /* the new one, and the odd one decides between equals */
    spare = entries;

    for (entry = entries + 1; entry < entries + GGI_SIGNAL_WAYS; entry++) {
        unsigned  more = n[entry->signal % GGI_SIGNALS], most = n[spare->signal % GGI_SIGNALS];

        if (more > most || (more == most && entry->until < spare->until)) {
            spare = entry;
        }
    }

    return spare;
}


/* Returns the entry of an event's subject: its own, or another one that becomes that. */
static ggi_signal_entry_t *
ggi_signal_entry(ggi_signal_table_t *table, ggi_signal_event_t *event, uint64_t now)
{
    size_t               i;
    ggi_signal_entry_t  *entries, *entry;

    entries = table->entries + GGI_SIGNAL_WAYS * (event->key % (table->n / GGI_SIGNAL_WAYS));
    event->forgotten = 0;

    for (i = 0, entry = NULL; i < GGI_SIGNAL_WAYS && entry == NULL; i++) {
        entry = (entries[i].key == event->key) ? &entries[i] : NULL;
    }

    if (entry == NULL) {
        entry = ggi_signal_spare(entries, event->signal, now);
        event->forgotten = (entry->key != 0 && entry->until > now);
    }

    /* another worker, whose clock may be ahead by a turn, may have begun the period */

    if (entry->key != event->key || now >= entry->until) {
        memset(entry, 0, sizeof(ggi_signal_entry_t));
        entry->key = event->key;
        entry->signal = event->signal;
        entry->since = now;
    }

    return entry;
}


/*
 * Counts something in the sketch of an entry. Returns how many different things there were; or 0
 * when that is of no use, since this one changed nothing or the signal was given.
 */
static uint32_t
ggi_signal_sketch(const ggi_signal_table_t *table, ggi_signal_entry_t *entry, uint64_t thing)
{
    uint64_t  bit, *word;

    word = &entry->things.bits[thing % GGI_SIGNAL_BITS / 64];
    bit = (uint64_t) 1 << thing % 64;

    if (*word & bit) {
        return 0;
    }

    *word |= bit;
    entry->count++;

    return entry->raised ? 0 : table->different[entry->count];
}


/*
 * Notes that something was seen at now, in s, by an entry that knows things for a period. Returns
 * how many are known with it when it is new, more than GGI_SIGNAL_SEEN when one was forgotten for
 * it; or 0 when it was known.
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

    return known;
}


/*
 * Counts something for an entry that knows things one by one. Returns 1 when a signal can be given
 * for it: when it is new, and fills a place that was free. More things than there are places are
 * new again and again: one for which another was forgotten gives a signal once in a period.
 */
static int
ggi_signal_add_new(ggi_signal_entry_t *entry, ggi_signal_event_t *event, uint64_t now)
{
    uint32_t  known, seconds, period;

    seconds = (uint32_t) (now / 1000) + 1;
    period = (uint32_t) ((event->period + 999) / 1000);
    /* the entry is of use for as long as anything is known, however long ago it began */
    entry->until = now + event->period;
    known = ggi_signal_see(entry, event->thing, seconds, period);
    event->count = known;

    if (known <= GGI_SIGNAL_SEEN) {
        return known != 0 && known >= event->threshold;
    }

    event->count = GGI_SIGNAL_SEEN;

    if (entry->raised && seconds < entry->raised + period) {
        return 0;
    }

    entry->raised = seconds;

    return 1;
}


/* Counts an event in the period of its entry. Returns 1 when a signal is given, once in it. */
static int
ggi_signal_add(const ggi_signal_table_t *table, ggi_signal_entry_t *entry,
    ggi_signal_event_t *event)
{
    int  given;

    if (ggi_signals[event->signal].count == GGI_SIGNAL_APART) {
        event->count = ggi_signal_sketch(table, entry, event->thing);

    } else {
        entry->count += (entry->count < GGI_SIGNAL_MANY);
        event->count = entry->count;
    }

    entry->until = entry->since + event->period;
    given = !entry->raised && event->count >= event->threshold;
    entry->raised |= (uint32_t) given;

    return given;
}


int
ggi_signal_count(ggi_signal_table_t *table, ggi_signal_event_t *event, uint64_t now)
{
    ggi_signal_entry_t  *entry;

    entry = ggi_signal_entry(table, event, now);
    event->age = (now > entry->since) ? now - entry->since : 0;

    return (ggi_signals[event->signal].count == GGI_SIGNAL_NEW)
           ? ggi_signal_add_new(entry, event, now) : ggi_signal_add(table, entry, event);
}


int64_t
ggi_signal_clock(ggi_signal_clock_t *clock, uint64_t now, uint64_t time, uint32_t threshold)
{
    int64_t   ahead, allowed, by;
    uint64_t  last;

    if (now <= clock->looked) {
        return 0;
    }

    last = clock->looked;
    ahead = (int64_t) time - (int64_t) now;
    by = ahead - clock->ahead;
    clock->looked = now;
    clock->ahead = ahead;

    allowed = (int64_t) threshold * 1000 + (int64_t) (now - last) / GGI_SIGNAL_SLEW;

    return (last == 0 || (by < allowed && -by < allowed)) ? 0 : by;
}
