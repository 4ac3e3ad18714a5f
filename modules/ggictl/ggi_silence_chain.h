/* SPDX-License-Identifier: EUPL-1.2 */

/* Which records of a chain a log has, by their numbers, and when the chain ended. */

#ifndef GGI_SILENCE_CHAIN_H
#define GGI_SILENCE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "ggi_uuid.h"

#define GGI_SILENCE_RUNS  1024          /* most runs of a chain */


/* Records of a chain whose numbers follow each other. */
typedef struct {
    uint64_t  first;                    /* numbers */
    uint64_t  last;
    uint64_t  from;                     /* ms since the epoch: of the first and the last */
    uint64_t  to;
} ggi_silence_run_t;

typedef struct {
    char                id[GGI_UUID_LEN + 1];
    ggi_silence_run_t  *runs;           /* in order */
    size_t              n;
    size_t              size;
    uint64_t            closed;         /* ms since the epoch: when it was; 0: it was not */
    uint64_t            crashed;        /* when another chain told that it was not; 0: none did */
    uint64_t            expired_from;
    uint64_t            expired_to;
    uint64_t            expired;        /* tombstones */
} ggi_silence_chain_t;

/*
 * Adds the record of a number and a time, in ms since the epoch, to a chain; one that is there
 * already is passed over. When the chain has GGI_SILENCE_RUNS runs, the first two become one,
 * and what is missing between them is no longer known. Returns 1, or 0 without memory.
 */
int ggi_silence_chain_add(ggi_silence_chain_t *chain, uint64_t number, uint64_t time);


#endif
