/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Finds which halves of one transaction are of one call, at several levels: the first compares
 * what makes it surest.
 */

#ifndef GGI_MATCH_LEVEL_H
#define GGI_MATCH_LEVEL_H

#include "ggi_match_state.h"


/* By what two halves are found to be of one call, the surest first. */
typedef enum {
    GGI_MATCH_BY_LINK = 0,
    GGI_MATCH_BY_ALL,
    GGI_MATCH_BY_PATH,
    GGI_MATCH_BY_ORDER,
    GGI_MATCH_REFUSED,                  /* the consumer's is one that it refused */
    GGI_MATCH_REPEATED,                 /* the provider's is a further request, undecided */
    GGI_MATCH_LEVELS
} ggi_match_level_e;


/*
 * Finds out, among the halves of the present transaction that have no other half yet, which two
 * are of one call, by what is compared at this level. Counts each pair that is found, and gives
 * it to match->give when its halves differ. When only the spans tell two halves apart, and it
 * is not known whether those of their dienst are kept, the two are held
 * (ggi_match_spans_hold()). Call it for the levels in their order.
 */
void ggi_match_level(ggi_match_t *match, ggi_match_level_e level);


#endif
