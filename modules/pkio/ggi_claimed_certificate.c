/* SPDX-License-Identifier: EUPL-1.2 */

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "ggi_certificate.h"
#include "ggi_claimed_certificate.h"

/* how OpenSSL writes a value of a name: as text in UTF-8, and as its DER when it is none */
#define GGI_CLAIMED_DER   (ASN1_STRFLGS_DUMP_ALL | ASN1_STRFLGS_DUMP_DER)
#define GGI_CLAIMED_TEXT                                                       \
    (ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT                         \
     | ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER)

/*
 * Moves what a BIO holds to dst, at most max bytes and no part of a character. Returns
 * the length in bytes.
 */
static size_t
ggi_claimed_take(char *dst, size_t max, BIO *bio)
{
    char         *text;
    long          held;
    size_t        len;

    held = BIO_get_mem_data(bio, &text);
    len = held > 0 ? (size_t) held : 0;

    if (len > max) {
        len = max;

        while (len > 0 && ((unsigned char) text[len] & 0xc0) == 0x80) {
            len--;
        }
    }

    if (len) {
        memcpy(dst, text, len);
    }

    (void) BIO_reset(bio);

    return len;
}


/* Writes a value of a name to an empty BIO: as text, or its DER when it is none. */
static void
ggi_claimed_print_value(BIO *bio, const ASN1_STRING *value)
{
    if (ASN1_STRING_print_ex(bio, value, GGI_CLAIMED_TEXT) < 0) {
        (void) BIO_reset(bio);
        ASN1_STRING_print_ex(bio, value, GGI_CLAIMED_DER);
    }
}


/*
 * Writes the values of all attributes of a kind (nid) in a name to dst, at most max
 * bytes, separated by ", ", or only the first value. Returns the length in bytes.
 */
static size_t
ggi_claimed_values(char *dst, size_t max, BIO *bio, const X509_NAME *name,
    int nid, int all)
{
    int     i;
    size_t  len;

    len = 0;

    for (i = X509_NAME_get_index_by_NID(name, nid, -1);
         i >= 0;
         i = X509_NAME_get_index_by_NID(name, nid, i))
    {
        if (len && max - len > 2) {
            memcpy(dst + len, ", ", 2);
            len += 2;
        }

        ggi_claimed_print_value(bio, X509_NAME_ENTRY_get_data(
                                         X509_NAME_get_entry(name, i)));
        len += ggi_claimed_take(dst + len, max - len, bio);

        if (!all) {
            break;
        }
    }

    return len;
}


/* Writes a name in the form of RFC 4514 to dst. Returns the length in bytes. */
static size_t
ggi_claimed_name(char *dst, size_t max, BIO *bio, const X509_NAME *name)
{
    if (X509_NAME_print_ex(bio, name, 0,
                           XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)
        < 0)
    {
        (void) BIO_reset(bio);
        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 | ASN1_STRFLGS_DUMP_ALL);
    }

    return ggi_claimed_take(dst, max, bio);
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
    BIO        *bio;
    X509_NAME  *subject;

    memset(claimed, 0, sizeof(ggi_claimed_certificate_t));

    bio = BIO_new(BIO_s_mem());
    subject = X509_get_subject_name(x509);

    if (bio) {
        claimed->oin.data = room;
        claimed->oin.len = ggi_claimed_values(room, GGI_CLAIMED_OIN_MAX, bio,
                                              subject, NID_serialNumber, 1);
        room += GGI_CLAIMED_OIN_MAX;

        claimed->organisation.data = room;
        claimed->organisation.len =
            ggi_claimed_values(room, GGI_CLAIMED_ORGANISATION_MAX, bio, subject,
                               NID_organizationName, 0);
        room += GGI_CLAIMED_ORGANISATION_MAX;

        claimed->issuer.data = room;
        claimed->issuer.len = ggi_claimed_name(room, GGI_CLAIMED_ISSUER_MAX, bio,
                                               X509_get_issuer_name(x509));
        room += GGI_CLAIMED_ISSUER_MAX;

        BIO_free(bio);
    }

    claimed->serial.data = room;
    claimed->serial.len = ggi_claimed_serial(room,
                                             X509_get0_serialNumber(x509));
    room += GGI_CLAIMED_SERIAL_MAX;

    claimed->not_after.data = room;
    claimed->not_after.len = ggi_claimed_time(room, X509_get0_notAfter(x509));

    /* nginx would log what OpenSSL left there as an error of the connection */
    ERR_clear_error();
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
