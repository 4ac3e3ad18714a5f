/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_index.h"
#include "ggi_match.h"
#include "ggi_room.h"


/* By what two halves are found to be of one call, the surest first. */
typedef enum {
    GGI_MATCH_BY_LINK = 0,
    GGI_MATCH_BY_ALL,
    GGI_MATCH_BY_PATH,
    GGI_MATCH_BY_ORDER,
    GGI_MATCH_REFUSED,                  /* the consumer's is one that it refused */
    GGI_MATCH_LEVELS
} ggi_match_level_e;


void
ggi_match_init(ggi_match_t *match, ggi_match_pt give, void *data)
{
    memset(match, 0, sizeof(ggi_match_t));
    match->give = give;
    match->data = data;
}


/* Returns a hash of what has to be equal in two halves at a level. */
static uint64_t
ggi_match_key(const ggi_half_t *half, ggi_match_level_e level)
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

    n = (level == GGI_MATCH_BY_ALL) ? 4 : 2;
    key = (level == GGI_MATCH_BY_ALL) ? half->status : 0;

    for (i = 0; i < n; i++) {
        text = ggi_half_text(half, texts[i]);
        key = (key << 7 | key >> 57) ^ ggi_index_hash(text.data, text.len);
    }

    return key;
}


/* Returns 1 when a half may find its other one at a level. */
static int
ggi_match_may(const ggi_half_t *half, ggi_match_level_e level)
{
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

        if (!one->paired && ggi_match_may(one->half, level)) {
            one->key = ggi_match_key(one->half, level);
            match->list[side][n++] = one;
        }
    }

    if (n > 1) {
        qsort(match->list[side], n, sizeof(ggi_match_one_t *), ggi_match_order);
    }

    return n;
}


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


/* Takes two halves for those of one call, and gives it when they differ. */
static void
ggi_match_pair(ggi_match_t *match, ggi_match_one_t *provider, ggi_match_one_t *consumer,
    ggi_match_level_e level)
{
    unsigned  differ;

    provider->paired = 1;
    consumer->paired = 1;

    if (!provider->half->asked && !consumer->half->asked) {
        return;
    }

    if (consumer->half->left == GGI_HALF_STAYED && !consumer->half->refused) {
        match->counts.repeated++;
        return;
    }

    if (level == GGI_MATCH_BY_LINK) {
        ggi_match_clock(&match->counts, provider->half, consumer->half);
    }

    differ = ggi_pair_compare(provider->half, consumer->half);

    if (differ == 0) {
        match->counts.same++;
        return;
    }

    match->counts.differ++;
    ggi_match_give(match, provider->half, consumer->half, differ);
}


/* Returns 1 when two halves may be of one call at a level, by all but what that compares. */
static int
ggi_match_can(const ggi_half_t *provider, const ggi_half_t *consumer, ggi_match_level_e level)
{
    /* nothing but the transaction tells that they are, while each has a span, and another one */

    return level != GGI_MATCH_BY_ORDER || !provider->linked || !consumer->linked;
}


/* Returns how many halves from i on have the same key. */
static size_t
ggi_match_run(ggi_match_one_t *const *list, size_t n, size_t i)
{
    size_t  k;

    for (k = i + 1; k < n && list[k]->key == list[i]->key; k++) { /* void */ }

    return k - i;
}


/*
 * Passes over the first of p halves of the provider, when they are more than the c of the
 * consumer that they belong to by their span: its gate made several requests of one call, and
 * the last one was answered; or it refreshed its cache. Returns how many are passed over.
 */
static size_t
ggi_match_repeated(ggi_match_t *match, ggi_match_one_t **provider, size_t p,
    const ggi_half_t *consumer, size_t c)
{
    size_t  i;

    if (p <= c || consumer->refused
        || (p > consumer->attempts && consumer->ended && consumer->left != GGI_HALF_STAYED))
    {
        return 0;
    }

    for (i = 0; i < p - c; i++) {
        provider[i]->paired = 1;
        match->counts.repeated += provider[i]->half->asked;
    }

    return p - c;
}


/* Finds the halves that are of one call at a level. */
static void
ggi_match_level(ggi_match_t *match, ggi_match_level_e level)
{
    size_t             i, k, p, c, n[GGI_SIDES];
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
            i += ggi_match_repeated(match, &provider[i], p, consumer[k]->half, c);
            p = ggi_match_run(provider, n[0], i);
        }

        for ( ; p && c; i++, k++, p--, c--) {
            if (ggi_match_can(provider[i]->half, consumer[k]->half, level)) {
                ggi_match_pair(match, provider[i], consumer[k], level);
            }
        }

        i += p;
        k += c;
    }
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


/* Counts and gives a half without another one. */
static void
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


/* Frees the halves that are done, with all set to 1 all of them, and keeps the others. */
static void
ggi_match_drop(ggi_match_t *match, int all)
{
    size_t            i, n;
    unsigned          side;
    ggi_match_one_t  *ones;

    for (side = 0; side < GGI_SIDES; side++) {
        ones = match->ones[side];

        for (n = 0, i = 0; i < match->n[side]; i++) {
            if (all || ones[i].paired) {
                free(ones[i].half);

            } else {
                ones[n++] = ones[i];
            }
        }

        match->n[side] = n;
    }
}


void
ggi_match_finish(ggi_match_t *match)
{
    size_t    i;
    unsigned  level, side;

    for (level = GGI_MATCH_BY_LINK; level < GGI_MATCH_LEVELS; level++) {
        ggi_match_level(match, (ggi_match_level_e) level);
    }

    for (side = 0; side < GGI_SIDES; side++) {
        for (i = 0; i < match->n[side]; i++) {
            if (!match->ones[side][i].paired) {
                ggi_match_alone(match, match->ones[side][i].half);
            }
        }
    }

    ggi_match_drop(match, 1);
}


/*
 * Makes room when a transaction has too many halves: those that surely are of one call go, and
 * when these are not half of them, all.
 */
static void
ggi_match_relieve(ggi_match_t *match)
{
    ggi_match_level(match, GGI_MATCH_BY_LINK);
    ggi_match_level(match, GGI_MATCH_BY_ALL);
    ggi_match_drop(match, 0);

    if (match->n[0] + match->n[1] > GGI_MATCH_MANY / 2) {
        ggi_match_finish(match);
    }
}


/* Makes room for one more half of a side. Returns 1, or 0 without memory. */
static int
ggi_match_room(ggi_match_t *match, unsigned side)
{
    void    *ones, *list;
    size_t   size;

    size = match->size[side];
    ones = ggi_room(match->ones[side], match->n[side], &size, sizeof(ggi_match_one_t));
    match->ones[side] = ones ? ones : match->ones[side];
    list = ones ? ggi_room(match->list[side], match->n[side], &match->size[side],
                           sizeof(ggi_match_one_t *)) : NULL;
    match->list[side] = list ? list : match->list[side];

    return list != NULL;
}


/* Counts a half. */
static void
ggi_match_count(ggi_match_counts_t *counts, const ggi_half_t *half)
{
    if (half->left == GGI_HALF_STAYED) {
        counts->stayed += half->asked;

    } else {
        counts->calls[half->side] += half->asked;
    }
}


/* Returns a half that is there of the transaction that is looked at, or NULL. */
static const ggi_half_t *
ggi_match_any(const ggi_match_t *match)
{
    unsigned  side;

    for (side = 0; side < GGI_SIDES; side++) {
        if (match->n[side]) {
            return match->ones[side][0].half;
        }
    }

    return NULL;
}


int
ggi_match_add(ggi_match_t *match, const ggi_half_t *half)
{
    ggi_half_t        *copy;
    ggi_match_one_t   *one;
    const ggi_half_t  *any;

    any = ggi_match_any(match);

    if (any && !ggi_half_together(any, half)) {
        ggi_match_finish(match);

    } else if (any && match->n[0] + match->n[1] >= GGI_MATCH_MANY) {
        ggi_match_relieve(match);
    }

    copy = ggi_match_room(match, half->side) ? malloc(half->size) : NULL;

    if (copy == NULL) {
        return 0;
    }

    memcpy(copy, half, half->size);
    ggi_match_count(&match->counts, half);
    one = &match->ones[half->side][match->n[half->side]++];
    one->half = copy;
    one->key = 0;
    one->paired = 0;

    return 1;
}


uint64_t
ggi_match_open(const ggi_match_t *match)
{
    return match->counts.differ + match->counts.only[GGI_SIDE_PROVIDER]
           + match->counts.only[GGI_SIDE_CONSUMER];
}


void
ggi_match_free(ggi_match_t *match)
{
    unsigned  side;

    ggi_match_drop(match, 1);

    for (side = 0; side < GGI_SIDES; side++) {
        free(match->ones[side]);
        free(match->list[side]);
    }
}
