/* SPDX-License-Identifier: EUPL-1.2 */

/* A file of profiles, which are found by the OIN of their organisation. */

#ifndef GGI_PROFILES_H
#define GGI_PROFILES_H

#include "ggi_profile.h"


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
