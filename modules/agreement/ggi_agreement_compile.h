/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Compiles what is agreed about diensten: the JSON of a document is checked once, and
 * becomes one block of memory that calls are judged by (ggi_agreement.h).
 */

#ifndef GGI_AGREEMENT_COMPILE_H
#define GGI_AGREEMENT_COMPILE_H

#include "ggi_block.h"

#define GGI_DOCUMENT_TEXT_MAX   (256 * 1024)    /* bytes of a document's JSON in Redis */
#define GGI_DOCUMENT_START_MAX  256             /* bytes of the start of a document */


/*
 * Compiles the member "diensten" of object, a document in JSON, adds the result to a block, and
 * sets *diensten to the list of the ggi_agreement_t. where is the JSON path of object, for
 * faults. Returns 1, or 0 with the fault.
 */
int ggi_agreement_compile(ggi_block_t *block, ggi_ref_t *diensten, json_t *object,
    const char *where, ggi_fault_t *fault);

/*
 * Compiles an object, value, with its name to offset in a block. parent is the JSON path of
 * the object round the member that holds it, for faults. Returns 1, or 0 with the fault.
 */
typedef int (*ggi_member_pt)(ggi_block_t *block, uint32_t offset, const char *naam,
    json_t *value, const char *parent, ggi_fault_t *fault);

/* Objects by their names, which a member of a document holds, such as "diensten". */
typedef struct {
    const char     *member;
    size_t          size;               /* bytes that each of them is compiled to */
    ggi_member_pt   one;                /* compiles one of them */
} ggi_members_t;

/*
 * Compiles all objects that one member of object, a document in JSON, holds by their names;
 * members says which member that is and how each of them is compiled. Adds the results to a
 * block, and sets *list to the list of them. where is the JSON path of object, for faults.
 * Returns 1, or 0 with the fault, also when there is no such member.
 */
int ggi_document_members(ggi_block_t *block, ggi_ref_t *list, const ggi_members_t *members,
    json_t *object, const char *where, ggi_fault_t *fault);


/* Compiles a part of a document, whose start begins with zeros. Returns 1, or 0 with the fault. */
typedef int (*ggi_document_part_pt)(ggi_block_t *block, ggi_document_t *start,
    json_t *root, const char *where, ggi_fault_t *fault);

/* How documents of a kind are compiled. */
typedef struct {
    size_t                 size;        /* of the start, at most GGI_DOCUMENT_START_MAX bytes */
    const char            *key;         /* member with the key of a document: "oin" */
    int                  (*key_valid)(ggi_str_t key);
    const char            *key_expected;        /* what a key is, for messages: "an OIN of ..." */
    ggi_document_part_pt   top;         /* the kind's own members, and which are unknown */
    ggi_document_part_pt   body;        /* what the document is about */
} ggi_document_shape_t;

/*
 * Compiles a document from its parsed JSON, root, which stays the caller's. where is the
 * JSON path of root, for messages. stored is the key that the document is stored under
 * and has to have, or NULL when any is accepted. Every document has the member "versie",
 * and may have "geldig_van" and "geldig_tot". Returns memory that the caller frees with
 * free(); NULL, with the fault, when the JSON is no such document, the compiled one would
 * exceed GGI_BLOCK_MAX bytes, or there is no memory.
 */
ggi_document_t *ggi_document_compile(const ggi_document_shape_t *shape,
    json_t *root, const char *where, const ggi_str_t *stored, ggi_fault_t *fault);

/*
 * Parses len bytes of JSON as Redis holds them, at most GGI_DOCUMENT_TEXT_MAX, and
 * compiles the document as ggi_document_compile() does. It uses no shared state, so that a
 * thread may call it. Returns memory that the caller frees with free(); or NULL, with the
 * fault, when the text is too long, is no JSON or no such document, or without memory.
 */
ggi_document_t *ggi_document_parse(const ggi_document_shape_t *shape,
    const char *text, size_t len, const ggi_str_t *stored, ggi_fault_t *fault);


#endif
