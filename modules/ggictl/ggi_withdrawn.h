/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Which calls of a part of an audit log were withdrawn, so that their decisions can be found
 * in blocks of an index that do not have them by what is asked for.
 */

#ifndef GGI_WITHDRAWN_H
#define GGI_WITHDRAWN_H

#include "ggi_glance.h"
#include "ggi_index.h"

#define GGI_WITHDRAWN_MAX  1000         /* calls that are known one by one */


/* The decision of a call that was withdrawn. */
typedef struct {
    char  trace[GGI_TRACE_ID_LEN];
    char  span[GGI_SPAN_ID_LEN];
} ggi_withdrawn_call_t;

/* All zeros has no call. */
typedef struct {
    size_t                n;
    int                   any;          /* 1: too many, or not known: any call may be one */
    int                   found;        /* 1: a withdrawal was seen */
    ggi_withdrawn_call_t  calls[GGI_WITHDRAWN_MAX];
} ggi_withdrawn_t;


/*
 * Adds a call to those that were withdrawn, when glance, which was taken of a line of the log,
 * is that of a withdrawal; does nothing otherwise. When there are GGI_WITHDRAWN_MAX calls
 * already, withdrawn->any becomes 1.
 */
void ggi_withdrawn_add(ggi_withdrawn_t *withdrawn, const ggi_glance_t *glance);

/* Returns 1 when the call of a decision may have been withdrawn, 0 when it was not. */
int ggi_withdrawn_has(const ggi_withdrawn_t *withdrawn, const ggi_logged_t *decision);

/* Returns 1 when a block may have the decision of a call that was withdrawn, 0 when it has none. */
int ggi_withdrawn_in(const ggi_withdrawn_t *withdrawn, const ggi_index_block_t *block);


#endif
