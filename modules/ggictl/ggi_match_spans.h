/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Tells whether the span of a request, in "traceparent", comes from the consumer's gate to the
 * provider's as it was sent, for each dienst. Where it does, halves with other spans are of other
 * calls, however alike they are. Where something between the two, such as a proxy that takes part
 * in the trace, sets another span, what else both have tells which halves are of one call. Pairs
 * that came before anything was known of their dienst are held until it is.
 */

#ifndef GGI_MATCH_SPANS_H
#define GGI_MATCH_SPANS_H

#include "ggi_match_state.h"


typedef enum {
    GGI_SPANS_UNKNOWN = 0,
    GGI_SPANS_KEPT,
    GGI_SPANS_CHANGED
} ggi_match_spans_e;


/*
 * Notes that spans of the dienst of a provider's half come to the provider as they were sent,
 * because that half has found its other half by the span.
 */
void ggi_match_spans_kept(ggi_match_t *match, const ggi_half_t *provider);

/*
 * Tells about the dienst of a provider's half whether its spans come to the provider as they
 * were sent: returns GGI_SPANS_KEPT when they do, GGI_SPANS_CHANGED when they do not, and
 * GGI_SPANS_UNKNOWN as long as nothing has shown it.
 */
ggi_match_spans_e ggi_match_spans_of(const ggi_match_t *match, const ggi_half_t *provider);

/*
 * Holds two halves that are alike but have different spans, until it is known whether spans of
 * their dienst are kept. Both are marked as paired, and their memory belongs to the held pair
 * from then on: their member half becomes NULL. When GGI_MATCH_HELD pairs are held already,
 * spans of the diensten of which nothing is known count as changed from now on, and those pairs
 * are settled first by ggi_match_spans_settle().
 */
void ggi_match_spans_hold(ggi_match_t *match, ggi_match_one_t *provider,
    ggi_match_one_t *consumer);

/*
 * Decides about all pairs that are held, and frees them. Where spans of the dienst are kept,
 * each half is counted as one without another half (ggi_match_alone()). Elsewhere, also where
 * it is not known, the two are counted as one call (ggi_match_pair_found()).
 */
void ggi_match_spans_settle(ggi_match_t *match);


#endif
