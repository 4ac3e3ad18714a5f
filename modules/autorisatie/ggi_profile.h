/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The autorisatieprofiel says which diensten an organisation may use, and how. It
 * is compiled from JSON once (ggi_profile_compile.h) into one block of memory
 * without pointers, which can lie in shared memory. Calls are judged by that block.
 */

#ifndef GGI_PROFILE_H
#define GGI_PROFILE_H

#include <stdint.h>

#include "ggi_reason.h"
#include "ggi_str.h"


/* A string or a list within a compiled profile. */
typedef struct {
    uint32_t  offset;                   /* bytes from the start of the profile */
    uint32_t  len;                      /* bytes of a string, or elements of a list */
} ggi_ref_t;


/* What a profile allows at one dienst. */
typedef struct {
    ggi_ref_t  naam;                    /* of the dienst; the others are lists of strings */
    ggi_ref_t  methoden;
    ggi_ref_t  paden;
    ggi_ref_t  doelbindingen;
    ggi_ref_t  namens;
} ggi_profile_dienst_t;


/* The start of the block of a compiled profile; its strings and lists follow in the block. */
typedef struct {
    uint32_t   size;                    /* bytes of the whole block */
    int64_t    versie;
    int64_t    geldig_van;              /* seconds since the epoch: it is valid from here */
    int64_t    geldig_tot;              /* seconds since the epoch: it is valid before */
    ggi_ref_t  oin;
    ggi_ref_t  naam;
    ggi_ref_t  glo;
    ggi_ref_t  versie_text;             /* versie in decimal digits */
    ggi_ref_t  diensten;                /* list of ggi_profile_dienst_t */
} ggi_profile_t;


/* The call that is judged. */
typedef struct {
    int64_t    now;                     /* seconds since the epoch */
    ggi_str_t  oin;                     /* of the organisation that calls */
    ggi_str_t  dienst;
    ggi_str_t  method;
    ggi_str_t  path;                    /* decoded and normalised, without arguments */
    ggi_str_t  on_behalf_of;            /* OIN that it calls for; len 0: it calls for itself */
} ggi_profile_query_t;


/*
 * Judges a call by a profile. Returns GGI_REASON_NONE when it is allowed, or else
 * the first of these reasons that applies: profile_expired, dienst_, method_,
 * path_ and on_behalf_of_not_authorised. Sets *dienst to the profile's entry for
 * the dienst, which lives as long as the profile, or to NULL when it has none.
 */
ggi_reason_e ggi_profile_judge(const ggi_profile_t *profile,
    const ggi_profile_query_t *query, const ggi_profile_dienst_t **dienst);

/*
 * Returns the profile's entry for a dienst, which lives as long as the profile,
 * or NULL when it has none.
 */
const ggi_profile_dienst_t *ggi_profile_find_dienst(const ggi_profile_t *profile,
    ggi_str_t naam);

/* Returns a string of a profile, which is valid as long as the profile is. */
ggi_str_t ggi_profile_text(const ggi_profile_t *profile, ggi_ref_t ref);

/*
 * Returns the string at index i, which has to be less than list.len, of a list of
 * strings of a profile. It is valid as long as the profile is. The strings of a
 * list stand in the profile one behind the other, in the order of the list.
 */
ggi_str_t ggi_profile_item(const ggi_profile_t *profile, ggi_ref_t list,
    size_t i);


#endif
