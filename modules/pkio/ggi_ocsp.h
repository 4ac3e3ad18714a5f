/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Asks an OCSP responder (RFC 6960) whether a certificate has been revoked: makes the
 * request and judges the answer. How they are sent is not known here. Free of nginx.
 */

#ifndef GGI_OCSP_H
#define GGI_OCSP_H

#include <stdint.h>

#include <openssl/ocsp.h>
#include <openssl/x509.h>

#include "ggi_str.h"

#define GGI_OCSP_WHY_MAX    128         /* bytes of a text about a faulty answer, and the NUL */
#define GGI_OCSP_CLOCKS     300         /* s that a responder's clock may be ahead */
#define GGI_OCSP_AGE_MAX    3600        /* s of an answer that does not say until when it holds */


typedef enum {
    GGI_OCSP_GOOD,
    GGI_OCSP_REVOKED,
    GGI_OCSP_UNKNOWN                    /* the responder does not know the certificate */
} ggi_ocsp_status_e;


/*
 * Tells whether a certificate of a responder counts: chain is verified, with that
 * certificate first and the root last, and is lent for the call. Returns NULL, or what is
 * wrong, in words that complete "the responder ...".
 */
typedef const char *(*ggi_ocsp_delegate_pt)(void *data, STACK_OF(X509) *chain);


/* What a responder is asked: whether one certificate of a verified chain has been revoked. */
typedef struct {
    X509            *cert;
    X509            *issuer;
    STACK_OF(X509)  *chain;             /* both are of it, leaf first and root last */
    X509_STORE      *store;             /* the trust that the chain was verified by */
    int              level;             /* OpenSSL's security level of that trust */
    OCSP_REQUEST    *request;

    ggi_ocsp_delegate_pt  delegate;     /* NULL: whoever has a certificate of the issuer counts */
    void                 *data;         /* its argument */
} ggi_ocsp_question_t;


/* What it answered. Times are in seconds since the epoch. */
typedef struct {
    ggi_ocsp_status_e  status;
    int64_t            this_update;     /* when that was so */
    int64_t            next_update;     /* until when it holds; INT64_MAX: it does not say */
} ggi_ocsp_answer_t;


/*
 * Makes the question about the certificate at a place in a chain, which was verified by
 * the trust of store: 0 is the leaf, and the root cannot be asked about. level is
 * OpenSSL's security level, by which the certificate of a delegated responder and the
 * signature of the answer are judged. The question keeps what it needs of chain and
 * store, and has a nonce. Its delegate is NULL; the caller may set it afterwards. Returns
 * 1, or 0 without memory; the caller calls ggi_ocsp_question_free() in either case.
 */
int ggi_ocsp_question_create(ggi_ocsp_question_t *question, STACK_OF(X509) *chain, int place,
    X509_STORE *store, int level);

/* Frees what a question holds. Does nothing for one that was freed or is all zeros. */
void ggi_ocsp_question_free(ggi_ocsp_question_t *question);

/*
 * Writes the DER of the request to *der, which the caller frees by OPENSSL_free().
 * Returns its length in bytes, or 0 without memory.
 */
size_t ggi_ocsp_question_write(const ggi_ocsp_question_t *question, unsigned char **der);

/*
 * Judges the body of a response at the time now, in seconds since the epoch. It counts when
 * its signature is that of the certificate's issuer, or of a responder whom this issuer has
 * made a certificate for OCSP, and is as strong as the security level asks; when it is about
 * this certificate; when it repeats the nonce, if it has one at all; and when it holds now.
 * Returns 1 and sets *answer; or 0 and writes to why what is wrong with it, in words that
 * complete "the responder ...".
 */
int ggi_ocsp_read(ggi_ocsp_answer_t *answer, const ggi_ocsp_question_t *question,
    ggi_str_t body, int64_t now, char why[GGI_OCSP_WHY_MAX]);

/*
 * Writes the first URL of an OCSP responder that a certificate names to url, which has
 * size bytes, with a NUL. Returns its length in bytes; or 0 when it names none, or one
 * that does not fit or has a character that is not a visible one of ASCII.
 */
size_t ggi_ocsp_url(char *url, size_t size, X509 *cert);


#endif
