/* SPDX-License-Identifier: EUPL-1.2 */

#include <stdlib.h>
#include <string.h>

#include "ggi_match.h"
#include "ggi_match_level.h"
#include "ggi_match_outcome.h"
#include "ggi_match_spans.h"
#include "ggi_room.h"


void
ggi_match_init(ggi_match_t *match, ggi_match_pt give, void *data)
{
    memset(match, 0, sizeof(ggi_match_t));
    match->give = give;
    match->data = data;
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


/* Gives the open calls of the transaction that is looked at. */
static void
ggi_match_end(ggi_match_t *match)
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


void
ggi_match_finish(ggi_match_t *match)
{
    ggi_match_end(match);
    ggi_match_spans_settle(match);
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
        ggi_match_end(match);
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
        ggi_match_end(match);

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
    one->spare = (half->side == GGI_SIDE_CONSUMER && half->left != GGI_HALF_STAYED)
                 ? half->attempts : 0;

    return 1;
}


uint64_t
ggi_match_open(const ggi_match_t *match)
{
    return match->counts.differ + match->counts.undecided + match->counts.only[GGI_SIDE_PROVIDER]
           + match->counts.only[GGI_SIDE_CONSUMER];
}


void
ggi_match_free(ggi_match_t *match)
{
    size_t    i;
    unsigned  side;

    ggi_match_drop(match, 1);

    for (i = 0; i < match->held_n; i++) {
        free(match->held[i].half[GGI_SIDE_PROVIDER]);
        free(match->held[i].half[GGI_SIDE_CONSUMER]);
    }

    match->held_n = 0;

    for (side = 0; side < GGI_SIDES; side++) {
        free(match->ones[side]);
        free(match->list[side]);
    }
}
