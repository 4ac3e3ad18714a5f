/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The kinds of documents that ggictl checks and keeps in Redis: autorisatieprofielen, the
 * functions of applications, and consents. Commands for documents, and those that explain how calls
 * are judged by them, are the same code for each kind.
 */

#ifndef GGICTL_KIND_H
#define GGICTL_KIND_H

#include "ggi_documents.h"
#include "ggi_kind.h"
#include "ggictl_args.h"
#include "ggi_reason.h"
#include "ggi_register.h"


/* A kind. */
struct ggictl_kind_s {
    const char                 *command;        /* first word of its commands: "profiel" */
    const char                 *recorded;       /* what a record of a change calls it */
    const char                 *one;            /* what is counted: "profile"; plural + "s" */
    const char                 *absent;         /* told when there is nothing to withdraw */
    int                         by_oin;         /* 1: the key of a document is an OIN */
    const ggi_kind_t           *stored;         /* how it is stored in Redis */
    const ggi_document_kind_t  *documents;      /* what a file of them is */

    /* Warns of probable mistakes, as ggi_advice_profile() does. */
    void                      (*advise)(json_t *document, const char *where, int64_t now,
                                        const ggi_register_t *reg, ggi_fault_t *fault);

    ggictl_option_e             caller;         /* the option with the key of a caller's document */
    ggictl_option_e             file;           /* the option that names a file of documents */
    ggi_reason_e                none;           /* why a caller without a document is refused */
    ggi_reason_e                unavailable;    /* and one whose document has a fault */
    const char                 *title;          /* member of results with the title of a document */

    /* Returns the title of a document, which lives as long as that. */
    ggi_str_t                 (*titled)(const ggi_document_t *document);

    /*
     * Judges a call by the document of its caller, as the gate does, with what the options
     * say besides the query. Sets *dienst to what is agreed about the dienst, or to NULL.
     */
    ggi_reason_e              (*judge)(const ggictl_args_t *args, const ggi_document_t *document,
                                       const ggi_agreement_query_t *query,
                                       const ggi_agreement_t **dienst);

    const char *const          *columns;        /* members that "list" shows, a NULL at the end */
};

extern const ggictl_kind_t  ggictl_kind_profiel;
extern const ggictl_kind_t  ggictl_kind_functie;
extern const ggictl_kind_t  ggictl_kind_toestemming;


/* Returns 1 when --oin was not given, or is an OIN; 0 after a message otherwise. */
int ggictl_kind_oin_good(const ggictl_args_t *args);


#endif
