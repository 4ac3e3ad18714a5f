/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The functions of an application of a consumer (dienstenafnemer), and what each of them
 * may use of which dienst. They are a document (ggi_agreement.h), compiled from JSON once
 * (ggi_functie_compile.h), and found by the name of the application.
 */

#ifndef GGI_FUNCTIE_H
#define GGI_FUNCTIE_H

#include "ggi_agreement.h"


/* A function. */
typedef struct {
    ggi_ref_t  naam;
    ggi_ref_t  diensten;                /* list of ggi_agreement_t */
} ggi_functie_t;


/* The start of a compiled document; its key is the name of the application. */
typedef struct {
    ggi_document_t  document;
    ggi_ref_t       functies;           /* list of ggi_functie_t */
} ggi_functies_t;


/* Who calls, for what, and the functions that it is judged by. */
typedef struct {
    const ggi_functies_t  *functies;    /* of the application; NULL: there are none */
    ggi_str_t              gebruiker;   /* "": the call does not name one user */
    ggi_str_t              functie;     /* "": the call does not name one function */
} ggi_functie_caller_t;


/*
 * Returns 1 when a text can be the name of an application or a function, as
 * ggi_plain_name_valid() says; 0 otherwise.
 */
int ggi_functie_name_valid(ggi_str_t name);

/*
 * Returns the function at index i of an application, which lives as long as functies, or
 * NULL when it has no more than i.
 */
static inline const ggi_functie_t *
ggi_functie_at(const ggi_functies_t *functies, size_t i)
{
    const void  *list;

    list = (const char *) functies + functies->functies.offset;

    return i < functies->functies.len ? (const ggi_functie_t *) list + i : NULL;
}

/*
 * Judges a call by the functions of its application. Returns GGI_REASON_NONE
 * when the call is allowed, or else the first of these reasons that applies:
 * application_unknown, application_expired, user_missing, function_missing,
 * function_unknown, and those of ggi_agreement_judge(). Sets *dienst to
 * what is agreed about the dienst for that function, which lives as long as the
 * functions, or to NULL when nothing is. It takes no memory.
 */
ggi_reason_e ggi_functie_judge(const ggi_functie_caller_t *caller,
    const ggi_agreement_query_t *query, const ggi_agreement_t **dienst);

/*
 * Returns the function of a name, which lives as long as functies, or NULL when the
 * application does not have it.
 */
const ggi_functie_t *ggi_functie_find(const ggi_functies_t *functies,
    ggi_str_t naam);


#endif
