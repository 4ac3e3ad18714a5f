/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Finds the two halves of each call between two organisations, of which one stands in the log of
 * the consumer and one in that of the provider, and tells which halves differ, and which half
 * has no other. Halves of one transaction are of one call by the span of the request between
 * the two, or else by what they tell of it, or else by their order.
 */

#ifndef GGI_MATCH_H
#define GGI_MATCH_H

#include "ggi_match_state.h"


/*
 * Begins to match halves of calls. give is called with data for each call that is open, and
 * may end the matching by returning 0. The caller adds the OINs of both organisations to
 * match->own before the first half, and diensten with two names to match->names; it frees all
 * by ggi_match_free().
 */
void ggi_match_init(ggi_match_t *match, ggi_match_pt give, void *data);

/*
 * Adds a half, which is copied, in the order of ggi_half_compare(). Gives the open calls of the
 * transaction before it. Returns 1, or 0 without memory.
 */
int ggi_match_add(ggi_match_t *match, const ggi_half_t *half);

/* Gives the open calls of the last transaction, and those that were held. */
void ggi_match_finish(ggi_match_t *match);

/*
 * Returns how many calls are open: a half of theirs or its decision is missing, or the halves
 * differ.
 */
uint64_t ggi_match_open(const ggi_match_t *match);

/*
 * Frees the halves that are held, the OINs and the names of diensten, and all other memory of
 * the matching.
 */
void ggi_match_free(ggi_match_t *match);


#endif
