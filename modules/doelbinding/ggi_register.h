/* SPDX-License-Identifier: EUPL-1.2 */

/* The register of doelbindingen: which claims are standardised, and when a call may make one. */

#ifndef GGI_REGISTER_H
#define GGI_REGISTER_H

#include "ggi_reason.h"
#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_CLAIM_MAX  1024             /* bytes of a claim, and of each of its companions */


typedef struct {
    ggi_str_t   id;
    ggi_str_t   doel;
    ggi_str_t   grondslag_avg;          /* article of the AVG; "" when only a wet is named */
    ggi_str_t   grondslag_wet;
    ggi_str_t   verwerkingsactiviteit;  /* URI, or "" */
    ggi_str_t   vertrouwelijkheid;      /* normaal, vertrouwelijk, opgeheven, or "" */
    ggi_str_t   bewaartermijn;          /* ISO 8601 duration, or "" */
    int64_t     geldig_van;             /* seconds since the epoch */
    int64_t     geldig_tot;
    ggi_str_t  *diensten;
    size_t      diensten_n;
    ggi_str_t   members;                /* grondslag to bewaartermijn as a record has them: members of a JSON object */
} ggi_doelbinding_t;


typedef struct {
    json_t             *root;           /* owns the strings */
    ggi_str_t           versie;
    ggi_doelbinding_t  *doelbindingen;  /* in the order of their ids */
    size_t              n;
} ggi_register_t;


typedef struct {
    int64_t           now;              /* seconds since the epoch */
    ggi_str_t         claim;            /* well-formed */
    ggi_str_t         dienst;
    const ggi_str_t  *profile;          /* doelbindingen of the profile; NULL: not judged */
    size_t            profile_n;
} ggi_claim_query_t;


/*
 * Reads a register from a file. Returns 1, and ggi_register_free() frees; or 0
 * with the fault.
 */
int ggi_register_read(ggi_register_t *reg, const char *file,
    ggi_fault_t *fault);
void ggi_register_free(ggi_register_t *reg);

/* The doelbinding with an id, or NULL. */
const ggi_doelbinding_t *ggi_register_find(const ggi_register_t *reg,
    ggi_str_t id);

/* 1 when any doelbinding is meant for the dienst. Looks through all of them: for the start alone. */
int ggi_register_has(const ggi_register_t *reg, ggi_str_t dienst);

/*
 * 1 when the value of a claim's header can be judged and recorded: at most
 * GGI_CLAIM_MAX bytes of UTF-8 without control characters (C0, DEL, C1).
 */
int ggi_claim_well_formed(ggi_str_t value);

/*
 * 1 when a free text that accompanies a claim, and that is not well-formed as
 * ggi_claim_well_formed() has it, can be read as ISO-8859-1: at most
 * GGI_CLAIM_MAX bytes, none of which is a control character (C0, DEL, C1). That
 * is how Python and .NET send a text that they have not been told to encode.
 */
int ggi_claim_is_latin1(ggi_str_t value);

/*
 * Writes such a text as UTF-8 to dst, which has to take twice its length.
 * Returns the length that was written.
 */
size_t ggi_claim_from_latin1(char *dst, ggi_str_t value);

/*
 * Judges a claim. Returns GGI_REASON_NONE or the first of claim_unknown,
 * claim_expired, claim_not_for_dienst and claim_not_in_profile that applies.
 * *found is the register's entry, or NULL.
 */
ggi_reason_e ggi_claim_judge(const ggi_register_t *reg,
    const ggi_claim_query_t *query, const ggi_doelbinding_t **found);


#endif
