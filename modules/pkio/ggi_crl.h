/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Certificate revocation lists (RFC 5280, section 5) from a directory, and what
 * they say of a chain. A list's signature is checked once, not at each
 * handshake: with a large list that is what costs.
 */

#ifndef GGI_CRL_H
#define GGI_CRL_H

#include <time.h>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "ggi_reason.h"
#include "ggi_source.h"

#define GGI_CRL_FILE_MAX   (128 * 1024 * 1024)  /* bytes of a file */
#define GGI_CRL_FILES_MAX  1024                 /* files of a directory */


typedef struct {
    X509_CRL       *crl;
    time_t          this_update;
    time_t          next_update;
    int             scope;              /* of ggi_crl.c: which certificates it speaks of */
    ISSUING_DIST_POINT  *idp;           /* only of those with this distribution point; NULL: of all */
    int             checked;            /* its signature has been, by the key below */
    int             valid;              /* and was good */
    unsigned char   key[SHA256_DIGEST_LENGTH];
} ggi_crl_t;


typedef struct {
    ggi_crl_t      *crls;               /* by issuer, the newest first */
    size_t          n;
} ggi_crls_t;


/* What a directory looked like: names, sizes and times of its files. */
typedef struct {
    unsigned char  digest[SHA256_DIGEST_LENGTH];
} ggi_crl_state_t;


/*
 * Looks at a directory without reading its files. Returns 1, or 0 with the
 * fault. Files that begin with a dot are passed over, here and in loading.
 */
int ggi_crls_state(ggi_crl_state_t *state, const char *dir,
    ggi_fault_t *fault);

/*
 * Loads all lists of a directory, PEM (several in a file) or DER, and prepares
 * them for look-ups. Can take long: not on the event loop. Returns 1, and
 * ggi_crls_free() frees, which can take long too; or 0 with the fault, which
 * names the file.
 */
int ggi_crls_load(ggi_crls_t *crls, const char *dir, ggi_fault_t *fault);
void ggi_crls_free(ggi_crls_t *crls);

/*
 * Judges a verified chain, leaf first and root last. Each certificate but the
 * root needs a valid list of its issuer that is current at the time now.
 * Returns GGI_REASON_NONE, CERTIFICATE_REVOKED or REVOCATION_UNKNOWN; until is
 * the moment up to which the verdict holds, if the lists stay.
 */
ggi_reason_e ggi_crls_judge(ggi_crls_t *crls, STACK_OF(X509) *chain,
    time_t now, time_t *until);


#endif
