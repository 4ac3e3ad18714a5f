/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Compiles what is agreed about diensten: the JSON of a document is checked once, and
 * becomes one block of memory that calls are judged by (ggi_agreement.h).
 */

#ifndef GGI_AGREEMENT_COMPILE_H
#define GGI_AGREEMENT_COMPILE_H

#include "ggi_block.h"

#define GGI_DOCUMENT_TEXT_MAX  (256 * 1024)     /* bytes of a document's JSON in Redis */


/*
 * Adds to a block what the member "diensten" of object says, and sets *diensten to the
 * list of ggi_agreement_t. where is the JSON path of object, for faults. Returns 1, or 0
 * with the fault.
 */
int ggi_agreement_compile(ggi_block_t *block, ggi_ref_t *diensten, json_t *object,
    const char *where, ggi_fault_t *fault);

/*
 * Reads what every document says of itself: the member "versie" of root, which is
 * required, and "geldig_van" and "geldig_tot". where is the JSON path of root, for
 * faults. Adds the version to the block, and sets these members of *document. Returns 1,
 * or 0 with the fault.
 */
int ggi_document_compile(ggi_block_t *block, ggi_document_t *document, json_t *root,
    const char *where, ggi_fault_t *fault);

/*
 * Ends the compiling of a document: writes its start, of len bytes, which begins with a
 * ggi_document_t, to the start of the block, where the caller added len bytes first.
 * faults is the number of faults before the document, and where its JSON path. Returns
 * the document, which the caller frees with free(); or NULL, with the fault, when the
 * block failed or there have been faults since, and the block is then freed.
 */
ggi_document_t *ggi_document_finish(ggi_block_t *block, ggi_document_t *start,
    size_t len, const char *where, size_t faults, ggi_fault_t *fault);

/*
 * Parses len bytes of JSON as Redis holds them, at most GGI_DOCUMENT_TEXT_MAX. Returns a
 * new reference, which the caller releases with json_decref(), or NULL with the fault.
 */
json_t *ggi_document_parse(const char *text, size_t len, ggi_fault_t *fault);


#endif
