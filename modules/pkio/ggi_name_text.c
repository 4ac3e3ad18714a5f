/* SPDX-License-Identifier: EUPL-1.2 */

#include <openssl/err.h>

#include "ggi_json.h"
#include "ggi_name_text.h"

/* how OpenSSL writes a value of a name: as text in UTF-8, and as its DER when it is none */
#define GGI_NAME_DER   (ASN1_STRFLGS_DUMP_ALL | ASN1_STRFLGS_DUMP_DER)
#define GGI_NAME_TEXT                                                          \
    (ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT                         \
     | ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER)


/* Moves what a BIO holds to dst, and frees it. Returns the length in bytes, 0 without a BIO. */
static size_t
ggi_name_take(char *dst, size_t max, BIO *bio)
{
    char    *text;
    long     held;
    size_t   len;

    held = bio ? BIO_get_mem_data(bio, &text) : 0;
    len = held > 0 ? ggi_utf8_cut(text, (size_t) held, max) : 0;

    if (len) {
        memcpy(dst, text, len);
    }

    BIO_free(bio);

    /* nginx would log what OpenSSL left there as an error of the connection */
    ERR_clear_error();

    return len;
}


size_t
ggi_name_text(char *dst, size_t max, const X509_NAME *name)
{
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());

    if (bio
        && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
    {
        (void) BIO_reset(bio);
        X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 | ASN1_STRFLGS_DUMP_ALL);
    }

    return ggi_name_take(dst, max, bio);
}


size_t
ggi_name_value_text(char *dst, size_t max, const ASN1_STRING *value)
{
    BIO  *bio;

    bio = BIO_new(BIO_s_mem());

    if (bio && ASN1_STRING_print_ex(bio, value, GGI_NAME_TEXT) < 0) {
        (void) BIO_reset(bio);
        ASN1_STRING_print_ex(bio, value, GGI_NAME_DER);
    }

    return ggi_name_take(dst, max, bio);
}
