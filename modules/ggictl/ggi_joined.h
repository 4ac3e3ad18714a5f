/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * A call of an audit log: the decision about it, and the record that ended it, which is its
 * completion or its withdrawal. Either may lack. Also a record in which the log tells of itself.
 */

#ifndef GGI_JOINED_H
#define GGI_JOINED_H

#include "ggi_filter.h"
#include "ggi_glance.h"


typedef struct ggi_joined_s  ggi_joined_t;

/* A record that was copied. */
typedef struct {
    char          *line;                /* without its newline; NULL: there is none */
    size_t         len;
    ggi_logged_t   logged;
} ggi_joined_record_t;

/*
 * Without a decision, first has no line, but it has the fields of the record that ended the
 * call; its span is that of the decision.
 */
struct ggi_joined_s {
    ggi_joined_record_t   first;        /* the decision, or the record of the trail */
    ggi_joined_record_t   end;          /* the completion, or the withdrawal */
    int                   open;         /* 1: it was let through, and what ends it lacks */
    int                   told;         /* 1: it was given while it was open */
    int                   ordered;      /* 1: it is in the list of those that wait */
    ggi_joined_t         *next;         /* in the order of time */
    ggi_joined_t         *previous;
    ggi_joined_t         *chain;        /* of the same bucket, for an open call */
};


/*
 * Makes a call, or a record of the trail, of a line that was read: both are copied. Returns
 * it, or NULL without memory. The caller frees it by ggi_joined_free().
 */
ggi_joined_t *ggi_joined_create(const char *line, size_t len, const ggi_logged_t *logged);

/*
 * Makes a call of the record that ended it alone, since its decision is not there. Returns
 * it, or NULL without memory. The caller frees it by ggi_joined_free().
 */
ggi_joined_t *ggi_joined_undecided(const char *line, size_t len, const ggi_logged_t *logged);

/*
 * Adds the completion or the withdrawal to a call: the line, of len bytes, and its fields,
 * which point into it. Both are copied. Returns 1, or 0 without memory.
 */
int ggi_joined_end(ggi_joined_t *joined, const char *line, size_t len,
    const ggi_logged_t *logged);

/* Frees a call, which is in no list any more, with the copies of its lines. */
void ggi_joined_free(ggi_joined_t *joined);

/* Returns 1 for a call, 0 for a record in which the log tells of itself. */
int ggi_joined_is_call(const ggi_joined_t *joined);

/* Returns 1 for a call that was refused although its decision allows it, 0 otherwise. */
int ggi_joined_is_withdrawn(const ggi_joined_t *joined);

/* Returns 1 for a call whose decision is not there, 0 otherwise. */
int ggi_joined_is_undecided(const ggi_joined_t *joined);

/*
 * Returns a field of a call as it was in the end: the decision about a withdrawn call is
 * "false", its reason that of the withdrawal, and the answer is that of the last record that
 * has one. Other fields are those of the decision. The text is valid as long as the call.
 */
ggi_str_t ggi_joined_field(const ggi_joined_t *joined, ggi_logged_field_e field);

/* Returns how long a call took, in ms, by its completion; 0 when that is not known. */
uint64_t ggi_joined_duration(const ggi_logged_t *completion);

/*
 * Returns 1 when a filter asks for a call, or for a record in which the log tells of itself; 0
 * when it does not. A call whose decision was withdrawn is compared as one that was refused.
 */
int ggi_joined_match(const ggi_filter_t *filter, const ggi_joined_t *joined);

/*
 * Judges a record that ends a call, of len bytes at line, whose decision was not seen: is the
 * call to be shown nevertheless? It is when the filter, or NULL for everything, asks for
 * nothing but what this record tells too, and when the decision was made after since, the time
 * in ms since the epoch from which on decisions were read (0: all of them were). Then the
 * function sets *logged to the fields of the record, which point into line, and returns 1. It
 * returns 0 when the call is not to be shown; also for the update of a cache, which goes on
 * behind a call and does not end one.
 */
int ggi_joined_end_asked(const ggi_filter_t *filter, uint64_t since, const char *line, size_t len,
    const ggi_glance_t *glance, ggi_logged_t *logged);


#endif
