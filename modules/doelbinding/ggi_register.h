/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The register of doelbindingen: the file in which the provider lists the purposes
 * (doelbindingen) that a call may claim, and the judging of a claim by it.
 */

#ifndef GGI_REGISTER_H
#define GGI_REGISTER_H

#include "ggi_reason.h"
#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_CLAIM_MAX  1024             /* bytes of the value of each header of a claim */


typedef struct {
    ggi_str_t   id;
    ggi_str_t   doel;
    ggi_str_t   grondslag_avg;          /* article of the AVG; "" when only a wet is named */
    ggi_str_t   grondslag_wet;
    ggi_str_t   verwerkingsactiviteit;  /* URI, or "" */
    ggi_str_t   vertrouwelijkheid;      /* normaal, vertrouwelijk, opgeheven, or "" */
    ggi_str_t   bewaartermijn;          /* ISO 8601 duration, or "" */
    int64_t     geldig_van;             /* first second, since the epoch, at which it is valid */
    int64_t     geldig_tot;             /* first second at which it is not valid any more */
    ggi_str_t  *diensten;
    size_t      diensten_n;
    ggi_str_t   members;                /* as JSON members, for the record */
} ggi_doelbinding_t;


typedef struct {
    json_t             *root;           /* owns the strings of all doelbindingen */
    ggi_str_t           versie;
    ggi_doelbinding_t  *doelbindingen;  /* sorted by id */
    size_t              n;
} ggi_register_t;


typedef struct {
    int64_t           now;              /* seconds since the epoch */
    ggi_str_t         claim;            /* checked by ggi_claim_well_formed() */
    ggi_str_t         dienst;
    const ggi_str_t  *profile;          /* what the profile allows; NULL: no profile */
    size_t            profile_n;
} ggi_claim_query_t;


/*
 * Reads the register in a file and checks all of it. geldig_van and geldig_tot of each
 * doelbinding become GGI_TIME_ALWAYS and GGI_TIME_NEVER where the file has none.
 * Returns 1; the caller frees the register with ggi_register_free(). Returns 0, with
 * the fault, when the file cannot be read or is no valid register; there is nothing to
 * free then.
 */
int ggi_register_read(ggi_register_t *reg, const char *file,
    ggi_fault_t *fault);

/* Frees what ggi_register_read() allocated, including all strings of the register. */
void ggi_register_free(ggi_register_t *reg);

/*
 * Returns the doelbinding with this id, which belongs to the register, or NULL when
 * there is none.
 */
const ggi_doelbinding_t *ggi_register_find(const ggi_register_t *reg,
    ggi_str_t id);

/*
 * Returns 1 when at least one doelbinding is meant for the dienst, 0 otherwise. It
 * searches the whole register: call it at start only, not per request.
 */
int ggi_register_has(const ggi_register_t *reg, ggi_str_t dienst);

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
 * CLAIM_NOT_FOR_DIENST and CLAIM_NOT_IN_PROFILE. Sets *found to the register's entry
 * for the claim, or to NULL when there is none; it belongs to the register.
 */
ggi_reason_e ggi_claim_judge(const ggi_register_t *reg,
    const ggi_claim_query_t *query, const ggi_doelbinding_t **found);


#endif
