/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The records in which the audit trail tells of itself, and what all its records say
 * of the machine.
 */

#ifndef GGI_RECORD_TRAIL_H
#define GGI_RECORD_TRAIL_H

#include "ggi_anonymous.h"
#include "ggi_record.h"

#define GGI_RECORD_GAP_SIZE  8192        /* bytes that suffice for a record of the trail itself */


/* Records that were lost. */
typedef struct {
    uint64_t   records;                 /* how many */
    uint64_t   from;                    /* ms since the epoch: when the first was lost */
    uint64_t   to;                      /* when the last was */
    ggi_str_t  reason;                  /* why: the system's text */
} ggi_gap_t;


/*
 * Writes the JSON of a record's "resource", with which a chain is started: the
 * version of the suite, that of nginx, the names of the node and of the machine, and the
 * organisation that answers for the record, unless that is NULL. Without a version of nginx
 * the record is of ggictl. Returns its length; or 0 when buf, of size bytes, is too small.
 */
size_t ggi_record_resource(char *buf, size_t size, ggi_str_t node, ggi_str_t host,
    ggi_str_t nginx, const ggi_organisation_t *organisation);

/*
 * Writes the record that tells of lost records, at a time in ms since the epoch, as
 * a line to buf, of size bytes, and moves the chain on; GGI_RECORD_GAP_SIZE bytes
 * always suffice. Returns the length of the line with its newline; or 0 when it
 * could not be written, and the chain is then as it was.
 */
size_t ggi_record_gap(char *buf, size_t size, const ggi_gap_t *gap,
    uint64_t time, ggi_chain_t *chain);

/*
 * Reads a line that ggi_record_gap() wrote, and sets the numbers of gap, not its reason.
 * Returns 1, or 0 when the line is another record.
 */
int ggi_record_gap_read(ggi_str_t line, ggi_gap_t *gap);

/*
 * Returns the time of a record, in ms since the epoch, by the line that it was written
 * to; or 0 when the line has none.
 */
uint64_t ggi_record_time(ggi_str_t line);

/*
 * Writes the record that tells how many refusals of an address were not recorded
 * one by one, at a time in ms since the epoch, as a line to buf, of size bytes, and
 * moves the chain on; address is its text, "" for several addresses.
 * GGI_RECORD_GAP_SIZE bytes always suffice. Returns the length of the line with its
 * newline; or 0 when it could not be written, and the chain is then as it was.
 */
size_t ggi_record_anonymous(char *buf, size_t size,
    const ggi_anonymous_count_t *count, ggi_str_t address, uint64_t time,
    ggi_chain_t *chain);


#endif
