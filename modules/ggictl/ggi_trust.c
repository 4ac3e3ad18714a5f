/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "ggi_certificate.h"
#include "ggi_crl_signature.h"


/* Reads all certificates of a file. Returns 1, or 0 with the fault. */
static int
ggi_trust_load(ggi_trust_t *trust, BIO *bio, const char *file, ggi_fault_t *fault)
{
    X509  *x509;

    while ((x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (sk_X509_num(trust->certificates) == GGI_TRUST_MAX) {
            X509_free(x509);
            return ggi_fault(fault, file, "expected at most %d certificates", GGI_TRUST_MAX);
        }

        if (!sk_X509_push(trust->certificates, x509)) {
            X509_free(x509);
            return ggi_fault(fault, file, "no memory");
        }
    }

    /* reading must end where no further certificate begins, and not within a broken one */

    if (sk_X509_num(trust->certificates) == 0
        || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    {
        return ggi_fault(fault, file, "expected certificates in PEM");
    }

    return 1;
}


/* Returns 1 when a certificate is of a CA that may sign lists and has not expired, else 0. */
static int
ggi_trust_signs(X509 *x509, time_t now)
{
    time_t  until;

    return X509_check_ca(x509) > 0 && (X509_get_key_usage(x509) & KU_CRL_SIGN)
           && X509_get0_pubkey(x509) != NULL
           && ggi_certificate_time(&until, X509_get0_notAfter(x509)) && now <= until;
}


/* Finds the CAs among the certificates, each name once. Returns 1, or 0 with the fault. */
static int
ggi_trust_cas(ggi_trust_t *trust, const char *file, time_t now, ggi_fault_t *fault)
{
    int              i, n;
    X509            *x509;
    ggi_trust_ca_t  *ca;

    n = sk_X509_num(trust->certificates);
    trust->cas = calloc((size_t) n, sizeof(ggi_trust_ca_t));

    if (trust->cas == NULL) {
        return ggi_fault(fault, file, "no memory");
    }

    for (i = 0; i < n; i++) {
        x509 = sk_X509_value(trust->certificates, i);

        if (ggi_trust_signs(x509, now)
            && ggi_trust_find(trust, X509_get_subject_name(x509)) == NULL)
        {
            ca = &trust->cas[trust->n++];
            ca->subject = X509_get_subject_name(x509);
            ggi_crl_name_text(ca->subject, ca->name, sizeof(ca->name));
        }
    }

    return trust->n > 0
           || ggi_fault(fault, file,
                        "expected the certificate of a CA that may sign revocation lists and has "
                        "not expired");
}


int
ggi_trust_read(ggi_trust_t *trust, const char *file, time_t now, ggi_fault_t *fault)
{
    int   good;
    BIO  *bio;

    memset(trust, 0, sizeof(ggi_trust_t));
    ERR_clear_error();
    bio = BIO_new_file(file, "rb");

    if (bio == NULL) {
        ERR_clear_error();
        return ggi_fault(fault, file, "%s", strerror(errno));
    }

    trust->certificates = sk_X509_new_null();

    good = trust->certificates ? ggi_trust_load(trust, bio, file, fault)
                               : ggi_fault(fault, file, "no memory");
    good = good && ggi_trust_cas(trust, file, now, fault);

    BIO_free(bio);
    ERR_clear_error();

    if (!good) {
        ggi_trust_free(trust);
    }

    return good;
}


void
ggi_trust_free(ggi_trust_t *trust)
{
    sk_X509_pop_free(trust->certificates, X509_free);
    free(trust->cas);
    memset(trust, 0, sizeof(ggi_trust_t));
}


const ggi_trust_ca_t *
ggi_trust_find(const ggi_trust_t *trust, const X509_NAME *name)
{
    size_t  i;

    for (i = 0; i < trust->n; i++) {
        if (X509_NAME_cmp(trust->cas[i].subject, name) == 0) {
            return &trust->cas[i];
        }
    }

    return NULL;
}


int
ggi_trust_named(const ggi_trust_ca_t *ca, const char *name, size_t len)
{
    int             at, n;
    unsigned char  *text;

    if (strlen(ca->name) == len && memcmp(ca->name, name, len) == 0) {
        return 1;
    }

    at = X509_NAME_get_index_by_NID(ca->subject, NID_commonName, -1);

    if (at < 0) {
        return 0;
    }

    n = ASN1_STRING_to_UTF8(&text,
                            X509_NAME_ENTRY_get_data(X509_NAME_get_entry(ca->subject, at)));

    if (n < 0) {
        return 0;
    }

    at = (size_t) n == len && memcmp(text, name, len) == 0;
    OPENSSL_free(text);

    return at;
}


int
ggi_trust_issued(const ggi_trust_ca_t *ca, const ggi_crl_list_t *list)
{
    int         same;
    X509_NAME  *issuer;

    issuer = ggi_crl_list_issuer(list);
    same = issuer && X509_NAME_cmp(issuer, ca->subject) == 0;
    X509_NAME_free(issuer);

    return same;
}


X509 *
ggi_trust_signer(const ggi_trust_t *trust, const ggi_trust_ca_t *ca, const ggi_crl_list_t *list)
{
    int    i;
    X509  *x509;

    for (i = 0; i < sk_X509_num(trust->certificates); i++) {
        x509 = sk_X509_value(trust->certificates, i);

        if (X509_NAME_cmp(X509_get_subject_name(x509), ca->subject) == 0
            && ggi_trust_signs(x509, 0) && ggi_crl_signed(list, X509_get0_pubkey(x509)))
        {
            return x509;
        }
    }

    return NULL;
}
