/* SPDX-License-Identifier: EUPL-1.2 */

/* Revocation lists that OpenSSL makes, for the tests of those that read them. */

#ifndef GGI_UNIT_CRL_H
#define GGI_UNIT_CRL_H

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "unit.h"

#define NOW  1790000000


/* A key pair that is made once. */
static inline EVP_PKEY *
list_key(int i)
{
    static EVP_PKEY  *keys[5];

    if (keys[i] == NULL) {
        keys[i] = (i == 0) ? EVP_RSA_gen(2048)
                  : (i == 1) ? EVP_EC_gen("P-256")
                  : (i == 2) ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                  : (i == 3) ? EVP_RSA_gen(2048) : EVP_EC_gen("P-384");
        assert_non_null(keys[i]);
    }

    return keys[i];
}


/* A list that is made by OpenSSL, valid from NOW for an hour, without a number. */
static inline X509_CRL *
list_new(const char *name)
{
    X509_CRL   *crl;
    ASN1_TIME  *time;
    X509_NAME  *issuer;

    crl = X509_CRL_new();
    issuer = X509_NAME_new();
    time = ASN1_TIME_new();
    assert_true(crl && issuer && time);

    X509_NAME_add_entry_by_NID(issuer, NID_commonName, MBSTRING_UTF8, (const unsigned char *) name, -1, -1, 0);
    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, issuer);
    ASN1_TIME_set(time, NOW);
    X509_CRL_set1_lastUpdate(crl, time);
    ASN1_TIME_set(time, NOW + 3600);
    X509_CRL_set1_nextUpdate(crl, time);

    X509_NAME_free(issuer);
    ASN1_TIME_free(time);

    return crl;
}


static inline ASN1_INTEGER *
integer(const char *hex)
{
    BIGNUM        *n = NULL;
    ASN1_INTEGER  *out;

    assert_true(BN_hex2bn(&n, hex));
    out = BN_to_ASN1_INTEGER(n, NULL);
    BN_free(n);

    return out;
}


/* Adds an entry, with a reason when that is not negative. */
static inline X509_REVOKED *
revoked_add(X509_CRL *crl, const char *serial, int reason)
{
    ASN1_TIME        *time;
    X509_REVOKED     *revoked;
    ASN1_INTEGER     *number;
    ASN1_ENUMERATED  *why;

    revoked = X509_REVOKED_new();
    time = ASN1_TIME_set(NULL, NOW - 60);
    number = integer(serial);
    X509_REVOKED_set_serialNumber(revoked, number);
    X509_REVOKED_set_revocationDate(revoked, time);

    if (reason >= 0) {
        why = ASN1_ENUMERATED_new();
        ASN1_ENUMERATED_set(why, reason);
        X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, why, 0, 0);
        ASN1_ENUMERATED_free(why);
    }

    assert_true(X509_CRL_add0_revoked(crl, revoked));
    ASN1_INTEGER_free(number);
    ASN1_TIME_free(time);

    return revoked;
}


/* An extension of an OID that nobody knows. */
static inline X509_EXTENSION *
unknown(int critical)
{
    ASN1_OBJECT        *object;
    X509_EXTENSION     *extension;
    ASN1_OCTET_STRING  *value;

    object = OBJ_txt2obj("1.2.3.4", 1);
    value = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(value, (const unsigned char *) "\x05\x00", 2);
    extension = X509_EXTENSION_create_by_OBJ(NULL, object, critical, value);
    ASN1_OBJECT_free(object);
    ASN1_OCTET_STRING_free(value);

    return extension;
}


static inline void
list_extend(X509_CRL *crl, const char *name, const char *value)
{
    X509_EXTENSION  *extension;

    extension = X509V3_EXT_nconf(NULL, NULL, name, value);
    assert_true(extension && X509_CRL_add_ext(crl, extension, -1));
    X509_EXTENSION_free(extension);
}


static inline void
list_number(X509_CRL *crl, const char *hex)
{
    ASN1_INTEGER  *n;

    n = integer(hex);
    assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0), 1);
    ASN1_INTEGER_free(n);
}


/* A certificate of that name, key and serial number, issued by another. */
static inline X509 *
certificate(const char *name, int with, const char *serial, X509 *issuer, int issuer_key, int ca)
{
    X509            *x509;
    X509_NAME       *subject;
    ASN1_INTEGER    *n;
    X509_EXTENSION  *extension;

    x509 = X509_new();
    subject = X509_NAME_new();
    n = integer(serial);
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *) name, -1, -1, 0);
    X509_set_version(x509, X509_VERSION_3);
    X509_set_serialNumber(x509, n);
    X509_set_subject_name(x509, subject);
    X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(x509, list_key(with));
    ASN1_TIME_set(X509_getm_notBefore(x509), NOW - 1000);
    ASN1_TIME_set(X509_getm_notAfter(x509), NOW + 100000);

    if (ca) {
        extension = X509V3_EXT_nconf(NULL, NULL, "basicConstraints", "critical,CA:TRUE");
        X509_add_ext(x509, extension, -1);
        X509_EXTENSION_free(extension);
        extension = X509V3_EXT_nconf(NULL, NULL, "keyUsage", "critical,keyCertSign,cRLSign");
        X509_add_ext(x509, extension, -1);
        X509_EXTENSION_free(extension);
    }

    assert_true(X509_sign(x509, list_key(issuer ? issuer_key : with), EVP_sha256()));
    X509_NAME_free(subject);
    ASN1_INTEGER_free(n);

    return x509;
}


#endif
