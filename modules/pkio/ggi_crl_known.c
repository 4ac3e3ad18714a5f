/* SPDX-License-Identifier: EUPL-1.2 */

#include "ggi_crl_known.h"

#include <string.h>

#include <openssl/err.h>


int
ggi_crl_known_add(ggi_crl_known_t *known, X509 *x509)
{
    int             len;
    uint64_t        i;
    unsigned char  *der;

    if (!(X509_get_key_usage(x509) & KU_CRL_SIGN)) {
        return 1;
    }

    der = NULL;
    len = i2d_X509(x509, &der);

    if (len <= 0) {
        ERR_clear_error();
        return 0;
    }

    for (i = 0; i < known->n; i++) {
        if (known->certs[i].len == (uint64_t) len
            && memcmp(known->certs[i].der, der, (size_t) len) == 0)
        {
            OPENSSL_free(der);
            return 1;
        }
    }

    if (i < GGI_CRL_KNOWN_MAX && len <= GGI_CRL_KNOWN_DER) {
        known->certs[i].len = (uint64_t) len;
        memcpy(known->certs[i].der, der, (size_t) len);
        __atomic_store_n(&known->n, i + 1, __ATOMIC_RELEASE);

    } else {
        len = 0;
    }

    OPENSSL_free(der);

    return len > 0;
}


int
ggi_crl_known_read(const ggi_crl_known_t *known, STACK_OF(X509) *into)
{
    X509                        *x509;
    uint64_t                     i, n;
    const unsigned char         *der;
    const ggi_crl_known_cert_t  *cert;

    n = __atomic_load_n(&known->n, __ATOMIC_ACQUIRE);

    for (i = (uint64_t) sk_X509_num(into); i < n; i++) {
        cert = &known->certs[i];
        der = cert->der;
        x509 = d2i_X509(NULL, &der, (long) cert->len);

        if (x509 == NULL || sk_X509_push(into, x509) <= 0) {
            X509_free(x509);
            ERR_clear_error();
            return 0;
        }
    }

    return 1;
}


STACK_OF(X509) *
ggi_crl_known_all(const ggi_crl_known_t *known)
{
    STACK_OF(X509)  *all;

    all = sk_X509_new_null();

    if (all && !ggi_crl_known_read(known, all)) {
        sk_X509_pop_free(all, X509_free);
        return NULL;
    }

    return all;
}


int
ggi_crl_known_has(STACK_OF(X509) *known, const X509 *x509)
{
    int  i;

    for (i = 0; i < sk_X509_num(known); i++) {
        if (X509_cmp(sk_X509_value(known, i), x509) == 0) {
            return 1;
        }
    }

    return 0;
}
