/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The revocation lists that a process judges by: an index of lists that stand elsewhere,
 * such as in memory that all processes share, with what this process has found out
 * about their signatures.
 */

#ifndef GGI_CRL_VIEW_H
#define GGI_CRL_VIEW_H

#include <openssl/sha.h>

#include "ggi_crl_list.h"

#define GGI_CRL_KEYS   4                /* keys per list whose result is remembered */


/* A key with which the signature of a list was checked. */
typedef struct {
    uint8_t  id[SHA256_DIGEST_LENGTH];  /* as X509_pubkey_digest() gives it */
    int      good;                      /* 1: the signature is of this key */
} ggi_crl_key_t;


typedef struct {
    const ggi_crl_list_t  *list;        /* not of the view */
    const char            *file;        /* its name, for messages; not of the view */
    X509_NAME             *issuer;
    ISSUING_DIST_POINT    *part;        /* which part of a divided list; NULL: undivided */
    ggi_crl_key_t          keys[GGI_CRL_KEYS];
    unsigned               nkeys;       /* number of keys checked; the last ones are kept */
} ggi_crl_t;


/*
 * How new the lists of one key and scope were that have been in force and are gone. An
 * older one does not come into force again.
 */
typedef struct {
    uint8_t           id[SHA256_DIGEST_LENGTH]; /* of the key and the scope */
    ggi_crl_number_t  number;
    int64_t           this_update;
    int64_t           next_update;
} ggi_crl_mark_t;


typedef struct {
    ggi_crl_t             *crls;        /* sorted by issuer and scope, then the newest first */
    size_t                 n;
    size_t                 allocated;
    const ggi_crl_mark_t  *marks;       /* not of the view */
    size_t                 nmarks;
    int                    level;       /* security level by which a CA stands with its lists */
} ggi_crls_t;


/*
 * Adds a list to a view, which is zeroed before the first. list and file have to stay
 * where they are as long as the view is used. Returns 1, or 0 without memory.
 */
int ggi_crls_add(ggi_crls_t *crls, const ggi_crl_list_t *list,
    const char *file);

/*
 * Sorts the lists of a view by issuer and scope, the newest first. Call it when the last list
 * has been added, before the view is used.
 */
void ggi_crls_sort(ggi_crls_t *crls);

/* Frees what ggi_crls_add() allocated, and leaves the view empty. */
void ggi_crls_free(ggi_crls_t *crls);

/* Returns the index of the first list of an issuer, or crls->n when there is none. */
size_t ggi_crls_find(const ggi_crls_t *crls, const X509_NAME *issuer);

/*
 * Returns 1 when the list at index i is of that issuer, 0 when it is not or i is crls->n or
 * more. The lists of an issuer follow each other from ggi_crls_find() on, those of each
 * scope together and the newest first.
 */
int ggi_crls_of(const ggi_crls_t *crls, size_t i, const X509_NAME *issuer);

/*
 * Returns 1 when the list at index i has the same issuer and the same scope as the list at
 * index i - 1, so that it is not the newest of these; 0 otherwise, also for the first list.
 */
int ggi_crls_like_previous(const ggi_crls_t *crls, size_t i);

/*
 * Returns 1 when the signature of a list is of the key of signer, a certificate that may
 * sign lists (key usage cRLSign, RFC 5280, section 4.2.1.3), and 0 otherwise. The result
 * is remembered, unless there was no memory to find it out.
 */
int ggi_crl_signed_by(ggi_crl_t *crl, X509 *signer);

/*
 * Computes the id of a mark, by which it is found again: the SHA-256 of the key of signer, a
 * certificate, and of the scope of list. Returns 1, or 0 when OpenSSL cannot hash.
 */
int ggi_crl_mark_id(uint8_t id[SHA256_DIGEST_LENGTH], X509 *signer,
    const ggi_crl_list_t *list);

/*
 * Looks for a mark of lists of the same signer and scope that were in force and are newer than
 * list. Returns it, so that list must not come into force, or NULL when there is none. Returns
 * some mark when OpenSSL cannot tell.
 */
const ggi_crl_mark_t *ggi_crls_outdated(const ggi_crls_t *crls,
    const ggi_crl_list_t *list, X509 *signer);


#endif
