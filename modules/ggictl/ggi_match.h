/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Finds the two halves of each call between two organisations, of which one stands in the log of
 * the consumer and one in that of the provider, and tells which halves differ, and which half
 * has no other. Halves of one transaction are of one call by the span of the request between
 * the two, or else by what they tell of it, or else by their order.
 */

#ifndef GGI_MATCH_H
#define GGI_MATCH_H

#include "ggi_oins.h"
#include "ggi_pair.h"

#define GGI_MATCH_MANY  65536           /* halves of one transaction that are looked at together */


/* Is given each call that is open. Returns 1, or 0 so that no more are given. */
typedef int (*ggi_match_pt)(void *data, const ggi_pair_t *pair);

typedef struct {
    uint64_t  calls[GGI_SIDES];         /* of the consumer those that left, or may have */
    uint64_t  stayed;                   /* of the consumer: nothing left */
    uint64_t  same;                     /* both halves are there, and tell the same */
    uint64_t  differ;                   /* both are there, and differ */
    uint64_t  repeated;                 /* of the provider: further requests of one call */
    uint64_t  only[GGI_SIDES];          /* the other half should be there, and is not */
    uint64_t  unreached;                /* of the consumer: nothing tells that it was answered */
    uint64_t  strange[GGI_SIDES];       /* with another consumer, or another provider */
    uint64_t  timed;                    /* calls of which both halves have the span */
    int64_t   ahead_least;              /* ms by which the provider's clock was ahead in these */
    int64_t   ahead_most;
} ggi_match_counts_t;

/* A half that is looked at. */
typedef struct {
    ggi_half_t  *half;                  /* allocated */
    uint64_t     key;                   /* hash of what the other half has to have as well */
    int          paired;                /* 1: nothing more is to be found out about it */
} ggi_match_one_t;

typedef struct {
    ggi_match_pt         give;
    void                *data;
    int                  over;          /* 1: nothing more is to be given */
    ggi_match_counts_t   counts;
    ggi_oins_t           own[GGI_SIDES];        /* OINs of provider and consumer; none: any is */
    ggi_match_one_t     *ones[GGI_SIDES];       /* halves of one transaction */
    ggi_match_one_t    **list[GGI_SIDES];       /* those of them that are compared */
    size_t               n[GGI_SIDES];
    size_t               size[GGI_SIDES];
} ggi_match_t;


/*
 * Begins to match. The caller adds the OINs of both to match->own before the first half, and
 * frees by ggi_match_free().
 */
void ggi_match_init(ggi_match_t *match, ggi_match_pt give, void *data);

/*
 * Adds a half, which is copied, in the order of ggi_half_compare(). Gives the open calls of the
 * transaction before it. Returns 1, or 0 without memory.
 */
int ggi_match_add(ggi_match_t *match, const ggi_half_t *half);

/* Gives the open calls of the last transaction. */
void ggi_match_finish(ggi_match_t *match);

/* Returns how many calls are open: a half of theirs is missing, or the halves differ. */
uint64_t ggi_match_open(const ggi_match_t *match);

/* Frees all memory. */
void ggi_match_free(ggi_match_t *match);


#endif
