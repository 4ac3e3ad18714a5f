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

/*
 * 1 when a path matches a pattern, byte for byte but for whole segments: "*" is
 * one segment that is not empty, "**" as the last is whatever is left behind
 * the slash before it.
 */
int ggi_path_match(ggi_str_t pattern, ggi_str_t path);

/*
 * 1 when every reader of the path sees the same segments in it. Not so with a
 * backslash, a control character, an empty segment other than the last, a
 * segment "." or "..", nor those two before a ";", where some servers drop the
 * parameter and go up.
 */
int ggi_path_plain(ggi_str_t path);


/* Profiles by OIN. */
typedef struct {
    uint32_t  hash;                     /* of the OIN */
    uint32_t  number;                   /* of the profile, from 1; 0: free */
} ggi_profiles_slot_t;

typedef struct {
    ggi_profile_t       **profiles;     /* in the order of their OINs */
    size_t                n;
    ggi_profiles_slot_t  *slots;        /* less than half of them are taken */
    size_t                mask;         /* their number, a power of two, less 1 */
} ggi_profiles_t;

/*
 * Calls visit for each profile of a file's JSON: an array of them, one, or an
 * object with them under their OINs (given as oin) or in an array "profielen".
 * Returns 1; or 0 when the JSON is none of these, or visit returned 0.
 */
int ggi_profiles_walk(json_t *root,
    int (*visit)(void *data, json_t *profile, const char *where,
                 const ggi_str_t *oin, ggi_fault_t *fault),
    void *data, ggi_fault_t *fault);

/*
 * Reads a file of profiles, in one of those shapes. Returns 1, and
 * ggi_profiles_free() frees; or 0 with the fault.
 */
int ggi_profiles_read(ggi_profiles_t *profiles, const char *file,
    ggi_fault_t *fault);
void ggi_profiles_free(ggi_profiles_t *profiles);

/* 1 when any of the profiles has a dienst of this name. Looks through all of them: for the start alone. */
int ggi_profiles_have(const ggi_profiles_t *profiles, ggi_str_t dienst);

/* The profile of an OIN, or NULL. */
const ggi_profile_t *ggi_profiles_find(const ggi_profiles_t *profiles,
    ggi_str_t oin);


#endif
