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


/* Notes that the half of a provider found its other one by its span. */
void ggi_match_spans_kept(ggi_match_t *match, const ggi_half_t *provider);

/* Returns what is known of the spans of the dienst of a provider's half. */
ggi_match_spans_e ggi_match_spans_of(const ggi_match_t *match, const ggi_half_t *provider);

/*
 * Holds two halves that are alike and have spans that differ. They are taken out of what is
 * looked at. When GGI_MATCH_HELD pairs are held, they are settled as ggi_match_spans_settle()
 * does, and what is still not known of their diensten counts as changed from then on.
 */
void ggi_match_spans_hold(ggi_match_t *match, ggi_match_one_t *provider,
    ggi_match_one_t *consumer);

/*
 * Settles all pairs that are held: where spans are kept each half is alone, and elsewhere the two
 * are of one call. Frees them.
 */
void ggi_match_spans_settle(ggi_match_t *match);


#endif
