/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Which refusals of callers without an identity are recorded one by one, and which
 * are only counted, by the address that they come from. Free of nginx.
 */

#ifndef GGI_ANONYMOUS_H
#define GGI_ANONYMOUS_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"

#define GGI_ANONYMOUS_WAYS     8        /* entries that an address can have its place in */
#define GGI_ANONYMOUS_COUNTS   256      /* addresses that a worker counts apart at a time */
#define GGI_ANONYMOUS_TEXT     32       /* bytes of an address as text */
#define GGI_ANONYMOUS_UNIX     1        /* the address of what comes over a UNIX socket */


/* How much an address, or a network of IPv6, has used of what it may have. */
typedef struct {
    uint64_t  address;                  /* 0: free */
    uint64_t  last;                     /* ms of the monotonic clock */
    uint32_t  excess;                   /* thousandths of a refusal */
} ggi_anonymous_entry_t;


/* What all workers share; the caller locks it. An empty table is all zeroes but for n. */
typedef struct {
    size_t                 n;           /* entries: a multiple of GGI_ANONYMOUS_WAYS */
    ggi_anonymous_entry_t  others;      /* all addresses for which there is no place */
    ggi_anonymous_entry_t  entries[];
} ggi_anonymous_table_t;


/* Refusals that were counted instead of recorded one by one. */
typedef struct {
    uint64_t  address;                  /* 0: of several */
    uint64_t  refusals;
    uint64_t  from;                     /* ms since the epoch: the first of them */
    uint64_t  to;                       /* the last */
} ggi_anonymous_count_t;


/* What a worker has counted. All zeroes: nothing. */
typedef struct {
    ggi_anonymous_count_t  counts[GGI_ANONYMOUS_COUNTS];
    ggi_anonymous_count_t  others;      /* of the addresses for which there is no place */
} ggi_anonymous_counts_t;


/*
 * Returns the number under which the refusals of an IPv4 address are counted, from the 4 bytes
 * of the address in network order. It is never 0.
 */
uint64_t ggi_anonymous_ipv4(const unsigned char bytes[4]);

/*
 * Returns the number under which the refusals of an IPv6 address are counted, from the 16 bytes
 * of the address in network order. All addresses of a /64 have the same number, which is never
 * 0.
 */
uint64_t ggi_anonymous_ipv6(const unsigned char bytes[16]);

/*
 * Writes an address as text, a network of IPv6 with "/64", without a NUL. Returns the
 * length, less than GGI_ANONYMOUS_TEXT.
 */
size_t ggi_anonymous_text(char text[GGI_ANONYMOUS_TEXT], uint64_t address);

/*
 * Judges whether a refusal of an address at now, ms of the monotonic clock, is recorded.
 * Returns 1 when it is to be recorded, and 0 when it is only to be counted. An address may have
 * burst + 1 records at once, and then rate a second. When all places of the table in which an
 * address could be are in use by others, it shares what one address may have with all other
 * addresses without a place.
 */
int ggi_anonymous_pass(ggi_anonymous_table_t *table, uint64_t address,
    uint64_t now, unsigned rate, unsigned burst);

/*
 * Counts a refusal of an address at the time now, in ms since the epoch. The address has a
 * count of its own; when there is no room for that, its refusals are counted in counts->others.
 */
void ggi_anonymous_add(ggi_anonymous_counts_t *counts, uint64_t address,
    uint64_t now);


#endif
