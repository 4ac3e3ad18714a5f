/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The autorisatieprofiel says which diensten an organisation may use, and how. It
 * is a document (ggi_agreement.h), compiled from JSON once (ggi_profile_compile.h).
 */

#ifndef GGI_PROFILE_H
#define GGI_PROFILE_H

#include "ggi_agreement.h"


/* The start of a compiled profile; its key is the OIN of the organisation. */
typedef struct {
    ggi_document_t  document;
    ggi_ref_t       naam;
    ggi_ref_t       glo;
    ggi_ref_t       diensten;           /* list of ggi_agreement_t */
} ggi_profile_t;


/*
 * Judges a call by a profile. Returns GGI_REASON_NONE when it is allowed, or else the
 * first reason that applies: profile_expired, and then those of ggi_agreement_judge().
 * Sets *dienst to what the profile agrees about the dienst, which lives as long as the
 * profile, or to NULL when it does not have the dienst. It takes no memory.
 */
ggi_reason_e ggi_profile_judge(const ggi_profile_t *profile,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst);


#endif
