/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The certificates of a PEM file: the CAs in it, which sign revocation lists, and all
 * others that tell where those lists are. And how strong signatures have to be.
 */

#ifndef GGI_TRUST_H
#define GGI_TRUST_H

#include <time.h>

#include <openssl/x509.h>

#include "ggi_crl_list.h"
#include "ggi_source.h"

#define GGI_TRUST_MAX       1000        /* certificates that a file may have */
#define GGI_TRUST_NAME_MAX  256         /* bytes of the name of a CA for people */


/* A CA by its name. It has a certificate for each of its keys, and perhaps several for one. */
typedef struct {
    const X509_NAME  *subject;          /* belongs to a certificate of the file */
    char              name[GGI_TRUST_NAME_MAX];         /* subject, for people */
} ggi_trust_ca_t;


typedef struct {
    STACK_OF(X509)  *certificates;      /* all of the file */
    ggi_trust_ca_t  *cas;               /* the CAs that can sign lists and have not expired */
    size_t           n;
    int              level;             /* security level by which signatures of lists count */
} ggi_trust_t;


/*
 * Reads the certificates of a PEM file and finds the CAs among them that may sign lists.
 * A CA of which every certificate has expired at the time now is left out, since nothing
 * verifies below it. Returns 1; the caller frees them with ggi_trust_free(). Returns 0
 * with the fault, which names the file, when it cannot be read, is no PEM, or has no such
 * CA; nothing is to be freed then. trust->level is the caller's to set afterwards.
 */
int ggi_trust_read(ggi_trust_t *trust, const char *file, time_t now,
    ggi_fault_t *fault);

/* Frees what ggi_trust_read() allocated. */
void ggi_trust_free(ggi_trust_t *trust);

/* Returns the CA of this name, which trust owns, or NULL when the file has no such CA. */
const ggi_trust_ca_t *ggi_trust_find(const ggi_trust_t *trust,
    const X509_NAME *name);

/*
 * Returns 1 when the CA has this name of len bytes: its whole name, as in ca->name, or its
 * common name; 0 otherwise.
 */
int ggi_trust_named(const ggi_trust_ca_t *ca, const char *name, size_t len);

/* Returns 1 when the CA issued the list, by its name, 0 otherwise. */
int ggi_trust_issued(const ggi_trust_ca_t *ca, const ggi_crl_list_t *list);

/*
 * Returns a certificate of the CA with the key that signed the list, or NULL when no
 * key of the CA did. It belongs to trust.
 */
X509 *ggi_trust_signer(const ggi_trust_t *trust, const ggi_trust_ca_t *ca,
    const ggi_crl_list_t *list);


#endif
