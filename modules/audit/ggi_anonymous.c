/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_anonymous.h"

#include <stdio.h>

#define GGI_ANONYMOUS_IPV4   0x0000ffff00000000
#define GGI_ANONYMOUS_ZERO   2          /* the network ::/64 */
#define GGI_ANONYMOUS_UNIT   1000       /* one refusal in ggi_anonymous_entry_t's excess */
#define GGI_ANONYMOUS_PROBE  8          /* places in which a count is looked for */


static uint64_t
ggi_anonymous_number(const unsigned char *bytes, int n)
{
    int       i;
    uint64_t  number;

    for (i = 0, number = 0; i < n; i++) {
        number = number << 8 | bytes[i];
    }

    return number;
}


uint64_t
ggi_anonymous_ipv4(const unsigned char bytes[4])
{
    return GGI_ANONYMOUS_IPV4 | ggi_anonymous_number(bytes, 4);
}


uint64_t
ggi_anonymous_ipv6(const unsigned char bytes[16])
{
    uint64_t                    network;
    static const unsigned char  mapped[12] = { [10] = 0xff, [11] = 0xff };

    if (memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        return ggi_anonymous_ipv4(bytes + 12);
    }

    network = ggi_anonymous_number(bytes, 8);

    return network ? network : GGI_ANONYMOUS_ZERO;
}


size_t
ggi_anonymous_text(char text[GGI_ANONYMOUS_TEXT], uint64_t address)
{
    int       n;
    unsigned  low;

    low = (unsigned) (address & 0xffffffff);

    if (address == GGI_ANONYMOUS_UNIX) {
        n = snprintf(text, GGI_ANONYMOUS_TEXT, "unix:");

    } else if (address == GGI_ANONYMOUS_ZERO) {
        n = snprintf(text, GGI_ANONYMOUS_TEXT, "::/64");

    } else if ((address & ~(uint64_t) 0xffffffff) == GGI_ANONYMOUS_IPV4) {
        n = snprintf(text, GGI_ANONYMOUS_TEXT, "%u.%u.%u.%u", low >> 24,
                     low >> 16 & 0xff, low >> 8 & 0xff, low & 0xff);

    } else {
        n = snprintf(text, GGI_ANONYMOUS_TEXT, "%x:%x:%x:%x::/64",
                     (unsigned) (address >> 48),
                     (unsigned) (address >> 32 & 0xffff), low >> 16,
                     low & 0xffff);
    }

    return (size_t) n;
}


/* Returns the place of an address, by a multiplicative hash (the golden ratio). */
static size_t
ggi_anonymous_place(uint64_t address, size_t places)
{
    return (size_t) ((address * 0x9e3779b97f4a7c15) >> 32) % places;
}


/* Returns what an entry has used and not regained at the time now. */
static uint64_t
ggi_anonymous_excess(const ggi_anonymous_entry_t *entry, uint64_t now,
    unsigned rate)
{
    uint64_t  passed;

    /* another worker, whose clock may be ahead by a turn, may have set it */
    passed = (now > entry->last) ? now - entry->last : 0;

    /* rate refusals a second are rate thousandths of a refusal a millisecond */
    return (passed < entry->excess && passed * rate < entry->excess)
           ? entry->excess - passed * rate : 0;
}


/*
 * Returns the entry of an address: its own, one that is no longer needed and becomes
 * its own, or the one that all others share.
 */
static ggi_anonymous_entry_t *
ggi_anonymous_find(ggi_anonymous_table_t *table, uint64_t address,
    uint64_t now, unsigned rate)
{
    size_t                  i;
    ggi_anonymous_entry_t  *entry, *spare;

    entry = table->entries + GGI_ANONYMOUS_WAYS
            * ggi_anonymous_place(address, table->n / GGI_ANONYMOUS_WAYS);
    spare = NULL;

    for (i = 0; i < GGI_ANONYMOUS_WAYS; i++, entry++) {

        if (entry->address == address) {
            return entry;
        }

        if (spare == NULL && ggi_anonymous_excess(entry, now, rate) == 0) {
            spare = entry;
        }
    }

    if (spare == NULL) {
        return &table->others;
    }

    spare->address = address;
    spare->excess = 0;
    spare->last = now;

    return spare;
}


int
ggi_anonymous_pass(ggi_anonymous_table_t *table, uint64_t address,
    uint64_t now, unsigned rate, unsigned burst)
{
    uint64_t                excess;
    ggi_anonymous_entry_t  *entry;

    entry = ggi_anonymous_find(table, address, now, rate);
    excess = ggi_anonymous_excess(entry, now, rate);

    if (now > entry->last) {
        entry->last = now;
    }

    entry->excess = (uint32_t) excess;

    if (excess > (uint64_t) burst * GGI_ANONYMOUS_UNIT) {
        return 0;
    }

    entry->excess += GGI_ANONYMOUS_UNIT;

    return 1;
}


static ggi_anonymous_count_t *
ggi_anonymous_count(ggi_anonymous_counts_t *counts, uint64_t address)
{
    size_t                  i, place;
    ggi_anonymous_count_t  *count;

    place = ggi_anonymous_place(address, GGI_ANONYMOUS_COUNTS);

    for (i = 0; i < GGI_ANONYMOUS_PROBE; i++) {
        count = &counts->counts[(place + i) % GGI_ANONYMOUS_COUNTS];

        if (count->address == address) {
            return count;
        }

        if (count->address == 0) {
            count->address = address;
            return count;
        }
    }

    return &counts->others;
}


void
ggi_anonymous_add(ggi_anonymous_counts_t *counts, uint64_t address,
    uint64_t now)
{
    ggi_anonymous_count_t  *count;

    count = ggi_anonymous_count(counts, address);

    if (count->refusals++ == 0) {
        count->from = now;
    }

    count->to = now;
}
