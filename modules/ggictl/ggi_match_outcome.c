/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_match_outcome.h"


/* Gives a call that is open. */
static void
ggi_match_give(ggi_match_t *match, const ggi_half_t *provider, const ggi_half_t *consumer,
    unsigned differ)
{
    ggi_pair_t  pair = { .half = { provider, consumer }, .differ = differ };

    if (!match->over) {
        match->over = !match->give(match->data, &pair);
    }
}


/* Counts by how much the clocks of the halves of one call differ. */
static void
ggi_match_clock(ggi_match_counts_t *counts, const ggi_half_t *provider,
    const ggi_half_t *consumer)
{
    int64_t  ahead;

    ahead = (int64_t) (provider->time - consumer->time);

    if (counts->timed == 0 || ahead < counts->ahead_least) {
        counts->ahead_least = ahead;
    }

    if (counts->timed == 0 || ahead > counts->ahead_most) {
        counts->ahead_most = ahead;
    }

    counts->timed++;
}


void
ggi_match_pair_found(ggi_match_t *match, const ggi_half_t *provider, const ggi_half_t *consumer,
    int linked)
{
    unsigned  differ;

    if (!provider->asked && !consumer->asked) {
        return;
    }

    if (consumer->left == GGI_HALF_STAYED && !consumer->refused) {
        match->counts.repeated++;
        return;
    }

    if (linked) {
        ggi_match_clock(&match->counts, provider, consumer);
    }

    differ = ggi_pair_compare(provider, consumer, &match->names);

    if (differ == 0) {
        match->counts.same++;
        return;
    }

    match->counts.differ++;
    ggi_match_give(match, provider, consumer, differ);
}


/*
 * Returns 1 when a half is surely of a call with another organisation than the one whose log is
 * the other: of the provider a call of another consumer, also of one that it does not know; of
 * the consumer a call whose provider was judged, and was another one.
 */
static int
ggi_match_strange(const ggi_match_t *match, const ggi_half_t *half)
{
    ggi_str_t          oin;
    const ggi_oins_t  *others;

    if (half->side == GGI_SIDE_PROVIDER) {
        others = &match->own[GGI_SIDE_CONSUMER];
        oin = ggi_half_text(half, GGI_HALF_OIN);

    } else {
        others = &match->own[GGI_SIDE_PROVIDER];
        oin = ggi_half_text(half, GGI_HALF_PROVIDER);

        if (oin.len == 0) {
            return 0;
        }
    }

    return others->n && !ggi_oins_has(others, oin);
}


void
ggi_match_alone(ggi_match_t *match, const ggi_half_t *half)
{
    ggi_match_counts_t  *counts = &match->counts;

    if (!half->asked || half->left == GGI_HALF_STAYED) {
        return;
    }

    if (ggi_match_strange(match, half)) {
        counts->strange[half->side]++;
        return;
    }

    if (half->left == GGI_HALF_UNSURE && half->ended) {
        counts->unreached++;
        return;
    }

    counts->only[half->side]++;
    ggi_match_give(match, half->side == GGI_SIDE_PROVIDER ? half : NULL,
                   half->side == GGI_SIDE_CONSUMER ? half : NULL, 0);
}
