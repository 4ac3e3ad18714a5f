/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Joins the records of a call: the decision about it, and the completion that comes later,
 * perhaps in another file. Gives calls, and records of the trail itself, in the order in
 * which their first records came, as far as that needs no more than so many in memory.
 */

#ifndef GGI_JOIN_H
#define GGI_JOIN_H

#include "ggi_logged.h"

#define GGI_JOIN_WINDOW  4096           /* most calls that wait for one before them */
#define GGI_JOIN_OPEN    16384          /* most calls whose completion is waited for */
#define GGI_JOIN_LOOK    256            /* most calls of which each is looked for */
#define GGI_JOIN_SEEN    65536          /* decisions of which a second copy is known as such */


typedef struct ggi_joined_s  ggi_joined_t;

/* A record that was copied. */
typedef struct {
    char          *line;                /* without its newline; NULL: there is none */
    size_t         len;
    ggi_logged_t   logged;
} ggi_joined_record_t;

/* A call, or a record of the trail itself. */
struct ggi_joined_s {
    ggi_joined_record_t   first;        /* the decision, or the record of the trail */
    ggi_joined_record_t   completion;
    int                   open;         /* 1: it was let through, and its completion lacks */
    int                   told;         /* 1: it was given while it was open */
    int                   ordered;      /* 1: it is in the list of those that wait */
    ggi_joined_t         *next;         /* in the order of time */
    ggi_joined_t         *previous;
    ggi_joined_t         *chain;        /* of the same bucket, for an open call */
};


/*
 * Is given each call or record of the trail. Returns 1; or 0 so that the join gives no
 * more.
 */
typedef int (*ggi_join_pt)(void *data, const ggi_joined_t *joined);

typedef struct {
    ggi_join_pt      give;
    void            *data;
    int              live;              /* 1: calls are given when they are whole, in any order */
    int              over;              /* 1: nothing more is to be given */
    size_t           open;              /* calls whose completion is waited for */
    size_t           waiting;           /* in the list */
    ggi_joined_t    *head;              /* the list of those that wait for one before them */
    ggi_joined_t    *tail;
    ggi_joined_t   **buckets;           /* open calls by trace and span */
    uint64_t        *seen;              /* hashes of decisions */
} ggi_join_t;


/* Begins to join. Returns 1, or 0 without memory. The caller frees by ggi_join_free(). */
int ggi_join_init(ggi_join_t *join, ggi_join_pt give, void *data);

/*
 * Adds a decision or a record of the trail that was read from a line. Both are copied. The
 * second copy of a line that came not long ago is passed over. Returns 1, or 0 without
 * memory.
 */
int ggi_join_add(ggi_join_t *join, const char *line, size_t len, const ggi_logged_t *logged);

/*
 * Adds a completion, which is copied. It is passed over when the call is not one of the
 * open ones. Returns 1, or 0 without memory.
 */
int ggi_join_complete(ggi_join_t *join, const char *line, size_t len,
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
 * Returns 1 when a completion that is waited for may be in a part of the log, where has tells
 * whether that may have records of a trace; 0 when it has none.
 */
int ggi_join_awaits(const ggi_join_t *join, int (*has)(const void *part, ggi_str_t trace),
    const void *part);

/* Gives all that waits: its completion did not come. */
void ggi_join_end(ggi_join_t *join);

/* Frees all memory. */
void ggi_join_free(ggi_join_t *join);


#endif
