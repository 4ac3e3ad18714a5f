/* SPDX-License-Identifier: EUPL-1.2 */

/* Both halves of one call between two organisations, and in what they differ. */

#ifndef GGI_PAIR_H
#define GGI_PAIR_H

#include "ggi_dienst_names.h"
#include "ggi_half.h"


/* What may differ, each a bit. The first are texts of a half, by their ggi_half_text_e. */
typedef enum {
    GGI_PAIR_OIN = GGI_HALF_OIN,
    GGI_PAIR_NAMENS = GGI_HALF_NAMENS,
    GGI_PAIR_DIENST = GGI_HALF_DIENST,
    GGI_PAIR_CLAIM = GGI_HALF_CLAIM,
    GGI_PAIR_METHOD = GGI_HALF_METHOD,
    GGI_PAIR_PATH = GGI_HALF_PATH,
    GGI_PAIR_STATUS,                    /* of the provider's answer */
    GGI_PAIR_DECISION,                  /* the consumer says that it refused the call */
    GGI_PAIR_DIFFERENCES
} ggi_pair_difference_e;

/* A call. A half that the log of its side does not have is NULL. Sides are bits as well. */
typedef struct {
    const ggi_half_t  *half[GGI_SIDES];
    unsigned           differ;          /* in what the halves differ; 0: they tell the same */
    unsigned           missing;         /* the side whose log should have a half, and has none */
    unsigned           undecided;       /* sides whose log has the end, and not the decision */
} ggi_pair_t;


/*
 * Compares the two halves of a call. Returns a bit (1 << GGI_PAIR_...) for each thing in which
 * they differ, and 0 when they tell the same. What one half cannot know is no difference: what
 * a gate had not found yet when it refused the call, what only a decision tells that its log
 * lacks, and the status of an answer that did not come. names has the diensten to which the
 * consumer gives another name.
 */
unsigned ggi_pair_compare(const ggi_half_t *provider, const ggi_half_t *consumer,
    const ggi_dienst_names_t *names);

/* Returns a text of a half as the provider has it: its dienst by the provider's name. */
ggi_str_t ggi_pair_text(const ggi_half_t *half, ggi_half_text_e text,
    const ggi_dienst_names_t *names);


#endif
