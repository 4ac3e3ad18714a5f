/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a verification keeps of a chain: the runs of records that follow each other in a
 * file, and of each run as much as tells whether another record fits to it.
 */

#ifndef GGI_VERIFY_CHAIN_H
#define GGI_VERIFY_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_verify_line.h"

#define GGI_VERIFY_KEPT  32768          /* records of a run of which the hash is kept */


/* Where a line stands. */
typedef struct {
    size_t    file;                     /* in the verification's names */
    uint64_t  line;                     /* from 1 */
} ggi_verify_at_t;

/* A record, and where it stands. */
typedef struct {
    ggi_verify_place_t  place;
    unsigned char       hash[GGI_VERIFY_HASH];  /* of its line */
    ggi_verify_at_t     at;
} ggi_verify_record_t;

/* The first 128 bits of a line's hash: enough to tell whether the line stands in the log twice. */
typedef struct {
    unsigned char  bytes[16];
} ggi_verify_short_t;

/* Records of a chain whose numbers follow each other. */
typedef struct {
    int64_t              first;         /* number */
    int64_t              last;
    unsigned char        previous[GGI_VERIFY_HASH];     /* hash that the first record names */
    unsigned char        hash[GGI_VERIFY_HASH];         /* hash of the last record */
    ggi_verify_at_t      first_at;
    ggi_verify_at_t      last_at;
    ggi_verify_short_t  *kept;          /* of the first GGI_VERIFY_KEPT records */
    size_t               size;          /* of kept */
} ggi_verify_run_t;

/* What the records say that open and close a chain, as far as they were seen. */
typedef struct {
    int                opened;          /* 1: it has an opening record */
    ggi_verify_at_t    opened_at;
    ggi_verify_said_t  before;          /* what that says */
    int64_t            closed;          /* number of its closing record; 0: it has none */
    ggi_verify_at_t    closed_at;
    char               reason[16];      /* why it was closed */
    int64_t            changes;         /* those whose outcome is not recorded */
    size_t             after;           /* place of the chain that names it, and one; 0: none */
    ggi_verify_said_t  seen;            /* what that one says of it */
    size_t             taken;           /* the chain that took its place unknowing, and one; 0 */
} ggi_verify_ends_t;

/* What has been seen of a chain. */
typedef struct {
    char               id[GGI_UUID_LEN + 1];
    ggi_verify_run_t  *runs;            /* by number; they do not overlap */
    size_t             n;
    size_t             file;            /* in which the last record was seen */
    int64_t            last;            /* its number */
    ggi_verify_ends_t  ends;
} ggi_verify_chain_t;

/* What a run says of a record: another one than its own of that number, the same, or nothing. */
typedef enum { GGI_VERIFY_OTHER, GGI_VERIFY_SAME, GGI_VERIFY_UNKNOWN } ggi_verify_same_e;


/*
 * Returns how many of the runs of a chain begin with a record of this number or of a lower one.
 * They are the first ones in chain->runs.
 */
size_t ggi_verify_runs_before(const ggi_verify_chain_t *chain, int64_t number);

/*
 * Begins a new run with a record, and inserts it into chain->runs at index, so that the runs
 * stay in the order of their numbers. Returns 1; or 0 without memory, and the chain is then as
 * it was.
 */
int ggi_verify_run_begin(ggi_verify_chain_t *chain, size_t index,
    const ggi_verify_record_t *record);

/*
 * Adds a record, whose number is the one after run->last, to a run. Keeps the hash of the
 * record if it is among the first GGI_VERIFY_KEPT of the run. Returns 1; or 0 without memory,
 * and the run is then as it was.
 */
int ggi_verify_run_add(ggi_verify_run_t *run, const ggi_verify_record_t *record);

/*
 * Compares a record with the one that a run has under the same number; the run has to have that
 * number. Returns GGI_VERIFY_SAME when both are the same, GGI_VERIFY_OTHER when not, and
 * GGI_VERIFY_UNKNOWN when the hash of the one in the run was not kept.
 */
ggi_verify_same_e ggi_verify_run_compare(const ggi_verify_run_t *run,
    const ggi_verify_record_t *record);

/*
 * Frees what is known of the runs of a chain, with the lines that were kept of them. The chain
 * itself is the caller's.
 */
void ggi_verify_chain_free(ggi_verify_chain_t *chain);


#endif
