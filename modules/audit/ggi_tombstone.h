/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What is left of a record whose bewaartermijn is over: a line as long as that of the record,
 * with its hash, so that the chain and the seals can be verified as before, and with nothing
 * else of it than its place in its chain and its time.
 */

#ifndef GGI_TOMBSTONE_H
#define GGI_TOMBSTONE_H

#include "ggi_str.h"
#include "ggi_tombstone_line.h"
#include "ggi_verify_line.h"

#define GGI_TOMBSTONE_RETENTION  32     /* most bytes of a bewaartermijn */


/*
 * Writes the tombstone of a record over the line of that, of len bytes with its newline. hash
 * is that of the line, place its place in its chain, time is in ms since the epoch, and
 * retention is the bewaartermijn that is over. Returns 1; or 0 when the line is too short, and
 * it is then as it was.
 */
int ggi_tombstone_write(char *line, size_t len, const unsigned char hash[GGI_VERIFY_HASH],
    const ggi_verify_place_t *place, uint64_t time, ggi_str_t retention);


#endif
