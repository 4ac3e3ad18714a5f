/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The kinds of documents that ggictl checks and keeps in Redis: autorisatieprofielen, and
 * the functions of applications. Commands for documents are the same code for each kind.
 */

#ifndef GGICTL_KIND_H
#define GGICTL_KIND_H

#include "ggi_documents.h"
#include "ggi_kind.h"
#include "ggictl_args.h"
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
};

extern const ggictl_kind_t  ggictl_kind_profiel;
extern const ggictl_kind_t  ggictl_kind_functie;


#endif
