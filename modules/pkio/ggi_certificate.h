/* SPDX-License-Identifier: EUPL-1.2 */

/* What a client certificate says: its OIN, its organisation, its policies, its times. */

#ifndef GGI_CERTIFICATE_H
#define GGI_CERTIFICATE_H

#include <time.h>

#include <openssl/x509.h>

#include "ggi_oin.h"
#include "ggi_reason.h"

#define GGI_CERTIFICATE_ORGANISATION_MAX  256   /* bytes kept of organizationName */


/* A time span, in seconds since the epoch: "from" belongs to it, "until" is the first second after it. */
typedef struct {
    time_t  from;
    time_t  until;
} ggi_period_t;


typedef struct {
    char    oin[GGI_OIN_LEN];
    int     oin_attributes;             /* how many serialNumber attributes: 0, 1, or 2 for more */
    int     oin_readable;               /* the one is text of 20 bytes, in oin */
    char    organisation[GGI_CERTIFICATE_ORGANISATION_MAX];
    size_t  organisation_len;
    char    sha256[64];                 /* of the DER, lower-case hexadecimal */
    time_t  not_before;
    time_t  not_after;
} ggi_certificate_t;


/* Seconds since the epoch of an ASN.1 time: no time zone, no locale. Returns 1, or 0 when it is malformed. */
int ggi_certificate_time(time_t *out, const ASN1_TIME *time);

/*
 * Reads a certificate. Takes nothing over. Returns 1, or 0 when its times or
 * its digest cannot be had.
 */
int ggi_certificate_read(ggi_certificate_t *certificate, X509 *x509);

/*
 * Sets the period in which all certificates of a chain but the first, its
 * leaf, are valid as OpenSSL judges it: from notBefore to the second before
 * notAfter, the trust anchor included. A chain of a leaf alone gets all time.
 * Returns 1, or 0 when a time is malformed.
 */
int ggi_certificate_period(ggi_period_t *period, const STACK_OF(X509) *chain);

/*
 * 1 when the certificate's certificatePolicies (RFC 5280, 4.2.1.4) name one of
 * n policies. anyPolicy is none of them: a leaf has to say what it is.
 */
int ggi_certificate_policy(X509 *x509, ASN1_OBJECT *const *policies, size_t n);

/*
 * The OIN's verdict: GGI_REASON_NONE, OIN_MISSING or OIN_INVALID; the n extra
 * prefixes as for ggi_oin_valid().
 */
ggi_reason_e ggi_certificate_oin(const ggi_certificate_t *certificate,
    const ggi_str_t *extra, size_t n);

/*
 * What an error of OpenSSL's verification (X509_V_ERR_...) means for the call:
 * GGI_REASON_NONE for X509_V_OK.
 */
ggi_reason_e ggi_certificate_verify_reason(long error);


#endif
