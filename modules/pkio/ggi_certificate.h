/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * Reads from a client certificate what the gate pkio judges: its OIN, organisation,
 * policies and times.
 */

#ifndef GGI_CERTIFICATE_H
#define GGI_CERTIFICATE_H

#include <time.h>

#include <openssl/x509.h>

#include "ggi_oin.h"
#include "ggi_reason.h"

#define GGI_CERTIFICATE_ORGANISATION_MAX  256   /* bytes of organizationName that are kept */
#define GGI_CERTIFICATE_SUBJECT_MAX       256   /* bytes of a subject that are worth showing */


/*
 * A period in seconds since the epoch: "from" is its first second, "until" the first
 * second after it.
 */
typedef struct {
    time_t  from;
    time_t  until;
} ggi_period_t;


typedef struct {
    char    oin[GGI_OIN_LEN];
    int     oin_attributes;             /* serialNumber attributes: 0, 1, or 2 for more */
    int     oin_readable;               /* 1: oin holds the first one, a text of 20 bytes */
    char    organisation[GGI_CERTIFICATE_ORGANISATION_MAX];     /* as ggi_name_text.h tells */
    size_t  organisation_len;
    char    sha256[64];                 /* of its DER, in lower-case hexadecimal */
    time_t  not_before;
    time_t  not_after;
} ggi_certificate_t;


/*
 * Converts an ASN.1 time to seconds since the epoch, independent of time zone and
 * locale. Returns 1 and sets *out, or 0 when the time is malformed.
 */
int ggi_certificate_time(time_t *out, const ASN1_TIME *time);

/*
 * Copies what is judged from a certificate, which stays the caller's and that anybody
 * may have made. A missing or unreadable OIN or organisation is no error: the OIN is
 * judged by ggi_certificate_oin(). A certificate with a malformed time is valid at no
 * time: both become 0. Returns 1, or 0 when OpenSSL cannot compute its digest.
 */
int ggi_certificate_read(ggi_certificate_t *certificate, X509 *x509);

/*
 * Sets the period in which all CA certificates of a chain, the trust anchor included,
 * are valid as OpenSSL judges it: from the latest notBefore to the second before the
 * earliest notAfter. chain has the leaf first; the leaf's own times do not count. For a
 * chain of a leaf alone the period has no limits. Returns 1, or 0 when a time is
 * malformed.
 */
int ggi_certificate_period(ggi_period_t *period, const STACK_OF(X509) *chain);

/*
 * Looks at what OpenSSL passes over in a chain that it has verified, with the leaf first
 * and the root last. A CA between them has to have a certificate of version 3: nothing
 * else can say that it is one (RFC 5280, section 6.1.4 (k)), and OpenSSL believes
 * basicConstraints of any version. The leaf signs in the handshake of TLS, so that its
 * keyUsage, when it has one, has to have digitalSignature, while keyAgreement is enough
 * for OpenSSL. Returns X509_V_OK, or the X509_V_ERR_... code of what is wrong.
 */
long ggi_certificate_chain_error(const STACK_OF(X509) *chain);

/*
 * Returns 1 when the certificatePolicies (RFC 5280, section 4.2.1.4) of the certificate
 * name one of the n policies, 0 when they do not, and -1 without memory. anyPolicy in the
 * certificate matches none of them: a leaf has to name its own policy.
 */
int ggi_certificate_policy(X509 *x509, ASN1_OBJECT *const *policies, size_t n);

/*
 * Judges the OIN of a certificate. Returns GGI_REASON_NONE when its subject has exactly
 * one serialNumber and that is a valid OIN, GGI_REASON_OIN_MISSING when it has none,
 * GGI_REASON_OIN_INVALID otherwise. extra holds n further prefixes of OINs, as for
 * ggi_oin_valid().
 */
ggi_reason_e ggi_certificate_oin(const ggi_certificate_t *certificate,
    const ggi_str_t *extra, size_t n);

/*
 * Returns 1 when the OIN of a certificate is one of n OINs, 0 otherwise. Judge that OIN by
 * ggi_certificate_oin() as well.
 */
int ggi_certificate_is_of(const ggi_certificate_t *certificate, const ggi_str_t *oins,
    size_t n);

/*
 * Returns the reason for refusal that belongs to a result of OpenSSL's verification (an
 * X509_V_... code): GGI_REASON_NONE for X509_V_OK, and CERTIFICATE_EXPIRED,
 * CERTIFICATE_REVOKED, REVOCATION_UNKNOWN or, for every other error,
 * CERTIFICATE_UNTRUSTED.
 */
ggi_reason_e ggi_certificate_verify_reason(long error);


#endif
