/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Who signed a revocation list. As a rule that is the CA that issued the certificate in
 * question. A CA that changes its key may sign with the new key a list that is also
 * about certificates of the old one, or have a key for lists alone (RFC 5280, sections
 * 4.2.1.1 and 6.3.3 (f)). Such a list counts when a certificate of that key, with the
 * name of the CA, is in the chain or has a chain of its own to the same trust.
 */

#ifndef GGI_CRL_SIGNER_H
#define GGI_CRL_SIGNER_H

#include "ggi_crl_view.h"


/* The trust that certificates of other keys have to lead to. */
typedef struct {
    X509_STORE      *store;             /* NULL: only keys in the chain itself count */
    STACK_OF(X509)  *known;             /* certificates that may have signed lists */
    int              level;             /* security level of OpenSSL for keys and signatures */
    int              depth;             /* CAs that a chain may have between leaf and root */
} ggi_crl_trust_t;


typedef struct ggi_crl_sought_s  ggi_crl_sought_t;

/* Finds out whether the chain of a certificate is good: see ggi_crls_judge(). */
typedef int (*ggi_crl_chain_pt)(const ggi_crl_sought_t *sought, STACK_OF(X509) *chain,
    X509 *signer, time_t *until);

/* For which judgement the signer of a list is sought. */
struct ggi_crl_sought_s {
    ggi_crls_t              *crls;
    STACK_OF(X509)          *chain;     /* is judged; the issuer is in it */
    const ggi_crl_trust_t   *trust;     /* NULL: certificates outside of the chain do not count */
    ggi_crl_chain_pt         good;
    time_t                   now;
};


/*
 * Returns 1 when two certificates have the same subject but are different ones, as when a CA
 * has changed its key; 0 otherwise.
 */
int ggi_crl_namesakes(const X509 *one, const X509 *two);

/*
 * Finds the certificate whose key has signed the list at crl: issuer itself, or another
 * certificate with the name of issuer. First the chain that is judged is searched, and then,
 * when there is a trust, the certificates that it knows.
 *
 * One of the latter counts only when it verifies by that trust at the time sought->now, its
 * chain leads to the same root as the chain that is judged (a CA below another root can have
 * any name), and sought->good() accepts its chain. When that chain is good for a shorter time
 * than *until says, *until is set to the end of that time.
 *
 * Returns the certificate, which belongs to the chain or the trust; or NULL when none of them
 * signed the list.
 */
X509 *ggi_crl_signer(const ggi_crl_sought_t *sought, ggi_crl_t *crl, X509 *issuer,
    time_t *until);


#endif
