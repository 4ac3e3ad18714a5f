/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>

#include "ggi_index.h"
#include "ggi_match_level.h"
#include "ggi_match_outcome.h"
#include "ggi_match_spans.h"


/* Returns a hash of what has to be equal in two halves at a level. */
static uint64_t
ggi_match_key(const ggi_match_t *match, const ggi_half_t *half, ggi_match_level_e level)
{
    size_t     i, n;
    uint64_t   key;
    ggi_str_t  text;

    static const ggi_half_text_e  texts[] = {
        GGI_HALF_METHOD, GGI_HALF_PATH, GGI_HALF_DIENST, GGI_HALF_CLAIM
    };

    if (level == GGI_MATCH_BY_LINK) {
        return ggi_index_hash(half->link, GGI_SPAN_ID_LEN);
    }

    if (level == GGI_MATCH_BY_ORDER) {
        return 0;
    }

    n = (level == GGI_MATCH_BY_ALL) ? 4 : (level == GGI_MATCH_REPEATED) ? 3 : 2;
    key = (level == GGI_MATCH_BY_ALL) ? half->status : 0;

    for (i = 0; i < n; i++) {
        text = ggi_pair_text(half, texts[i], &match->names);
        key = (key << 7 | key >> 57) ^ ggi_index_hash(text.data, text.len);
    }

    return key;
}


/* Returns 1 when a half may find its other one at a level. */
static int
ggi_match_may(const ggi_match_one_t *one, ggi_match_level_e level)
{
    const ggi_half_t  *half = one->half;

    if (half == NULL) {
        return 0;                       /* it has found its other one, and is held */
    }

    if (level == GGI_MATCH_REPEATED && half->side == GGI_SIDE_CONSUMER) {
        return one->spare > 0;
    }

    if (one->paired) {
        return 0;
    }

    if (level == GGI_MATCH_REPEATED) {
        return !half->decided;
    }

    if (level == GGI_MATCH_BY_LINK) {
        return half->linked;
    }

    if (half->side == GGI_SIDE_PROVIDER) {
        return 1;
    }

    return level == GGI_MATCH_REFUSED ? half->refused : half->left != GGI_HALF_STAYED;
}


static int
ggi_match_order(const void *one, const void *other)
{
    const ggi_match_one_t  *a = *(ggi_match_one_t *const *) one;
    const ggi_match_one_t  *b = *(ggi_match_one_t *const *) other;

    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }

    return (a->half->time > b->half->time) - (a->half->time < b->half->time);
}


/* Lists the halves of a side that are compared at a level, in order. Returns their number. */
static size_t
ggi_match_list(const ggi_match_t *match, ggi_side_e side, ggi_match_level_e level)
{
    size_t            i, n;
    ggi_match_one_t  *one;

    for (n = 0, i = 0; i < match->n[side]; i++) {
        one = &match->ones[side][i];

        if (ggi_match_may(one, level)) {
            one->key = ggi_match_key(match, one->half, level);
            match->list[side][n++] = one;
        }
    }

    if (n > 1) {
        qsort(match->list[side], n, sizeof(ggi_match_one_t *), ggi_match_order);
    }

    return n;
}


/* Takes two halves for those of one call. */
static void
ggi_match_pair(ggi_match_t *match, ggi_match_one_t *provider, ggi_match_one_t *consumer,
    ggi_match_level_e level)
{
    if (level == GGI_MATCH_BY_LINK) {
        ggi_match_spans_kept(match, provider->half);
    }

    provider->paired = 1;
    consumer->paired = 1;
    consumer->spare -= (consumer->spare > 0);
    ggi_match_pair_found(match, provider->half, consumer->half, level == GGI_MATCH_BY_LINK);
}


/*
 * Looks whether two halves that have the same key at a level are of one call, and takes them for
 * that. Halves of which each has a span, and another one, are so only where something between
 * the two gates changes spans.
 */
static void
ggi_match_try(ggi_match_t *match, ggi_match_one_t *provider, ggi_match_one_t *consumer,
    ggi_match_level_e level)
{
    if (level == GGI_MATCH_BY_LINK || !provider->half->linked || !consumer->half->linked) {
        ggi_match_pair(match, provider, consumer, level);
        return;
    }

    /* nothing but the transaction tells that they are of one call */

    if (level == GGI_MATCH_BY_ORDER) {
        return;
    }

    switch (ggi_match_spans_of(match, provider->half)) {

    case GGI_SPANS_CHANGED:
        ggi_match_pair(match, provider, consumer, level);
        return;

    case GGI_SPANS_UNKNOWN:
        ggi_match_spans_hold(match, provider, consumer);
        return;

    default:
        return;
    }
}


/* Returns how many halves from i on have the same key. */
static size_t
ggi_match_run(ggi_match_one_t *const *list, size_t n, size_t i)
{
    size_t  k;

    for (k = i + 1; k < n && list[k]->key == list[i]->key; k++) { /* void */ }

    return k - i;
}


/* Returns the half out of p of the provider whose answer the consumer most likely got. */
static size_t
ggi_match_answered(const ggi_match_t *match, ggi_match_one_t *const *provider, size_t p,
    const ggi_half_t *consumer)
{
    size_t             i, best;
    unsigned           fits, most;
    const ggi_half_t  *half;

    for (best = p - 1, most = 0, i = p; i--; ) {
        half = provider[i]->half;
        fits = (ggi_pair_compare(half, consumer, &match->names) == 0);
        fits += (fits && half->status && half->status == consumer->status);

        if (fits > most) {
            most = fits;
            best = i;
        }
    }

    return best;
}


/*
 * Passes over halves out of p of the provider that are more than the c of the consumer to which
 * they belong by their span: its gate made several requests of one call, and one of them was
 * answered; or it refreshed its cache. A provider that was stopped may have recorded its request
 * after another one had answered. Requests beyond those that the consumer knows of are not passed
 * over. Returns how many are passed over; they are the first.
 */
static size_t
ggi_match_repeated(ggi_match_t *match, ggi_match_one_t **provider, size_t p,
    const ggi_half_t *consumer, size_t c)
{
    size_t            i, n, best;
    ggi_match_one_t  *answered;

    if (p <= c || consumer->refused) {
        return 0;
    }

    best = ggi_match_answered(match, provider, p, consumer);
    n = p - c;

    if (consumer->ended && consumer->left != GGI_HALF_STAYED && p > consumer->attempts) {
        n = (consumer->attempts > c) ? consumer->attempts - c : 0;
    }

    /* the one that was answered comes behind those that are passed over */

    answered = provider[best];

    for (i = best; i > n; i--) {
        provider[i] = provider[i - 1];
    }

    for (i = best; i < n; i++) {
        provider[i] = provider[i + 1];
    }

    provider[n] = answered;

    for (i = 0; i < n; i++) {
        provider[i]->paired = 1;
        ggi_match_further(match, provider[i]->half);
    }

    return n;
}


/*
 * Passes over p halves of the provider without their decision, and so without a span, as further
 * requests of the c calls of the consumer that are alike: as many as its gate made of these.
 */
static void
ggi_match_spared(ggi_match_t *match, ggi_match_one_t **provider, size_t p,
    ggi_match_one_t **consumer, size_t c)
{
    size_t  i, k;

    for (i = 0, k = 0; i < p && k < c; ) {
        if (consumer[k]->spare == 0) {
            k++;
            continue;
        }

        consumer[k]->spare--;
        provider[i]->paired = 1;
        ggi_match_further(match, provider[i++]->half);
    }
}


/*
 * Looks which of p halves of the provider and c of the consumer that have the same key are of one
 * call, each in the order of time. Those that have a span on both sides come first, and those
 * that have none last.
 */
static void
ggi_match_alike(ggi_match_t *match, ggi_match_one_t **provider, size_t p,
    ggi_match_one_t **consumer, size_t c, ggi_match_level_e level)
{
    size_t    i, k, n;
    unsigned  linked[GGI_SIDES];

    for (n = 0; n < 4; n++) {
        linked[GGI_SIDE_PROVIDER] = (n < 2);
        linked[GGI_SIDE_CONSUMER] = (n % 2 == 0);

        for (i = 0, k = 0; i < p && k < c; ) {
            if (provider[i]->paired || provider[i]->half->linked != linked[GGI_SIDE_PROVIDER]) {
                i++;

            } else if (consumer[k]->paired
                       || consumer[k]->half->linked != linked[GGI_SIDE_CONSUMER])
            {
                k++;

            } else {
                ggi_match_try(match, provider[i++], consumer[k++], level);
            }
        }
    }
}


void
ggi_match_level(ggi_match_t *match, ggi_match_level_e level)
{
    size_t             i, k, p, c, over, n[GGI_SIDES];
    ggi_match_one_t  **provider = match->list[GGI_SIDE_PROVIDER];
    ggi_match_one_t  **consumer = match->list[GGI_SIDE_CONSUMER];

    n[0] = ggi_match_list(match, GGI_SIDE_PROVIDER, level);
    n[1] = n[0] ? ggi_match_list(match, GGI_SIDE_CONSUMER, level) : 0;

    for (i = 0, k = 0; i < n[0] && k < n[1]; ) {
        if (provider[i]->key != consumer[k]->key) {
            (void) (provider[i]->key < consumer[k]->key ? i++ : k++);
            continue;
        }

        p = ggi_match_run(provider, n[0], i);
        c = ggi_match_run(consumer, n[1], k);

        if (level == GGI_MATCH_BY_LINK) {
            over = ggi_match_repeated(match, &provider[i], p, consumer[k]->half, c);
            consumer[k]->spare -= over < consumer[k]->spare ? (unsigned) over : consumer[k]->spare;
            i += over;
            p -= over;
        }

        if (level == GGI_MATCH_REPEATED) {
            ggi_match_spared(match, &provider[i], p, &consumer[k], c);

        } else {
            ggi_match_alike(match, &provider[i], p, &consumer[k], c, level);
        }

        i += p;
        k += c;
    }
}
