/* SPDX-License-Identifier: EUPL-1.2 */

/* Compiles the functions of applications: their JSON is checked once (ggi_functie.h). */

#ifndef GGI_FUNCTIE_COMPILE_H
#define GGI_FUNCTIE_COMPILE_H

#include "ggi_documents.h"
#include "ggi_functie.h"


/* What tells the functions of applications from other documents. */
extern const ggi_document_kind_t  ggi_functies_kind;

/* How the functions of an application are compiled: the document is a ggi_functies_t. */
extern const ggi_document_shape_t  ggi_functies_shape;

/*
 * Parses len bytes of JSON as Redis holds them, at most GGI_DOCUMENT_TEXT_MAX, and
 * compiles the functions of an application. toepassing is the name that they are stored
 * under and have to have, or NULL when any is accepted. Returns memory that the caller
 * frees with free(); NULL, with the fault, when the JSON is not that of functions, the
 * compiled ones would exceed GGI_BLOCK_MAX bytes, or there is no memory.
 */
ggi_functies_t *ggi_functies_parse(const char *text, size_t len,
    const ggi_str_t *toepassing, ggi_fault_t *fault);

/*
 * Reads and compiles a file with the functions of applications, in one of the shapes
 * that ggi_documents_walk() takes. Returns 1, and the caller frees them with
 * ggi_documents_free(); or 0 with the fault, and there is nothing to free.
 */
int ggi_functies_read(ggi_documents_t *applications, const char *file,
    ggi_fault_t *fault);

/*
 * Tells what functions of any application say about a dienst: returns GGI_HAS_NOT when none has
 * it, GGI_HAS when one has it, and GGI_HAS_VELDEN when one limits the fields of it
 * (ggi_velden.h). It goes through all functions: call it at start only, not for each call.
 */
int ggi_functies_have(const ggi_documents_t *applications, ggi_str_t dienst);


#endif
