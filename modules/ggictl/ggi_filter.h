/* SPDX-License-Identifier: EUPL-1.2 */

/* Which records of an audit log are asked for. */

#ifndef GGI_FILTER_H
#define GGI_FILTER_H

#include "ggi_logged.h"

#define GGI_FILTER_ANY  64              /* most texts of which a field may be any one */


/* What a field has to be. */
typedef struct {
    ggi_str_t  any[GGI_FILTER_ANY];     /* one of these, as escaped in JSON */
    size_t     n;                       /* 0: anything */
} ggi_filter_texts_t;

typedef struct {
    uint64_t            from;           /* ms since the epoch: the first that is asked for */
    uint64_t            to;             /* the first that is not asked for any more */
    ggi_filter_texts_t  is[GGI_LOGGED_FIELDS];
    ggi_str_t           path;           /* in which "*" is any bytes; empty: any path */
    int                 calls;          /* 1: calls are asked for */
    int                 trail;          /* 1: records of the trail itself are asked for */
} ggi_filter_t;


/*
 * Initialises a filter, in memory of the caller, that asks for everything: all calls, and all
 * records in which the log tells of itself. The caller then narrows it by its members and by
 * ggi_filter_add(). It holds no memory that has to be freed.
 */
void ggi_filter_init(ggi_filter_t *filter);

/*
 * Adds a text, as it is escaped in JSON, to the texts of which a field has to be one. For the
 * field GGI_LOGGED_OIN, calls that were made on behalf of that OIN are asked for as well. The
 * text is not copied, and has to live as long as the filter. Returns 1; or 0 when the field has
 * GGI_FILTER_ANY texts already.
 */
int ggi_filter_add(ggi_filter_t *filter, ggi_logged_field_e field, ggi_str_t text);

/*
 * Tells at little cost whether a line, of len bytes, has to be read for a filter. Returns 0
 * when it surely is no decision, and no record in which the log tells of itself, that the
 * filter asks for; 1 when it may be one.
 */
int ggi_filter_glance(const ggi_filter_t *filter, const char *line, size_t len);

/*
 * Returns 1 when a filter asks for a decision, or for a record in which the log tells of
 * itself, whose fields are given; 0 when it does not.
 */
int ggi_filter_match(const ggi_filter_t *filter, const ggi_logged_t *logged);

/*
 * Makes a filter for decisions that have to be read although filter does not ask for them: they
 * allow a call, but filter asks for the call when it was withdrawn later. Sets *wide to that
 * filter. Returns 1; or 0 when no such decision has to be read, since filter asks for any
 * decision and reason, or for none that a withdrawn call has.
 */
int ggi_filter_widen(const ggi_filter_t *filter, ggi_filter_t *wide);

/* Returns 1 when a text matches a pattern, in which "*" is any bytes or none; 0 otherwise. */
int ggi_filter_pattern(ggi_str_t pattern, ggi_str_t text);


#endif
