/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The consent (toestemming) that a person has given to an organisation for the use of his or
 * her data by some diensten for one doelbinding (GDPR article 6.1.a), and can withdraw. It is a
 * document (ggi_agreement.h), compiled from JSON once (ggi_toestemming_compile.h), and found by
 * its id.
 */

#ifndef GGI_TOESTEMMING_H
#define GGI_TOESTEMMING_H

#include "ggi_agreement.h"


/* The start of a compiled consent. It is valid from when it was given. */
typedef struct {
    ggi_document_t  document;           /* its key is the id of the consent */
    ggi_ref_t       betrokkene;         /* pseudonym of the person who gave it */
    ggi_ref_t       afnemer;            /* OIN of the organisation that it was given to */
    ggi_ref_t       doelbinding;        /* id of the one purpose that it is for */
    ggi_ref_t       diensten;           /* list of names */
    uint32_t        withdrawn;          /* 1: it was withdrawn, whenever that was */
} ggi_toestemming_t;


/* The call that is judged. */
typedef struct {
    int64_t    now;                     /* seconds since the epoch */
    ggi_str_t  afnemer;                 /* OIN of the organisation that the call is for; "": none */
    ggi_str_t  dienst;
    ggi_str_t  doelbinding;             /* id of the purpose that is claimed */
    int        of_person;               /* 1: the call is about the person who gave the consent */
} ggi_toestemming_query_t;


/*
 * Returns 1 when a text can be the id of a consent: 1 to 64 letters, digits, "-",
 * "." and "_" (ggi_plain_name.h), so that it has no wildcard of Redis; 0 otherwise.
 */
int ggi_toestemming_id_valid(ggi_str_t id);

/*
 * Returns 1 when a text is spelled as the pseudonym of a person, as the audit log makes it:
 * "hmac:", eight hexadecimal digits of the key's id, ":" and 32 hexadecimal digits, all in lower
 * case; 0 otherwise.
 */
int ggi_toestemming_betrokkene_valid(ggi_str_t betrokkene);

/*
 * Judges a call by a consent. Returns GGI_REASON_NONE when the consent is for the call, or else
 * the first of these reasons that applies: consent_not_for_call, consent_expired,
 * consent_withdrawn. A consent that was withdrawn counts as such from then on, whatever time it
 * says of that: clocks may differ. Takes no memory.
 */
ggi_reason_e ggi_toestemming_judge(const ggi_toestemming_t *toestemming,
    const ggi_toestemming_query_t *query);


#endif
