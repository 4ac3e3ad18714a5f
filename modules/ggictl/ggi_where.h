/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The statement of SQL that finds the records of a filter in the table "ggi_audit". Whatever
 * a filter has is a parameter of the statement, and never a part of its text.
 */

#ifndef GGI_WHERE_H
#define GGI_WHERE_H

#include "ggi_filter.h"
#include "ggi_row.h"


typedef struct {
    ggi_seal_text_t   sql;              /* ends with NUL */
    char            **values;           /* of $1, $2 and so on, each with a NUL at its end */
    int               n;
    int               failed;           /* 1: there was no memory for all of it */
} ggi_where_t;


/*
 * Makes the statement of SQL that reads the decisions and the records of the trail that a
 * filter may want, and the ends of these calls, in the order in which files give them. The
 * rows may be more than the filter wants, never fewer, so that the caller filters them again.
 * Returns 1, or 0 without memory. The caller frees by ggi_where_free() either way.
 */
int ggi_where_calls(ggi_where_t *where, const ggi_filter_t *filter);

/*
 * Makes the statement of SQL that reads all lines of the times and nodes that a filter asks
 * for, chain by chain. Returns 1, or 0 without memory. The caller frees by ggi_where_free() in
 * either case.
 */
int ggi_where_log(ggi_where_t *where, const ggi_filter_t *filter);

/* Frees the statement and its values. */
void ggi_where_free(ggi_where_t *where);


#endif
