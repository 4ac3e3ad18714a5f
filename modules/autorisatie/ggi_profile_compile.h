/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Compiles the autorisatieprofiel of an organisation: its JSON is checked once,
 * and becomes one block of memory that calls are judged by (ggi_profile.h).
 */

#ifndef GGI_PROFILE_COMPILE_H
#define GGI_PROFILE_COMPILE_H

#include "ggi_agreement_compile.h"
#include "ggi_profile.h"


/* How a profile is compiled: the document is a ggi_profile_t. */
extern const ggi_document_shape_t  ggi_profile_shape;

/*
 * Compiles a profile from its parsed JSON, root, which stays the caller's. where
 * is the JSON path of root, for messages. oin is the OIN that the profile is
 * stored under and has to have, or NULL when any is accepted. Returns memory
 * that the caller frees with free(); NULL, with the fault, when the JSON is no
 * profile, the compiled one would exceed GGI_BLOCK_MAX bytes, or there is
 * no memory.
 */
ggi_profile_t *ggi_profile_compile(json_t *root, const char *where,
    const ggi_str_t *oin, ggi_fault_t *fault);

/*
 * Parses len bytes of JSON as Redis holds them, at most GGI_DOCUMENT_TEXT_MAX,
 * and compiles the profile. oin is the OIN that it is stored under, as for
 * ggi_profile_compile(). Returns memory that the caller frees with free(), or NULL with
 * the fault.
 */
ggi_profile_t *ggi_profile_parse(const char *text, size_t len,
    const ggi_str_t *oin, ggi_fault_t *fault);


#endif
