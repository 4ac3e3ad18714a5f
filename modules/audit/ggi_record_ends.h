/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The first and the last record of a chain, which tell where it begins and why it ends, and
 * the one that tells that it goes on at another place.
 */

#ifndef GGI_RECORD_ENDS_H
#define GGI_RECORD_ENDS_H

#include "ggi_chain.h"
#include "ggi_end.h"
#include "ggi_str.h"


/* What the first record of a chain tells, or one that it goes on at another place. */
typedef struct {
    uint64_t   place;                   /* number of the file of the log */
    int        has_place;               /* 0: there was no file yet */
    uint64_t   worker;                  /* process id */
    ggi_str_t  configuration;           /* SHA-256 in hexadecimal digits; "": not known */
    ggi_end_t  before;                  /* the chain that was written last at this place */
    int        found;                   /* 1: it was found in the file; 0: noted beside it */
    int        moved;                   /* 1: the chain had begun, and goes on at this place */
} ggi_opened_t;


/*
 * Writes the record that opens a chain or, when opened->moved is 1, the one that tells that the
 * chain goes on at another place, at a time in ms since the epoch. It is written as a line to
 * buf, of size bytes; GGI_RECORD_GAP_SIZE bytes always suffice. A record of the second kind
 * tells only the place, and which chain was there before. Returns the length of the line with
 * its newline, and moves the chain on; or 0 when it could not be written, and the chain is then
 * as it was.
 */
size_t ggi_record_opened(char *buf, size_t size, const ggi_opened_t *opened,
    uint64_t time, ggi_chain_t *chain);

/*
 * Writes the record that closes a chain, at a time in ms since the epoch, as a line to buf, of
 * size bytes; GGI_RECORD_GAP_SIZE bytes always suffice. It tells why, in one word, and how many
 * records the chain has with this one. Returns the length of the line with its newline, and
 * moves the chain on; or 0 when it could not be written, and the chain is then as it was.
 */
size_t ggi_record_closed(char *buf, size_t size, const char *why, uint64_t time,
    ggi_chain_t *chain);

/* Returns 1 when the line of a record opens or closes its chain, 0 otherwise. */
int ggi_record_is_end(ggi_str_t line);


#endif
