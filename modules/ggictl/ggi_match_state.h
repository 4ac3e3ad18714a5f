/* SPDX-License-Identifier: EUPL-1.2 */

/* What is known while the halves of calls are matched: see ggi_match.h. */

#ifndef GGI_MATCH_STATE_H
#define GGI_MATCH_STATE_H

#include "ggi_oins.h"
#include "ggi_pair.h"

#define GGI_MATCH_MANY      65536       /* halves of one transaction that are looked at together */
#define GGI_MATCH_HELD      1024        /* pairs that are held until their spans are known */
#define GGI_MATCH_DIENSTEN  256         /* diensten of which it is known whether spans are kept */


/* Is given each call that is open. Returns 1, or 0 so that no more are given. */
typedef int (*ggi_match_pt)(void *data, const ggi_pair_t *pair);

typedef struct {
    uint64_t  calls[GGI_SIDES];         /* of the consumer those that left, or may have */
    uint64_t  stayed;                   /* of the consumer: nothing left */
    uint64_t  same;                     /* both halves are there, and tell the same */
    uint64_t  differ;                   /* both are there, and differ */
    uint64_t  repeated;                 /* of the provider: further requests of one call */
    uint64_t  only[GGI_SIDES];          /* the other half should be there, and is not */
    uint64_t  undecided;                /* nothing else is open, but a decision is not there */
    uint64_t  unreached;                /* of the consumer: nothing tells that it was answered */
    uint64_t  strange[GGI_SIDES];       /* with another consumer, or another provider */
    uint64_t  timed;                    /* calls of which both halves have the span */
    int64_t   ahead_least;              /* ms by which the provider's clock was ahead in these */
    int64_t   ahead_most;
} ggi_match_counts_t;

/* A half that is looked at. */
typedef struct {
    ggi_half_t  *half;                  /* allocated; NULL: it is held */
    uint64_t     key;                   /* hash of what the other half has to have as well */
    int          paired;                /* 1: nothing more is to be found out about it */
    unsigned     spare;                 /* of the consumer: requests that no half is of yet */
} ggi_match_one_t;

/* A dienst, and whether its spans come to the provider as the consumer sent them. */
typedef struct {
    uint64_t  dienst;                   /* hash of the provider's name of it; 0: none */
    int       state;                    /* ggi_match_spans_e */
} ggi_match_span_t;

/* Two halves that are alike, which are held until it is known whether they are of one call. */
typedef struct {
    ggi_half_t  *half[GGI_SIDES];       /* allocated */
} ggi_match_held_t;

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
    ggi_dienst_names_t   names;         /* diensten with another name at the consumer */
    ggi_match_span_t     spans[GGI_MATCH_DIENSTEN];
    ggi_match_held_t     held[GGI_MATCH_HELD];
    size_t               held_n;
} ggi_match_t;


#endif
