/* SPDX-License-Identifier: EUPL-1.2 */

/* A file with the profiles of many organisations, found by OIN. */

#ifndef GGI_PROFILES_H
#define GGI_PROFILES_H

#include "ggi_documents.h"
#include "ggi_profile.h"


/* What tells profiles from other documents. */
extern const ggi_document_kind_t  ggi_profiles_kind;

/*
 * Reads and compiles a file of profiles, in one of the shapes that
 * ggi_documents_walk() takes. Returns 1, and the caller frees the profiles with
 * ggi_documents_free(); or 0 with the fault, and there is nothing to free.
 */
int ggi_profiles_read(ggi_documents_t *profiles, const char *file,
    ggi_fault_t *fault);

/*
 * Tells what profiles say about a dienst: returns GGI_HAS_NOT when none has it, GGI_HAS when
 * one has it, and GGI_HAS_VELDEN when one limits the fields of it (ggi_velden.h). It goes
 * through all profiles: call it at start only, not for each call.
 */
int ggi_profiles_have(const ggi_documents_t *profiles, ggi_str_t dienst);

/*
 * Returns the profile of an OIN, which lives as long as the profiles do, or NULL
 * when there is none.
 */
const ggi_profile_t *ggi_profiles_find(const ggi_documents_t *profiles,
    ggi_str_t oin);


#endif
