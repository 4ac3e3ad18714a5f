/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_match_outcome.h"


/* Gives a call that is open. */
static void
ggi_match_give(ggi_match_t *match, ggi_pair_t pair)
{
    unsigned  side;

    for (side = 0; side < GGI_SIDES; side++) {
        if (pair.half[side] && !pair.half[side]->decided) {
            pair.undecided |= 1u << side;
        }
    }

    if (!match->over) {
        match->over = !match->give(match->data, &pair);
    }
}


/*
 * Counts a call about which the logs tell the same, or a half that may be alone. Gives it when
 * a log has what ended it and not the decision, since then a record was lost all the same.
 */
static void
ggi_match_settled(ggi_match_t *match, uint64_t *count, const ggi_half_t *provider,
    const ggi_half_t *consumer)
{
    ggi_pair_t  pair = { .half = { provider, consumer } };

    if ((provider && !provider->decided) || (consumer && !consumer->decided)) {
        match->counts.undecided++;
        ggi_match_give(match, pair);

    } else if (count) {
        (*count)++;
    }
}


void
ggi_match_further(ggi_match_t *match, const ggi_half_t *provider)
{
    if (provider->asked) {
        ggi_match_settled(match, &match->counts.repeated, provider, NULL);
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
    ggi_pair_t  pair = { .half = { provider, consumer } };

    if (!provider->asked && !consumer->asked) {
        return;
    }

    if (consumer->left == GGI_HALF_STAYED && !consumer->refused) {
        ggi_match_settled(match, &match->counts.repeated, provider, consumer);
        return;
    }

    if (linked) {
        ggi_match_clock(&match->counts, provider, consumer);
    }

    pair.differ = ggi_pair_compare(provider, consumer, &match->names);

    if (pair.differ == 0) {
        ggi_match_settled(match, &match->counts.same, provider, consumer);
        return;
    }

    match->counts.differ++;
    ggi_match_give(match, pair);
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
    ggi_pair_t           pair = { .half = { NULL, NULL } };
    ggi_match_counts_t  *counts = &match->counts;

    if (!half->asked) {
        return;
    }

    pair.half[half->side] = half;

    if (half->left == GGI_HALF_STAYED) {
        ggi_match_settled(match, NULL, pair.half[0], pair.half[1]);
        return;
    }

    if (ggi_match_strange(match, half)) {
        counts->strange[half->side]++;
        return;
    }

    if (half->left == GGI_HALF_UNSURE && half->ended) {
        ggi_match_settled(match, &counts->unreached, pair.half[0], pair.half[1]);
        return;
    }

    counts->only[half->side]++;
    pair.missing = 1u << !half->side;
    ggi_match_give(match, pair);
}
