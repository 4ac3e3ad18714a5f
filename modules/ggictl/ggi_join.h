/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Joins the records of a call: the decision about it, and the completion or the withdrawal
 * that comes later, perhaps in another file. Gives the calls and the records of the trail
 * itself that are asked for, in the order in which their first records came, as far as that
 * needs no more than so many in memory.
 */

#ifndef GGI_JOIN_H
#define GGI_JOIN_H

#include "ggi_joined_list.h"

#define GGI_JOIN_WINDOW  4096           /* most calls that wait for one before them */
#define GGI_JOIN_OPEN    16384          /* most calls whose completion is waited for */
#define GGI_JOIN_LOOK    256            /* most calls of which each is looked for */
#define GGI_JOIN_SEEN    65536          /* decisions that are known when they come again */


/*
 * Is given each call or record of the trail. Returns 1; or 0 so that the join gives no
 * more.
 */
typedef int (*ggi_join_pt)(void *data, const ggi_joined_t *joined);

typedef struct {
    const ggi_filter_t  *filter;        /* what is asked for; NULL: everything */
    ggi_join_pt          give;
    void                *data;
    uint64_t             since;         /* ms since the epoch: decisions before were not read */
    int                  live;          /* 1: calls are given when they are whole, in any order */
    int                  over;          /* 1: nothing more is to be given */
    size_t               open;          /* calls whose end is waited for */
    ggi_joined_list_t    waiting;       /* those that wait for one before them */
    ggi_joined_t       **buckets;       /* open calls by trace and span */
    uint64_t            *seen;          /* hashes of decisions */
    uint64_t            *decided;       /* hashes of their traces and spans */
} ggi_join_t;


/*
 * Begins to join, and gives what a filter asks for, which stays the caller's; NULL asks for
 * everything. Returns 1, or 0 without memory. The caller frees by ggi_join_free().
 */
int ggi_join_init(ggi_join_t *join, const ggi_filter_t *filter, ggi_join_pt give, void *data);

/*
 * Adds a decision or a record of the trail that was read from a line. Both are copied. The
 * second copy of a line that came not long ago is passed over. Returns 1, or 0 without
 * memory.
 */
int ggi_join_add(ggi_join_t *join, const char *line, size_t len, const ggi_logged_t *logged);

/*
 * Adds a completion or a withdrawal, which is copied. When it is of no call that was added,
 * and its decision surely would have been, since that was made behind join->since and the
 * filter asks for nothing else than an end tells too, it is given as a call without its
 * decision. Otherwise it is passed over. Returns 1, or 0 without memory.
 */
int ggi_join_end_call(ggi_join_t *join, const char *line, size_t len,
    const ggi_glance_t *glance);

/*
 * From now on calls are given as soon as they are whole, whatever their order. Gives those
 * that are whole and wait for one before them.
 */
void ggi_join_live(ggi_join_t *join);

/*
 * Gives calls that came before a time, in ms since the epoch, and are open; they are given
 * again when they are complete. For a live join.
 */
void ggi_join_tell(ggi_join_t *join, uint64_t before);

/*
 * Tells whether a part of the log has to be read for the ends of calls whose decisions were
 * read. The join calls has() with part and the trace of each such call; has() returns 0 when
 * the part surely has no record of that trace, and 1 otherwise. Returns 1 as soon as has()
 * does, and 0 when the part has none of these traces.
 */
int ggi_join_awaits(const ggi_join_t *join, int (*has)(const void *part, ggi_str_t trace),
    const void *part);

/*
 * Gives, in their order, all calls that still wait, since no more records come: those whose
 * end did not come are given as open.
 */
void ggi_join_finish(ggi_join_t *join);

/*
 * Frees all calls that the join still holds, without giving them, and all its memory. The
 * filter stays the caller's.
 */
void ggi_join_free(ggi_join_t *join);


#endif
