/* SPDX-License-Identifier: EUPL-1.2 */

/* What the gate keeps in TLS sessions, and the CA certificates that they name. */

#include "unit.h"

#include <openssl/evp.h>

#include "ggi_authorities.h"
#include "ggi_facts.h"


static void
test_facts(void **state)
{
    size_t         len, n;
    ggi_facts_t    facts, read;
    unsigned char  cas[GGI_FACTS_CAS * SHA256_DIGEST_LENGTH], buf[GGI_FACTS_MAX + 1];

    (void) state;

    for (n = 0; n < sizeof(cas); n++) {
        cas[n] = (unsigned char) n;
    }

    for (n = 0; n <= GGI_FACTS_CAS; n++) {
        facts.time = 0x0102030405060708u + n;
        facts.n = n;
        facts.cas = cas;
        len = ggi_facts_write(buf, &facts);
        assert_true(len <= GGI_FACTS_MAX);

        assert_true(ggi_facts_read(&read, buf, len));
        assert_true(read.time == facts.time && read.n == n);
        assert_memory_equal(read.cas, cas, n * SHA256_DIGEST_LENGTH);

        assert_false(ggi_facts_read(&read, buf, len - 1));
        assert_false(ggi_facts_read(&read, buf, len + 1));
        assert_false(ggi_facts_read(&read, buf, 0));

        buf[3] = '2';
        assert_false(ggi_facts_read(&read, buf, len));
    }

    buf[3] = '1';
    buf[12] = GGI_FACTS_CAS + 1;
    assert_false(ggi_facts_read(&read, buf, 13 + (GGI_FACTS_CAS + 1) * SHA256_DIGEST_LENGTH));
}


/* A certificate with a serial number, which is valid from 100 to 200 seconds after the epoch. */
static X509 *
certificate(long number)
{
    X509             *x509;
    static EVP_PKEY  *key;

    if (key == NULL) {
        key = EVP_EC_gen("P-256");
    }

    x509 = X509_new();
    assert_true(x509 && key);
    assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x509), number));
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x509), 100));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x509), 200));
    X509_set_pubkey(x509, key);
    X509_sign(x509, key, EVP_sha256());

    return x509;
}


static void
test_authorities(void **state)
{
    long                       i;
    X509                      *x509;
    unsigned char              id[SHA256_DIGEST_LENGTH], first[SHA256_DIGEST_LENGTH];
    unsigned char              second[SHA256_DIGEST_LENGTH] = { 0 };
    const ggi_authority_t     *found;
    static ggi_authorities_t   authorities;

    (void) state;

    x509 = certificate(1);
    assert_true(ggi_authorities_add(&authorities, x509, first));
    assert_null(ggi_authorities_find(&authorities, (const unsigned char *) "none, of thirty-two bytes length"));
    X509_free(x509);

    found = ggi_authorities_find(&authorities, first);
    assert_non_null(found);
    assert_int_equal(ASN1_INTEGER_get(X509_get0_serialNumber(found->x509)), 1);
    assert_true(found->period.from == 100 && found->period.until == 200);

    /* once each, and the one that was used least recently goes when there is no room */

    for (i = 2; i <= GGI_AUTHORITIES_MAX + 1; i++) {
        assert_non_null(ggi_authorities_find(&authorities, first));
        x509 = certificate(i);
        assert_true(ggi_authorities_add(&authorities, x509, i == 2 ? second : id));
        assert_true(ggi_authorities_add(&authorities, x509, id));
        X509_free(x509);
        assert_int_equal(authorities.n, i < GGI_AUTHORITIES_MAX ? i : GGI_AUTHORITIES_MAX);
    }

    assert_non_null(ggi_authorities_find(&authorities, first));
    assert_null(ggi_authorities_find(&authorities, second));
    assert_non_null(ggi_authorities_find(&authorities, id));

    x509 = certificate(0);
    assert_true(ASN1_STRING_set(X509_getm_notAfter(x509), "soon", 4));
    assert_false(ggi_authorities_add(&authorities, x509, id));
    X509_free(x509);

    ggi_authorities_clear(&authorities);
    assert_null(ggi_authorities_find(&authorities, first));
    ggi_authorities_clear(&authorities);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_authorities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
