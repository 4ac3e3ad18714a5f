/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The claim of a call: the values of its headers, and the judging of the claim by the
 * register of doelbindingen.
 */

#ifndef GGI_CLAIM_H
#define GGI_CLAIM_H

#include "ggi_reason.h"
#include "ggi_register.h"

#define GGI_CLAIM_MAX  1024             /* bytes of the value of each header of a claim */


typedef struct {
    int64_t           now;              /* seconds since the epoch */
    ggi_str_t         claim;            /* checked by ggi_claim_well_formed() */
    ggi_str_t         dienst;
    const ggi_str_t  *profile;          /* what the profile allows; NULL: no profile */
    size_t            profile_n;
    ggi_niveau_e      asked;            /* level of assurance that the location asks for */
    ggi_str_t         niveau;           /* as it was claimed; "": not at all */
} ggi_claim_query_t;


/*
 * Returns 1 when the value of a header of a claim is well-formed, so that it can be
 * judged and recorded: at most GGI_CLAIM_MAX bytes of UTF-8 without control characters
 * (C0, DEL, C1). Returns 0 otherwise.
 */
int ggi_claim_well_formed(ggi_str_t value);

/*
 * Returns 1 when a free text of a claim can be read as ISO-8859-1: at most
 * GGI_CLAIM_MAX bytes, none of them a control character (C0, DEL, C1). Returns 0
 * otherwise. Use it for a text that ggi_claim_well_formed() rejects: Python and .NET
 * send header values as ISO-8859-1 unless they are told otherwise.
 */
int ggi_claim_is_latin1(ggi_str_t value);

/*
 * Converts a text from ISO-8859-1 to UTF-8. Writes it to dst, which has room for twice
 * its length, without a NUL. Returns the number of bytes written.
 */
size_t ggi_claim_from_latin1(char *dst, ggi_str_t value);

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
