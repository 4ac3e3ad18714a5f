/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * What a refused client certificate says of itself: whom it claims to be of, by which
 * issuer and serial number, and until when. Nothing of it has been established, and
 * all of it can have been chosen by the caller.
 */

#ifndef GGI_CLAIMED_CERTIFICATE_H
#define GGI_CLAIMED_CERTIFICATE_H

#include <time.h>

#include <openssl/x509.h>

#include "ggi_call.h"

#define GGI_CLAIMED_OIN_MAX           128       /* bytes of all serialNumbers of the subject */
#define GGI_CLAIMED_ORGANISATION_MAX  256
#define GGI_CLAIMED_ISSUER_MAX        512
#define GGI_CLAIMED_SERIAL_MAX        65        /* a sign, and the digits of 32 octets */
#define GGI_CLAIMED_NOT_AFTER_LEN     20        /* such as 2026-11-26T14:30:00Z */

#define GGI_CLAIMED_ROOM                                                       \
    (GGI_CLAIMED_OIN_MAX + GGI_CLAIMED_ORGANISATION_MAX                        \
     + GGI_CLAIMED_ISSUER_MAX + GGI_CLAIMED_SERIAL_MAX                         \
     + GGI_CLAIMED_NOT_AFTER_LEN)


/*
 * Reads what a certificate, which stays the caller's, claims. The strings of claimed
 * are written to room, which has GGI_CLAIMED_ROOM bytes and has to live as long as
 * claimed. What the certificate lacks becomes an empty string; so does what cannot be
 * written without memory. What is longer than the limits above is cut off between two
 * characters.
 *
 * Texts are UTF-8, whatever type of string the certificate has them in. A control
 * character is written as "\" and two hexadecimal digits, a "\" as "\\"; a value that
 * is no text of its type, as "#" and the hexadecimal digits of its DER (RFC 4514,
 * section 2.4). OpenSSL reads no certificate with a UTF8String that is not UTF-8.
 *
 * oin has the values of all attributes serialNumber (2.5.4.5) of the subject, separated
 * by ", ", and organisation that of the first organizationName. issuer is in the form
 * of RFC 4514. serial is in upper-case hexadecimal digits, two for each octet, as nginx
 * gives it in $ssl_client_serial. not_after is in UTC, in the form of RFC 3339.
 */
void ggi_claimed_certificate_read(ggi_claimed_certificate_t *claimed,
    char *room, X509 *x509);

/*
 * Returns what is wrong with a certificate that is refused for a reason: a constant, in the
 * words that OpenSSL has for that, or in words like these where OpenSSL does not judge. It is
 * empty for reasons of other gates and for GGI_REASON_REVOCATION_UNKNOWN. early is 1 when the
 * reason is GGI_REASON_CERTIFICATE_EXPIRED because the certificate is not valid yet, and
 * otherwise 0. attributes is the number of serialNumbers in the subject.
 */
const char *ggi_claimed_certificate_error(ggi_reason_e reason, int early,
    int attributes);


#endif
