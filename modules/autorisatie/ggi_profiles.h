/* SPDX-License-Identifier: EUPL-1.2 */

/* A file with the profiles of many organisations, found by OIN. */

#ifndef GGI_PROFILES_H
#define GGI_PROFILES_H

#include "ggi_profile.h"
#include "ggi_source.h"


/* A place in the hash table of the profiles. */
typedef struct {
    uint32_t  hash;                     /* of the OIN */
    uint32_t  number;                   /* of the profile, from 1; 0: this place is free */
} ggi_profiles_slot_t;

/* The compiled profiles of a file. */
typedef struct {
    ggi_profile_t       **profiles;     /* in the order of the file */
    size_t                n;            /* how many profiles there are */
    ggi_profiles_slot_t  *slots;        /* a hash table, of which less than half is taken */
    size_t                mask;         /* the number of slots, a power of two, less 1 */
} ggi_profiles_t;

/*
 * Calls visit for each profile in the JSON of a file. The JSON may be one
 * profile, an array of profiles, an object with an array of them as "profielen",
 * or an object whose keys are OINs and whose values are their profiles. visit
 * gets the JSON path of the profile as where, and as oin the key that it stands
 * under, or NULL when it stands under none. Returns 1; or 0 when visit returned
 * 0, or, with the fault, when the JSON is none of these.
 */
int ggi_profiles_walk(json_t *root,
    int (*visit)(void *data, json_t *profile, const char *where,
                 const ggi_str_t *oin, ggi_fault_t *fault),
    void *data, ggi_fault_t *fault);

/*
 * Reads and compiles a file of profiles, in one of the shapes that
 * ggi_profiles_walk() takes. Returns 1, and the caller frees the profiles with
 * ggi_profiles_free(); or 0 with the fault, and there is nothing to free.
 */
int ggi_profiles_read(ggi_profiles_t *profiles, const char *file,
    ggi_fault_t *fault);

/* Frees what ggi_profiles_read() made. */
void ggi_profiles_free(ggi_profiles_t *profiles);

/*
 * Returns 1 when any of the profiles has a dienst of this name, 0 otherwise. It
 * goes through all profiles: call it at start only, not for each call.
 */
int ggi_profiles_have(const ggi_profiles_t *profiles, ggi_str_t dienst);

/*
 * Returns the profile of an OIN, which lives as long as the profiles do, or NULL
 * when there is none.
 */
const ggi_profile_t *ggi_profiles_find(const ggi_profiles_t *profiles,
    ggi_str_t oin);


#endif
