/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The autorisatieprofiel: what an organisation may use. Compiled once from JSON
 * into one block of memory without pointers, which can lie in shared memory and
 * is judged without JSON.
 */

#ifndef GGI_PROFILE_H
#define GGI_PROFILE_H

#include <stdint.h>

#include "ggi_reason.h"
#include "ggi_source.h"
#include "ggi_str.h"

#define GGI_PROFILE_TEXT_MAX  (256 * 1024)              /* bytes of its JSON in Redis */
#define GGI_PROFILE_SIZE_MAX  (4 * 1024 * 1024)         /* bytes, compiled */


/* A string, and a list of strings, by their offset from the start of the block. */
typedef struct {
    uint32_t  offset;
    uint32_t  len;                      /* bytes, or elements */
} ggi_ref_t;


typedef struct {
    ggi_ref_t  naam;
    ggi_ref_t  methoden;
    ggi_ref_t  paden;
    ggi_ref_t  doelbindingen;
    ggi_ref_t  namens;
} ggi_profile_dienst_t;


typedef struct {
    uint32_t   size;                    /* of the whole block, in bytes */
    int64_t    versie;
    int64_t    geldig_van;              /* seconds since the epoch, the first valid one */
    int64_t    geldig_tot;              /* the first that is not valid any more */
    ggi_ref_t  oin;
    ggi_ref_t  naam;
    ggi_ref_t  glo;
    ggi_ref_t  versie_text;             /* decimal */
    ggi_ref_t  diensten;                /* of ggi_profile_dienst_t */
} ggi_profile_t;


typedef struct {
    int64_t    now;                     /* seconds since the epoch */
    ggi_str_t  oin;                     /* of the caller */
    ggi_str_t  dienst;
    ggi_str_t  method;
    ggi_str_t  path;                    /* normalised */
    ggi_str_t  on_behalf_of;            /* OIN; len 0: for itself */
} ggi_profile_query_t;


/*
 * Compiles a profile: root is its JSON, where its JSON path in messages. oin,
 * unless NULL, is the one that it has to be of. Returns memory that the caller
 * frees with free(), or NULL with the fault.
 */
ggi_profile_t *ggi_profile_compile(json_t *root, const char *where,
    const ggi_str_t *oin, ggi_fault_t *fault);

/*
 * Parses and compiles the JSON of a profile as Redis holds it, of at most
 * GGI_PROFILE_TEXT_MAX bytes. It may be called in a thread. oin is the one that
 * it is stored under. Returns memory that the caller frees with free(), or NULL
 * with the fault.
 */
ggi_profile_t *ggi_profile_parse(const char *text, size_t len,
    const ggi_str_t *oin, ggi_fault_t *fault);

/*
 * Judges a call. Returns GGI_REASON_NONE or the first of profile_expired,
 * dienst_, method_, path_ and on_behalf_of_not_authorised that applies. *dienst
 * is the profile's part for the dienst, or NULL when it has none.
 */
ggi_reason_e ggi_profile_judge(const ggi_profile_t *profile,
    const ggi_profile_query_t *query, const ggi_profile_dienst_t **dienst);

/* The profile's part for a dienst, or NULL when it has none. */
const ggi_profile_dienst_t *ggi_profile_find_dienst(const ggi_profile_t *profile,
    ggi_str_t naam);

/* A string of the profile, valid as long as it is; element i of a list of it. */
ggi_str_t ggi_profile_text(const ggi_profile_t *profile, ggi_ref_t ref);
ggi_str_t ggi_profile_item(const ggi_profile_t *profile, ggi_ref_t list,
    size_t i);


#endif
