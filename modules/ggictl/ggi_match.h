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
 * Initialises match, in memory of the caller, to find the halves of calls. give() is called
 * with data for each call that is open; when it returns 0, it is not called any more, and calls
 * are only counted. Before the first half the caller adds the OINs of both organisations to
 * match->own, and the diensten that have two names to match->names. The caller frees match by
 * ggi_match_free().
 */
void ggi_match_init(ggi_match_t *match, ggi_match_pt give, void *data);

/*
 * Adds a half of a call, which is copied. Halves have to come in the order of
 * ggi_half_compare(), which has those of one transaction together: the first half of another
 * transaction ends the one before, whose open calls are then given to match->give. Returns 1,
 * or 0 without memory.
 */
int ggi_match_add(ggi_match_t *match, const ggi_half_t *half);

/*
 * Ends the matching after the last half. Decides which halves of the last transaction are of
 * one call, and does the same for the pairs that were held because nothing was known yet of the
 * spans of their dienst. Gives each of these calls that is open to match->give. After that
 * match->counts and ggi_match_open() are final.
 */
void ggi_match_finish(ggi_match_t *match);

/*
 * Returns how many of the calls that were judged so far are open: the other half is missing,
 * the log lacks the decision about one of the halves, or the two halves differ.
 */
uint64_t ggi_match_open(const ggi_match_t *match);

/*
 * Frees all memory that the matching has allocated, with the copies of halves. Calls whose
 * halves are still waiting are neither counted nor given. match itself stays the caller's.
 */
void ggi_match_free(ggi_match_t *match);


#endif
