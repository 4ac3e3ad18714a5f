/* SPDX-License-Identifier: EUPL-1.2 */

/* Counts calls of an audit log by a name, such as that of their dienst. */

#ifndef GGI_TALLY_H
#define GGI_TALLY_H

#include "ggi_join.h"

#define GGI_TALLY_ROWS  10000           /* most names; the others are counted together */


typedef struct {
    ggi_str_t  name;
    uint64_t   calls;
    uint64_t   allowed;
    uint64_t   refused;
    uint64_t   withdrawn;               /* refused although the decision allows them */
    uint64_t   undecided;               /* allowed, as their completion tells alone */
    uint64_t   observed;                /* a gate in mode observe would have refused them */
    uint64_t   failed;                  /* allowed, and answered with a status of 500 or more */
    uint64_t   open;                    /* allowed, and not completed */
    uint64_t   timed;                   /* those of which the duration is known */
    uint64_t   ms;                      /* how long these took together */
    uint64_t   longest;                 /* ms of the longest of them */
} ggi_tally_row_t;

typedef struct {
    ggi_tally_row_t  *rows;
    size_t            n;
    unsigned         *index;            /* rows by the hash of their names, counted from 1 */
    ggi_tally_row_t   others;           /* of the names for which there was no room */
} ggi_tally_t;


/*
 * Initialises a tally, in memory of the caller, in which nothing is counted yet. Returns 1, or
 * 0 without memory. The caller frees it by ggi_tally_free() in either case.
 */
int ggi_tally_init(ggi_tally_t *tally);

/*
 * Counts a call in the row of a name, which is copied when it is new. When there are
 * GGI_TALLY_ROWS names already, a call with a new name is counted in tally->others. Returns 1;
 * or 0 without memory, and the call is then not counted.
 */
int ggi_tally_add(ggi_tally_t *tally, ggi_str_t name, const ggi_joined_t *joined);

/*
 * Adds a call to the figures of a row: to the number of calls, and to those of the other
 * figures that are true of the call, such as refused or failed.
 */
void ggi_tally_count(ggi_tally_row_t *row, const ggi_joined_t *joined);

/*
 * Sorts the rows: with by_name 1 by their names, with 0 by their calls, the most first. Call it
 * when all calls have been counted; none can be added after that.
 */
void ggi_tally_sort(ggi_tally_t *tally, int by_name);

/* Frees the rows with their names. The tally is of no use after that. */
void ggi_tally_free(ggi_tally_t *tally);


#endif
