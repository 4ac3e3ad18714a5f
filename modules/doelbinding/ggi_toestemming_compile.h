/* SPDX-License-Identifier: EUPL-1.2 */

/* Compiles consents: their JSON is checked once (ggi_toestemming.h). */

#ifndef GGI_TOESTEMMING_COMPILE_H
#define GGI_TOESTEMMING_COMPILE_H

#include "ggi_documents.h"
#include "ggi_toestemming.h"

#define GGI_TOESTEMMING_DIENSTEN_MAX  64        /* diensten of a consent */


/* What tells consents from other documents. */
extern const ggi_document_kind_t  ggi_toestemmingen_kind;

/* How a consent is compiled: the document is a ggi_toestemming_t. */
extern const ggi_document_shape_t  ggi_toestemming_shape;

/*
 * Parses len bytes of JSON as Redis holds them, at most GGI_DOCUMENT_TEXT_MAX, and compiles the
 * consent. id is the id that it is stored under and has to have, or NULL when any is accepted.
 * Returns memory that the caller frees with free(); NULL, with the fault, when the JSON is no
 * consent, or there is no memory.
 */
ggi_toestemming_t *ggi_toestemming_parse(const char *text, size_t len, const ggi_str_t *id,
    ggi_fault_t *fault);

/*
 * Reads and compiles a file of consents, in one of the shapes that ggi_documents_walk() takes.
 * Returns 1, and the caller frees them with ggi_documents_free(); or 0 with the fault, and there
 * is nothing to free.
 */
int ggi_toestemmingen_read(ggi_documents_t *toestemmingen, const char *file,
    ggi_fault_t *fault);


#endif
