/* SPDX-License-Identifier: EUPL-1.2 */

/* Judges the claim of a call by the register of doelbindingen. */

#ifndef GGI_CLAIM_H
#define GGI_CLAIM_H

#include "ggi_reason.h"
#include "ggi_register.h"

typedef struct {
    int64_t           now;              /* seconds since the epoch */
    ggi_str_t         claim;            /* checked by ggi_value_well_formed() */
    ggi_str_t         dienst;
    const ggi_str_t  *profile;          /* what the profile allows; NULL: no profile */
    size_t            profile_n;
    ggi_niveau_e      asked;            /* level of assurance that the location asks for */
    ggi_str_t         niveau;           /* as it was claimed; "": not at all */
} ggi_claim_query_t;


/*
 * Judges the claim of a call by the register and, unless query->profile is NULL, by the
 * doelbindingen that the caller's profile allows. Returns GGI_REASON_NONE when the
 * claim stands, or the first reason that applies of CLAIM_UNKNOWN, CLAIM_EXPIRED,
 * CLAIM_NOT_FOR_DIENST, CLAIM_NOT_IN_PROFILE, ASSURANCE_MISSING and ASSURANCE_TOO_LOW.
 * Sets *found to the register's entry for the claim, or to NULL when there is none; it
 * belongs to the register.
 */
ggi_reason_e ggi_claim_judge(const ggi_register_t *reg,
    const ggi_claim_query_t *query, const ggi_doelbinding_t **found);

/*
 * Returns the level of assurance that is asked of a call: the stricter of what its
 * location asks and what the register's entry for its claim asks. found is the entry,
 * or NULL when there is none.
 */
ggi_niveau_e ggi_claim_asked(const ggi_claim_query_t *query,
    const ggi_doelbinding_t *found);


#endif
