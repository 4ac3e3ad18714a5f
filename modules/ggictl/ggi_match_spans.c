/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_index.h"
#include "ggi_match_outcome.h"
#include "ggi_match_spans.h"


/* Returns the number of the dienst of a provider's half; the last one is that of all others. */
static size_t
ggi_match_spans_place(const ggi_match_t *match, const ggi_half_t *provider, uint64_t *name)
{
    size_t     i;
    ggi_str_t  dienst;

    dienst = ggi_half_text(provider, GGI_HALF_DIENST);
    *name = ggi_index_hash(dienst.data, dienst.len) | 1;

    for (i = 0; i < GGI_MATCH_DIENSTEN - 1; i++) {
        if (match->spans[i].dienst == *name || match->spans[i].dienst == 0) {
            break;
        }
    }

    return i;
}


static void
ggi_match_spans_set(ggi_match_t *match, const ggi_half_t *provider, ggi_match_spans_e state)
{
    size_t    i;
    uint64_t  name;

    i = ggi_match_spans_place(match, provider, &name);
    match->spans[i].dienst = name;
    match->spans[i].state = state;
}


void
ggi_match_spans_kept(ggi_match_t *match, const ggi_half_t *provider)
{
    ggi_match_spans_set(match, provider, GGI_SPANS_KEPT);
}


ggi_match_spans_e
ggi_match_spans_of(const ggi_match_t *match, const ggi_half_t *provider)
{
    uint64_t  name;

    return (ggi_match_spans_e) match->spans[ggi_match_spans_place(match, provider, &name)].state;
}


void
ggi_match_spans_hold(ggi_match_t *match, ggi_match_one_t *provider, ggi_match_one_t *consumer)
{
    size_t             i;
    const ggi_half_t  *half;

    if (match->held_n == GGI_MATCH_HELD) {
        for (i = 0; i < match->held_n; i++) {
            half = match->held[i].half[GGI_SIDE_PROVIDER];

            if (ggi_match_spans_of(match, half) == GGI_SPANS_UNKNOWN) {
                ggi_match_spans_set(match, half, GGI_SPANS_CHANGED);
            }
        }

        ggi_match_spans_settle(match);
    }

    match->held[match->held_n].half[GGI_SIDE_PROVIDER] = provider->half;
    match->held[match->held_n++].half[GGI_SIDE_CONSUMER] = consumer->half;
    provider->half = NULL;
    consumer->half = NULL;
    provider->paired = 1;
    consumer->paired = 1;
}


void
ggi_match_spans_settle(ggi_match_t *match)
{
    size_t        i;
    ggi_half_t  **half;

    for (i = 0; i < match->held_n; i++) {
        half = match->held[i].half;

        if (ggi_match_spans_of(match, half[GGI_SIDE_PROVIDER]) == GGI_SPANS_KEPT) {
            ggi_match_alone(match, half[GGI_SIDE_PROVIDER]);
            ggi_match_alone(match, half[GGI_SIDE_CONSUMER]);

        } else {
            ggi_match_pair_found(match, half[GGI_SIDE_PROVIDER], half[GGI_SIDE_CONSUMER], 0);
        }

        free(half[GGI_SIDE_PROVIDER]);
        free(half[GGI_SIDE_CONSUMER]);
    }

    match->held_n = 0;
}
