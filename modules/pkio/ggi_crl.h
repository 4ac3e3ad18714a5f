/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Certificate revocation lists (RFC 5280, section 5), loaded from a directory, and the
 * judging of a certificate chain by them. The signature of a list is checked once and
 * not at each handshake, since that takes long for a large list.
 */

#ifndef GGI_CRL_H
#define GGI_CRL_H

#include <time.h>

#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "ggi_reason.h"
#include "ggi_source.h"

#define GGI_CRL_FILE_MAX   (128 * 1024 * 1024)  /* bytes that a file may have */
#define GGI_CRL_FILES_MAX  1024                 /* files that a directory may have */


typedef struct {
    X509_CRL       *crl;
    time_t          this_update;
    time_t          next_update;
    int             scope;              /* certificates that it covers: see ggi_crl.c */
    ISSUING_DIST_POINT  *idp;           /* which part of a divided list; NULL: undivided */
    int             checked;            /* 1: its signature was checked with the key below */
    int             valid;              /* 1: and the signature was good */
    unsigned char   key[SHA256_DIGEST_LENGTH];
} ggi_crl_t;


typedef struct {
    ggi_crl_t      *crls;               /* sorted by issuer, then the newest first */
    size_t          n;
} ggi_crls_t;


/*
 * A digest of the names, sizes and times of the files in a directory, to see whether it
 * has changed.
 */
typedef struct {
    unsigned char  digest[SHA256_DIGEST_LENGTH];
} ggi_crl_state_t;


/*
 * Takes the state of a directory without reading its files, so that it may be called on
 * the event loop. Files whose name begins with a dot are ignored, as in
 * ggi_crls_load(). Returns 1, or 0 with the fault.
 */
int ggi_crls_state(ggi_crl_state_t *state, const char *dir,
    ggi_fault_t *fault);

/*
 * Loads all lists from the files of a directory, each in DER or one or more in PEM, and
 * sorts them for look-ups. Files whose name begins with a dot are ignored. This can
 * take seconds: call it in a thread or at start, not on the event loop. Returns 1; the
 * caller frees the lists with ggi_crls_free(). Returns 0, with the fault, which names
 * the file, when one file cannot be read or is no such list; nothing is to be freed
 * then.
 */
int ggi_crls_load(ggi_crls_t *crls, const char *dir, ggi_fault_t *fault);

/*
 * Frees what ggi_crls_load() allocated and leaves crls empty. This can take as long as
 * loading: do not call it on the event loop.
 */
void ggi_crls_free(ggi_crls_t *crls);

/*
 * Judges a verified chain, leaf first and root last, at the time now in seconds since
 * the epoch. Every certificate but the root needs a list of its issuer that covers it,
 * is signed by that issuer and is current. Returns GGI_REASON_NONE,
 * GGI_REASON_CERTIFICATE_REVOKED when a list names a certificate, or
 * GGI_REASON_REVOCATION_UNKNOWN when a list is missing. Sets *until to the time at
 * which the verdict has to be taken again, even if no list changes.
 */
ggi_reason_e ggi_crls_judge(ggi_crls_t *crls, STACK_OF(X509) *chain,
    time_t now, time_t *until);


#endif
