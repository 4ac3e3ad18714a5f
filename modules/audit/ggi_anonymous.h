/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * How many refusals of callers without an identity are recorded one by one, by
 * the address that they come from, and how many are only counted. Free of nginx.
 */

#ifndef GGI_ANONYMOUS_H
#define GGI_ANONYMOUS_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_str.h"

#define GGI_ANONYMOUS_WAYS     8        /* entries that an address can have its place in */
#define GGI_ANONYMOUS_COUNTS   256      /* addresses that a worker counts by themselves at a time */
#define GGI_ANONYMOUS_TEXT     32       /* bytes of an address as text */
#define GGI_ANONYMOUS_UNIX     1        /* the address of all that comes over a UNIX-domain socket */


/* How much of what it may an address, or a network of IPv6, has used. */
typedef struct {
    uint64_t  address;                  /* 0: free */
    uint64_t  last;                     /* ms of the monotonic clock */
    uint32_t  excess;                   /* thousandths of a refusal */
} ggi_anonymous_entry_t;


/* What all workers share, under a lock of the caller's. Zeroes are an empty one. */
typedef struct {
    size_t                 n;           /* entries: a multiple of GGI_ANONYMOUS_WAYS */
    ggi_anonymous_entry_t  others;      /* all addresses for which there is no place */
    ggi_anonymous_entry_t  entries[];
} ggi_anonymous_table_t;


/* Refusals that were not recorded one by one. */
typedef struct {
    uint64_t  address;                  /* 0: of several */
    uint64_t  refusals;
    uint64_t  from;                     /* ms since the epoch: the first of them */
    uint64_t  to;                       /* the last */
} ggi_anonymous_count_t;


/* What a worker has counted. Zeroes are an empty one. */
typedef struct {
    ggi_anonymous_count_t  counts[GGI_ANONYMOUS_COUNTS];
    ggi_anonymous_count_t  others;      /* of the addresses for which there is no place */
} ggi_anonymous_counts_t;


/* Returns the address of 4 bytes of IPv4, or the network of the first 8 of the 16 bytes of IPv6; never 0. */
uint64_t ggi_anonymous_ipv4(const unsigned char bytes[4]);
uint64_t ggi_anonymous_ipv6(const unsigned char bytes[16]);

/* Writes an address as text, a network of IPv6 with "/64". Returns its length, less than GGI_ANONYMOUS_TEXT. */
size_t ggi_anonymous_text(char text[GGI_ANONYMOUS_TEXT], uint64_t address);

/*
 * Judges a refusal of an address at now, ms of the monotonic clock: 1, it is
 * recorded; 0, it is to be counted. An address may have burst + 1 at once, and
 * then rate a second. One that finds no place, since all that it may have are
 * taken by addresses that have used something, shares what one address may have
 * with all others of these.
 */
int ggi_anonymous_pass(ggi_anonymous_table_t *table, uint64_t address,
    uint64_t now, unsigned rate, unsigned burst);

/* Counts a refusal of an address at now, ms since the epoch. */
void ggi_anonymous_add(ggi_anonymous_counts_t *counts, uint64_t address,
    uint64_t now);


#endif
