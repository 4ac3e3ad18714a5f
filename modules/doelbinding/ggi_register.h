/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The register of doelbindingen: the file in which the provider lists the purposes
 * (doelbindingen) that a call may claim.
 */

#ifndef GGI_REGISTER_H
#define GGI_REGISTER_H

#include "ggi_niveau.h"
#include "ggi_source.h"
#include "ggi_str.h"


typedef struct {
    ggi_str_t     id;
    ggi_str_t     doel;
    ggi_str_t     grondslag_avg;        /* article of the AVG; "" when only a wet is named */
    ggi_str_t     grondslag_wet;
    ggi_str_t     verwerkingsactiviteit;  /* URI, or "" */
    ggi_str_t     vertrouwelijkheid;    /* normaal, vertrouwelijk, opgeheven, or "" */
    ggi_str_t     bewaartermijn;        /* ISO 8601 duration, or "" */
    ggi_str_t     outside;              /* id that another organisation gets instead, or "" */
    int64_t       geldig_van;           /* first second, since the epoch, at which it is valid */
    int64_t       geldig_tot;           /* first second at which it is not valid any more */
    ggi_str_t    *diensten;
    size_t        diensten_n;
    ggi_niveau_e  niveau;               /* level of assurance that it asks for, or none */
    int           toestemming;          /* 1: a call needs the consent of whom it is about */
    ggi_str_t     members;              /* as JSON members, for the record: first the id */
} ggi_doelbinding_t;


typedef struct {
    json_t             *root;           /* owns the strings of all doelbindingen */
    ggi_str_t           versie;
    ggi_str_t           reference;      /* "urn:ggi:doelbindingen:" and versie, as a JSON string */
    ggi_doelbinding_t  *doelbindingen;  /* sorted by id */
    size_t              n;
} ggi_register_t;


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
 * Returns 1 when at least one doelbinding that is meant for the dienst needs consent, 0
 * otherwise. It searches the whole register: call it at start only, not per request.
 */
int ggi_register_needs_consent(const ggi_register_t *reg, ggi_str_t dienst);


#endif
