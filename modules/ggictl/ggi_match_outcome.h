/* SPDX-License-Identifier: EUPL-1.2 */

/* Counts what was found out about halves of calls, and gives the calls that are open. */

#ifndef GGI_MATCH_OUTCOME_H
#define GGI_MATCH_OUTCOME_H

#include "ggi_match_state.h"


/*
 * Counts two halves that are of one call, and gives the call when they differ. linked is 1 when
 * their span tells that they are of one call.
 */
void ggi_match_pair_found(ggi_match_t *match, const ggi_half_t *provider,
    const ggi_half_t *consumer, int linked);

/* Counts a half without another one, and gives it when the other one should be there. */
void ggi_match_alone(ggi_match_t *match, const ggi_half_t *half);

/*
 * Settles a half of the provider that is a further request of a call of which another one was
 * answered: it is open only when its decision is missing.
 */
void ggi_match_further(ggi_match_t *match, const ggi_half_t *provider);


#endif
