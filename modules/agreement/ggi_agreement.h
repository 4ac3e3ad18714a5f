/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What is agreed about the use of diensten: which methods, paths and doelbindingen, and
 * on behalf of whom. The autorisatieprofiel of an organisation agrees on that with its
 * provider, and a function with the organisation that it is part of. Both are compiled
 * from JSON once (ggi_agreement_compile.h) into a document: one block of memory without
 * pointers, which can lie in shared memory. Calls are judged by that block.
 */

#ifndef GGI_AGREEMENT_H
#define GGI_AGREEMENT_H

#include <stdint.h>

#include "ggi_reason.h"
#include "ggi_str.h"


/* A string or a list within a document. */
typedef struct {
    uint32_t  offset;                   /* bytes from the start of the document */
    uint32_t  len;                      /* bytes of a string, or elements of a list */
} ggi_ref_t;


/* The start of every document; its strings and lists follow in the block. */
typedef struct {
    uint32_t   size;                    /* bytes of the whole block */
    ggi_ref_t  key;                     /* by which it is found, such as an OIN */
    ggi_ref_t  versie_text;             /* its version in decimal digits */
    int64_t    versie;
    int64_t    geldig_van;              /* seconds since the epoch: it is valid from here */
    int64_t    geldig_tot;              /* seconds since the epoch: it is valid before */
} ggi_document_t;


/* What is agreed about one dienst. */
typedef struct {
    ggi_ref_t  naam;                    /* of the dienst; the others are lists of strings */
    ggi_ref_t  methoden;
    ggi_ref_t  paden;
    ggi_ref_t  doelbindingen;
    ggi_ref_t  namens;
    ggi_ref_t  velden;                  /* for ggi_velden_allow() */
} ggi_agreement_t;


/* The call that is judged. */
typedef struct {
    int64_t    now;                     /* seconds since the epoch */
    ggi_str_t  oin;                     /* of the organisation that calls */
    ggi_str_t  dienst;
    ggi_str_t  method;
    ggi_str_t  path;                    /* decoded and normalised, without arguments */
    int        path_ordinary;           /* 1: ggi_uri_ordinary() has said so; 0: not known */
    ggi_str_t  on_behalf_of;            /* OIN that it calls for; len 0: it calls for itself */
} ggi_agreement_query_t;


/* Returns a string of a document, which is valid as long as the document is. */
static inline ggi_str_t
ggi_document_text(const ggi_document_t *document, ggi_ref_t ref)
{
    ggi_str_t  text;

    text.data = (const char *) document + ref.offset;
    text.len = ref.len;

    return text;
}


/* Returns 1 when a document is valid at a time, seconds since the epoch, 0 otherwise. */
static inline int
ggi_document_valid(const ggi_document_t *document, int64_t now)
{
    return now >= document->geldig_van && now < document->geldig_tot;
}


/*
 * Returns the string at index i, which has to be less than list.len, of a list of
 * strings of a document. It is valid as long as the document is. The strings of a
 * list stand in the document one behind the other, in the order of the list.
 */
ggi_str_t ggi_document_item(const ggi_document_t *document, ggi_ref_t list,
    size_t i);


/*
 * Returns what is agreed about a dienst in diensten, a list of ggi_agreement_t of a
 * document, which lives as long as the document; or NULL when it does not have the
 * dienst.
 */
const ggi_agreement_t *ggi_agreement_find(const ggi_document_t *document,
    ggi_ref_t diensten, ggi_str_t naam);

/*
 * Returns what a document has about a dienst in diensten, a list of ggi_agreement_t:
 * GGI_HAS_NOT, GGI_HAS, or GGI_HAS_VELDEN when its velden do not allow all fields.
 */
int ggi_agreement_has(const ggi_document_t *document, ggi_ref_t diensten,
    ggi_str_t naam);

/*
 * Judges a call by what is agreed about its dienst; agreement is what
 * ggi_agreement_find() returned. Returns GGI_REASON_NONE when the call is allowed, or
 * else the first of these reasons that applies: dienst_, method_, path_ and
 * on_behalf_of_not_authorised. It takes no memory.
 */
ggi_reason_e ggi_agreement_judge(const ggi_document_t *document,
    const ggi_agreement_t *agreement, const ggi_agreement_query_t *query);


#endif
