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
 * Begins to join the records of calls. give() is called with data for each call and each record
 * that filter asks for; a filter of NULL asks for everything. The filter stays the caller's,
 * and has to live as long as the join. Returns 1, or 0 without memory. The caller frees the
 * join by ggi_join_free() in either case.
 */
int ggi_join_init(ggi_join_t *join, const ggi_filter_t *filter, ggi_join_pt give, void *data);

/*
 * Adds a decision or a record of the trail that was read from a line. Both are copied. The
 * second copy of a line that came not long ago is passed over. Returns 1, or 0 without
 * memory.
 */
int ggi_join_add(ggi_join_t *join, const char *line, size_t len, const ggi_logged_t *logged);

/*
 * Adds a completion or a withdrawal, a line of len bytes with what glance tells of it; it is
 * copied. When the decision of its call was added, the call is whole then. When it was not, the
 * call is given without its decision if that is surely not in the log: it was made after
 * join->since, and the filter asks for nothing but what the end of a call tells too. Otherwise
 * the line is passed over. Returns 1, or 0 without memory.
 */
int ggi_join_end_call(ggi_join_t *join, const char *line, size_t len,
    const ggi_glance_t *glance);

/*
 * Makes a join live: from now on it gives each call as soon as that is whole, in whatever
 * order, and gives at once those that are whole and wait for an earlier one.
 */
void ggi_join_live(ggi_join_t *join);

/*
 * Gives the open calls of a live join (ggi_join_live()) whose decisions are older than a time,
 * in ms since the epoch, so that somebody who watches sees them. Each is given once in this
 * way, and again when it is complete.
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
