/* SPDX-License-Identifier: EUPL-1.2 */

/* A chain of certificates in DER, one after the other: the leaf first. */

#include "fuzz.h"

#include "ggi_certificate.h"
#include "ggi_policies.h"

#define CHAIN_MAX  8


static ASN1_OBJECT  *wanted[2];


static void
check(STACK_OF(X509) *chain)
{
    int             i, place;
    ggi_policies_t  policies;

    fuzz_check(ggi_policies_find(&policies, chain));
    fuzz_check(!ggi_policies_permit(&policies, wanted, 0));

    for (i = 0; i < 2; i++) {
        if (ggi_policies_permit(&policies, &wanted[i], 1)) {
            fuzz_check(ggi_certificate_policy(sk_X509_value(chain, 0), &wanted[i], 1) == 1);
            fuzz_check(policies.valid && sk_X509_num(chain) > 1);
        }
    }

    place = ggi_policies_lacking(chain, wanted, 2);
    fuzz_check(place >= 0 && place < sk_X509_num(chain));
    place = ggi_policies_lacking(chain, NULL, 0);
    fuzz_check(place >= 0 && place < sk_X509_num(chain));

    ggi_policies_free(&policies);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    X509                 *x509;
    ggi_str_t             der;
    STACK_OF(X509)       *chain;
    const unsigned char  *p, *end;

    if (wanted[0] == NULL) {
        wanted[0] = OBJ_txt2obj("2.16.528.1.1003.1.2.44.15.35.11", 1);
        wanted[1] = OBJ_txt2obj("1.2.3.1", 1);
        fuzz_check(wanted[0] && wanted[1]);
    }

    fuzz_begin(data, size);
    der = fuzz_rest();
    p = (const unsigned char *) der.data;
    end = p + der.len;
    chain = sk_X509_new_null();
    fuzz_check(chain);

    while (p < end && sk_X509_num(chain) < CHAIN_MAX) {
        x509 = d2i_X509(NULL, &p, end - p);
        if (x509 == NULL) {
            break;
        }

        fuzz_check(sk_X509_push(chain, x509));
    }

    if (sk_X509_num(chain)) {
        check(chain);
    }

    sk_X509_pop_free(chain, X509_free);

    return fuzz_end();
}
