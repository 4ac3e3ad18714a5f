/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * When a log may lack records, by what it tells of itself: gaps, chains that were not closed,
 * numbers that are missing in a chain, times in which no gateway ran.
 */

#ifndef GGI_SILENCE_H
#define GGI_SILENCE_H

#include "ggi_silence_chain.h"

#define GGI_SILENCE_MAX     65536       /* silences of a log that are known */
#define GGI_SILENCE_CHAINS  65536       /* chains of a log that are known */


/* What explains most comes first. */
typedef enum {
    GGI_SILENCE_GAP = 0,                /* records were lost, as the log tells */
    GGI_SILENCE_MISSING,                /* numbers are missing in a chain */
    GGI_SILENCE_CRASH,                  /* a chain was not closed */
    GGI_SILENCE_ANONYMOUS,              /* refusals were only counted */
    GGI_SILENCE_EXPIRED,                /* tombstones stand for records */
    GGI_SILENCE_STOPPED,                /* no chain was open */
    GGI_SILENCE_BEFORE,                 /* the log begins later */
    GGI_SILENCE_AFTER                   /* the log ends earlier */
} ggi_silence_e;

typedef struct {
    ggi_silence_e  kind;
    uint64_t       from;                /* ms since the epoch */
    uint64_t       to;
    uint64_t       count;               /* records; 0: not known */
    char           chain[GGI_UUID_LEN + 1];     /* empty: none alone */
} ggi_silence_t;

/* All zeros is a log of which nothing was read. */
typedef struct {
    ggi_silence_t        *list;
    size_t                n;
    size_t                size;
    ggi_silence_chain_t  *chains;       /* by id */
    size_t                chains_n;
    size_t                chains_size;
    size_t                recent;       /* of the last line */
    uint64_t              first;        /* ms since the epoch: of the first and last record */
    uint64_t              last;
    int                   failed;       /* 1: there was no memory */
} ggi_silences_t;


/*
 * Adds a line of the log, of len bytes with its newline. The lines of a log can come in any
 * order, and lines that are no whole records are passed over. When there is no memory,
 * ggi_silence_end() says so.
 */
void ggi_silence_add(ggi_silences_t *silences, const char *line, size_t len);

/*
 * Finds, after the last line of a log, when it may lack records, and sets silences->list to
 * those times, silences->n of them. Returns 1; or 0 when there was no memory, also for a line
 * before, so that some may not be known.
 */
int ggi_silence_end(ggi_silences_t *silences);

/*
 * Finds the best explanation for a record of a call that a log lacks. The call went on from the
 * time from until the time until, in ms since the epoch, by a clock that may be up to clock ms
 * ahead of that of the log, or behind it. The log was ended by ggi_silence_end(). Returns the
 * explanation, which belongs to silences, or NULL when nothing explains it.
 */
const ggi_silence_t *ggi_silence_find(const ggi_silences_t *silences, uint64_t from,
    uint64_t until, uint64_t clock);

/* Frees the chains and the silences that were found, and leaves silences zeroed. */
void ggi_silence_free(ggi_silences_t *silences);


#endif
