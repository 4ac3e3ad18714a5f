/* SPDX-License-Identifier: EUPL-1.2 */

/* Counts what was found out about halves of calls, and gives the calls that are open. */

#ifndef GGI_MATCH_OUTCOME_H
#define GGI_MATCH_OUTCOME_H

#include "ggi_match_state.h"


/*
 * Counts two halves that are of one call in match->counts, and gives the call to match->give
 * when the halves differ or a log lacks the decision. linked is 1 when the span of the request
 * tells that they are of one call, so that the difference of their times tells how far the
 * clocks differ; otherwise 0. The halves stay the caller's.
 */
void ggi_match_pair_found(ggi_match_t *match, const ggi_half_t *provider,
    const ggi_half_t *consumer, int linked);

/*
 * Counts a half for which no other half was found in match->counts. Gives it to match->give
 * when the log of the other organisation should have the other half, or its own log lacks the
 * decision. It need not have one when the call did not leave the consumer, or was one with
 * another organisation. The half stays the caller's.
 */
void ggi_match_alone(ggi_match_t *match, const ggi_half_t *half);

/*
 * Settles a half of the provider that is a further request of a call of which another one was
 * answered: it is open only when its decision is missing.
 */
void ggi_match_further(ggi_match_t *match, const ggi_half_t *provider);


#endif
