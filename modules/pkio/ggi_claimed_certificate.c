/* SPDX-License-Identifier: EUPL-1.2 */

#include <string.h>

#include <openssl/x509_vfy.h>

#include "ggi_certificate.h"
#include "ggi_claimed_certificate.h"
#include "ggi_name_text.h"


/*
 * Writes the values of all attributes of a kind (nid) in a name to dst, at most max
 * bytes, separated by ", ", or only the first value. No value runs into the next: one is
 * left out for which there is no room behind a separator. Returns the length in bytes.
 */
static size_t
ggi_claimed_values(char *dst, size_t max, const X509_NAME *name, int nid, int all)
{
    int     i, n;
    size_t  len;

    n = 0;
    len = 0;

    for (i = X509_NAME_get_index_by_NID(name, nid, -1);
         i >= 0 && (n == 0 || max - len > 2);
         i = X509_NAME_get_index_by_NID(name, nid, i))
    {
        if (n++) {
            memcpy(dst + len, ", ", 2);
            len += 2;
        }

        len += ggi_name_value_text(dst + len, max - len,
                                   X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));

        if (!all) {
            break;
        }
    }

    return len;
}


/* Writes a serial number to dst. Returns the length in bytes. */
static size_t
ggi_claimed_serial(char *dst, const ASN1_INTEGER *serial)
{
    int                   i, n;
    char                 *p;
    const unsigned char  *octets;
    static const char    *hex = "0123456789ABCDEF";

    p = dst;
    n = ASN1_STRING_length(serial);
    octets = ASN1_STRING_get0_data(serial);

    if (n > 0 && ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER) {
        *p++ = '-';
    }

    for (i = 0; i < n && i < (GGI_CLAIMED_SERIAL_MAX - 1) / 2; i++) {
        *p++ = hex[octets[i] >> 4];
        *p++ = hex[octets[i] & 15];
    }

    return (size_t) (p - dst);
}


/* Writes a time to dst. Returns the length in bytes, 0 when the time is malformed. */
static size_t
ggi_claimed_time(char *dst, const ASN1_TIME *time)
{
    char       text[GGI_CLAIMED_NOT_AFTER_LEN + 1];
    time_t     seconds;
    struct tm  tm;

    if (!ggi_certificate_time(&seconds, time) || gmtime_r(&seconds, &tm) == NULL
        || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm)
           != GGI_CLAIMED_NOT_AFTER_LEN)
    {
        return 0;
    }

    memcpy(dst, text, GGI_CLAIMED_NOT_AFTER_LEN);

    return GGI_CLAIMED_NOT_AFTER_LEN;
}


void
ggi_claimed_certificate_read(ggi_claimed_certificate_t *claimed, char *room,
    X509 *x509)
{
    X509_NAME  *subject;

    memset(claimed, 0, sizeof(ggi_claimed_certificate_t));
    subject = X509_get_subject_name(x509);

    claimed->oin.data = room;
    claimed->oin.len = ggi_claimed_values(room, GGI_CLAIMED_OIN_MAX, subject,
                                          NID_serialNumber, 1);
    room += GGI_CLAIMED_OIN_MAX;

    claimed->organisation.data = room;
    claimed->organisation.len = ggi_claimed_values(room, GGI_CLAIMED_ORGANISATION_MAX, subject,
                                                   NID_organizationName, 0);
    room += GGI_CLAIMED_ORGANISATION_MAX;

    claimed->issuer.data = room;
    claimed->issuer.len = ggi_name_text(room, GGI_CLAIMED_ISSUER_MAX,
                                        X509_get_issuer_name(x509));
    room += GGI_CLAIMED_ISSUER_MAX;

    claimed->serial.data = room;
    claimed->serial.len = ggi_claimed_serial(room,
                                             X509_get0_serialNumber(x509));
    room += GGI_CLAIMED_SERIAL_MAX;

    claimed->not_after.data = room;
    claimed->not_after.len = ggi_claimed_time(room, X509_get0_notAfter(x509));
}


const char *
ggi_claimed_certificate_error(ggi_reason_e reason, int early, int attributes)
{
    switch (reason) {

    case GGI_REASON_CERTIFICATE_EXPIRED:
        return X509_verify_cert_error_string(early ? X509_V_ERR_CERT_NOT_YET_VALID
                                                   : X509_V_ERR_CERT_HAS_EXPIRED);

    case GGI_REASON_CERTIFICATE_REVOKED:
        return X509_verify_cert_error_string(X509_V_ERR_CERT_REVOKED);

    case GGI_REASON_CERTIFICATE_POLICY_NOT_ALLOWED:
        return "certificate policy not allowed";

    case GGI_REASON_OIN_MISSING:
        return "no serialNumber in subject";

    case GGI_REASON_OIN_INVALID:
        return attributes > 1 ? "more than one serialNumber in subject"
                              : "serialNumber in subject is not an OIN";

    default:
        return "";
    }
}
