/* SPDX-License-Identifier: EUPL-1.2 */

/* Which records of an audit log are asked for. */

#ifndef GGI_FILTER_H
#define GGI_FILTER_H

#include "ggi_logged.h"

#define GGI_FILTER_ANY  40              /* most texts of which a field may be any one */


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


/* Asks for all calls and all records of the trail itself. */
void ggi_filter_init(ggi_filter_t *filter);

/*
 * Adds a text to those of which a field has to be one. Of GGI_LOGGED_OIN the OIN on whose
 * behalf a call was made counts as well. Returns 1, or 0 when there are too many. The text
 * is not copied.
 */
int ggi_filter_add(ggi_filter_t *filter, ggi_logged_field_e field, ggi_str_t text);

/*
 * Returns 0 when a line surely is no decision or record of the trail that is asked for,
 * without reading it; 1 when it has to be read.
 */
int ggi_filter_glance(const ggi_filter_t *filter, const char *line, size_t len);

/* Returns 1 when a decision or a record of the trail is asked for, 0 otherwise. */
int ggi_filter_match(const ggi_filter_t *filter, const ggi_logged_t *logged);

/*
 * Sets wide to a filter for the decisions that allow their calls, and that a filter does not
 * ask for by themselves, but does when the call was withdrawn. Returns 1; or 0 when there are
 * none such, since the filter asks neither for a decision nor for a reason, or for others.
 */
int ggi_filter_widen(const ggi_filter_t *filter, ggi_filter_t *wide);

/* Returns 1 when a text matches a pattern, in which "*" is any bytes or none; 0 otherwise. */
int ggi_filter_pattern(ggi_str_t pattern, ggi_str_t text);


#endif
