/* SPDX-License-Identifier: EUPL-1.2 */

/* A file with many documents of a kind, such as profiles, found by their keys. */

#ifndef GGI_DOCUMENTS_H
#define GGI_DOCUMENTS_H

#include "ggi_agreement_compile.h"


/* A kind of document. */
typedef struct {
    const char  *plural;                /* of its name, for messages: "profiles" */
    const char  *list;                  /* member of a file that holds an array of them */
    const char  *key_title;             /* the name of that key, for messages: "OIN" */
    const char  *body;                  /* member that every document has */
    const ggi_document_shape_t  *shape; /* how one is compiled */
} ggi_document_kind_t;


/* A place in the hash table of the documents. */
typedef struct {
    uint32_t  hash;                     /* of the key */
    uint32_t  number;                   /* of the document, from 1; 0: this place is free */
} ggi_documents_slot_t;

/* The compiled documents of a file. */
typedef struct {
    ggi_document_t        **documents;  /* in the order of the file */
    size_t                  n;          /* how many documents there are */
    ggi_documents_slot_t   *slots;      /* a hash table, of which less than half is taken */
    size_t                  mask;       /* the number of slots, a power of two, less 1 */
} ggi_documents_t;

/*
 * Calls visit for each document in the JSON of a file. The JSON may be one document, an
 * array of documents, an object with an array of them as kind->list, or an object whose
 * keys are those of the documents and whose values are the documents. visit gets the
 * JSON path of the document as where, and the key that it stands under, or NULL when it
 * stands under none. Returns 1; or 0 when visit returned 0, or, with the fault, when the
 * JSON is none of these.
 */
int ggi_documents_walk(const ggi_document_kind_t *kind, json_t *root,
    int (*visit)(void *data, json_t *document, const char *where,
                 const ggi_str_t *key, ggi_fault_t *fault),
    void *data, ggi_fault_t *fault);

/*
 * Reads and compiles a file of documents, in one of the shapes that
 * ggi_documents_walk() takes. Returns 1, and the caller frees the documents with
 * ggi_documents_free(); or 0 with the fault, and there is nothing to free.
 */
int ggi_documents_read(const ggi_document_kind_t *kind, ggi_documents_t *documents,
    const char *file, ggi_fault_t *fault);

/* Frees what ggi_documents_read() made. */
void ggi_documents_free(ggi_documents_t *documents);

/*
 * Returns the document of a key, which lives as long as the documents do, or NULL when
 * there is none.
 */
const ggi_document_t *ggi_documents_find(const ggi_documents_t *documents,
    ggi_str_t key);


#endif
